//! The man pages.

mod text;

use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use self::text::Term;
use super::{command, usage};
use crate::plan::program::Program;
use crate::plan::way::Way;

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
    let by_id = match program {
        Program::Ssh | Program::Sftp => "-t and an instance ID",
        // -t is scp's own.
        Program::Scp => "--instance-id",
    };
    let users = match program {
        Program::Ssh => "-l, user@, -o User=, ssh_config(5)",
        Program::Sftp | Program::Scp => "user@, -o User=, ssh_config(5); -l is a bandwidth",
    };

    for paragraph in [
        format!(
            "{name} finds an EC2 instance, makes a fresh ed25519 key, pushes its public half to EC2 \
             Instance Connect for the user who logs in, and becomes {client}. Only you can read the \
             private half; it is gone when {client} ends, and at the latest 60 seconds after the \
             push. IAM decides who gets in."
        ),
        format!(
            "The target is an instance ID, a public or private IPv4 address, an IPv6 address, a DNS \
             name that AWS made, a Host of your ssh_config(5), any name that resolves to an address \
             of the instance, or, in quotes, the ARN of an instance or its page in the AWS console. \
             With {by_id}, the host is taken as it is typed; with -z as \
             well, DescribeInstances is not called."
        ),
        format!(
            "The user is the one that {client} would use ({users}), else ec2-user. With -i FILE your \
             own key is used, and its public half pushed. Options that are not listed here are \
             {client}'s own and are passed on as they are."
        ),
    ] {
        roff.control("PP", []);
        roff.text([roman(paragraph)]);
    }
    roff
}

fn reference(program: Program) -> Roff {
    let client = program.client();
    let is_ssh = program == Program::Ssh;
    let mut roff = Roff::new();
    let ways: Vec<Term> = Way::descriptions(program).collect();
    terms(&mut roff, "WAYS", &ways);
    if is_ssh {
        plain_ssh(&mut roff);
        port(&mut roff);
    }
    terms(&mut roff, "ENVIRONMENT", text::ENVIRONMENT);
    terms(&mut roff, "FILES", text::FILES);
    if is_ssh {
        term(&mut roff, text::INSTALLED);
    }
    terms(&mut roff, "EXIT STATUS", text::STATUS);
    let others = match program {
        Program::Ssh => {
            " With --shell it is 0 when the shell ends by itself, and 255 after a signal or an error; \
             with --listen, 0 after SIGTERM, and else 255."
        }
        Program::Sftp | Program::Scp => "",
    };
    roff.control("PP", []);
    roff.text([roman(format!(
        "Otherwise the exit status is that of {client}, which we become.{others}"
    ))]);
    terms(&mut roff, "EXAMPLES", text::examples(program));
    roff.control("SH", ["SEE ALSO"]);
    let ours = Program::ALL.iter().filter(|it| **it != program);
    let mut pages: Vec<String> = ours.map(|it| format!("{}(1)", it.name())).collect();
    pages.extend(["ssh(1)", "sftp(1)", "scp(1)", "ssh_config(5)"].map(str::to_owned));
    roff.text([roman(pages.join(", "))]);
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

fn terms(roff: &mut Roff, section: &str, terms: &[Term]) {
    roff.control("SH", [section]);
    for it in terms {
        term(roff, *it);
    }
}

fn term(roff: &mut Roff, (term, meaning): Term) {
    roff.control("TP", []);
    roff.text([bold(term)]);
    roff.text([roman(meaning)]);
}
