//! The man pages.

use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};

use super::{command, usage, words};
use crate::plan::grammar::Program;

/// The man page: the options by clap, the prose by hand.
pub(super) fn page(program: Program) -> Vec<u8> {
    let man = Man::new(command(program))
        .section("1")
        .source(format!("mssh {}", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    let rendered = man
        .render_title(&mut text)
        .and_then(|()| man.render_name_section(&mut text))
        .and_then(|()| synopsis(program).to_writer(&mut text))
        .and_then(|()| description(program).to_writer(&mut text))
        .and_then(|()| man.render_options_section(&mut text))
        .and_then(|()| reference(program).to_writer(&mut text));
    // Writing to memory does not fail.
    debug_assert!(rendered.is_ok());
    text
}

fn synopsis(program: Program) -> Roff {
    let usage = usage(program);
    let (name, rest) = usage.split_once(' ').unwrap_or((&usage, ""));
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    roff.text([bold(name), roman(format!(" {rest}"))]);
    roff
}

fn description(program: Program) -> Roff {
    let (name, client) = (program.name(), program.client());
    let mut roff = Roff::new();
    roff.control("SH", ["DESCRIPTION"]);
    for paragraph in [
        format!(
            "{name} finds an EC2 instance, makes a fresh ed25519 key, hands its public half to EC2 \
             Instance Connect for the user who logs in, and becomes {client}. The private half is \
             a file that only you can read; it is gone when {client} ends, and at the latest 60 \
             seconds after AWS got the public one. IAM decides who gets in."
        ),
        "The target is an instance ID, a public or private IPv4 address, an IPv6 address, a DNS \
         name that AWS made, a Host of your ssh_config(5), or any name that resolves to an \
         address of the instance. With -t and an instance ID the host is taken as it is typed; \
         with -z besides, DescribeInstances is not called."
            .to_owned(),
        format!(
            "The user is {client}'s to choose, by the command line or ssh_config(5); where nothing \
             sets one it is ec2-user. With -i FILE your own key is used, and its public half \
             pushed. Options which are not listed here are {client}'s and handed on as they are."
        ),
    ] {
        roff.control("PP", []);
        roff.text([roman(paragraph)]);
    }
    roff
}

fn reference(program: Program) -> Roff {
    let client = program.client();
    let mut roff = Roff::new();
    roff.control("SH", ["WAYS"]);
    for (way, meaning) in [
        (
            "auto",
            "a host that you type is used as typed; an instance ID goes by the proxy that your \
             ssh_config(5) has for IDs, if it has one, else to the public IPv4 address, else the \
             private one, else the IPv6 address, as far as -4, -6 and AddressFamily allow",
        ),
        ("public", "the public IPv4 address of the instance"),
        ("private", "its primary private IPv4 address"),
        ("ipv6", "its IPv6 address"),
        (
            "instance-id",
            "the instance ID is the host, for a Host i-* block of your ssh_config(5) to lead there",
        ),
        (
            "eice",
            "an EC2 Instance Connect Endpoint of the instance's VPC: in its subnet, else in its \
             zone, else any; or the one of --eice-endpoint. ssh gets the host as typed and us as \
             its ProxyCommand. Endpoints connect to port 22 alone (and 3389), for an hour",
        ),
        (
            "serial",
            "the serial console of the instance, for when its network is broken: no user, no \
             command, no files; the console's host key must be the one that AWS publishes, unless \
             StrictHostKeyChecking and the like are set on the command line",
        ),
    ] {
        term(&mut roff, way, meaning);
    }
    if program == Program::Ssh {
        plain_ssh(&mut roff);
        port(&mut roff);
    }
    roff.control("SH", ["ENVIRONMENT"]);
    let environment = "AWS_PROFILE, AWS_REGION, AWS_DEFAULT_REGION, AWS_CONFIG_FILE, \
        AWS_SHARED_CREDENTIALS_FILE, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_EC2, \
        AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT, AWS_MAX_ATTEMPTS and the other variables of the AWS \
        SDKs. XDG_RUNTIME_DIR: where the key is kept, else /dev/shm, else TMPDIR.";
    roff.text([roman(environment)]);
    roff.control("SH", ["EXIT STATUS"]);
    for (status, meaning) in [
        (
            "0",
            "after --help, --version, --completions, --man or --dry-run",
        ),
        ("127", "if the client program is not on PATH"),
        ("255", "if anything else fails before the client runs"),
    ] {
        term(&mut roff, status, meaning);
    }
    roff.control("PP", []);
    roff.text([roman(format!(
        "Else that of {client}, which we have become."
    ))]);
    roff.control("SH", ["EXAMPLE"]);
    roff.text([italic(words(program).example)]);
    roff.control("SH", ["SEE ALSO"]);
    roff.text([roman("ssh(1), sftp(1), scp(1), ssh_config(5)")]);
    roff
}

fn plain_ssh(roff: &mut Roff) {
    roff.control("SH", ["PLAIN SSH"]);
    for paragraph in [
        "After mssh --ssh-config --install, ssh, scp, sftp, rsync and git reach an instance by its \
         ID with no word of mssh: a block for instance IDs in ~/.ssh/mssh.conf, included by \
         ~/.ssh/config first and last, has ssh start mssh --proxy '%h' %p '%r' as its ProxyCommand. \
         --profile, --region and --via go into it, -i FILE for a key of your own, and -l USER for \
         who logs in where nothing else says so (else ec2-user). --uninstall takes all of it out.",
        "Without -i the key is made for the login, in DIR/ID/key (--key-dir DIR, else \
         /dev/shm/mssh-UID), and gone when ssh ends, at the latest 60 seconds after its last push. \
         Logins to one instance at the same time share it, since ssh can tell them apart by no \
         name. Where mssh itself runs, the block does not apply.",
    ] {
        roff.control("PP", []);
        roff.text([roman(paragraph)]);
    }
}

fn port(roff: &mut Roff) {
    roff.control("SH", ["A PORT FOR OTHER TOOLS"]);
    roff.control("PP", []);
    roff.text([roman(
        "mssh --listen [ADDRESS:]PORT TARGET[:PORT] listens here, on 127.0.0.1 if no address is \
         named, and leads each connection to that port of the instance, or 22: directly, or by a \
         tunnel of its own with --eice or --ssm. Nothing is pushed: whatever connects logs in by \
         itself. Port 0 takes a free one; a line on standard error tells which, when it is ready. \
         It ends by a signal, as ssh -N does: with 0 by SIGTERM, else with 255.",
    )]);
}

fn term(roff: &mut Roff, term: &str, meaning: &str) {
    roff.control("TP", []);
    roff.text([bold(term)]);
    roff.text([roman(meaning)]);
}
