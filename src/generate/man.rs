//! The man pages.

mod text;

use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use self::text::Term;
use super::{command, usage};
use crate::plan::program::Program;
use crate::plan::way::Way;

/// The man page: clap renders the options.
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
    // Writing to memory cannot fail.
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
            "{name} finds an EC2 instance, creates an ed25519 key, pushes its public half to EC2 \
             Instance Connect for the user to log in as, and then replaces itself with {client} \
             (exec). Only you can read the private half; it is deleted when {client} ends, and no \
             later than 60 seconds after the push. IAM controls who can log in."
        ),
        format!(
            "The target is an instance ID, a public or private IPv4 address, an IPv6 address, a DNS \
             name made by AWS, a Host in your ssh_config(5), any name that resolves to an address of \
             the instance, or, in quotes, the ARN of an instance or the URL of its page in the AWS \
             console. With {by_id}, {client} gets the host as typed; with -z as well, \
             DescribeInstances is not called."
        ),
        "It may also be a name: the Name tag of an instance, where the word is no host of \
         ssh_config(5) and does not resolve; tag:KEY=VALUE, tag:KEY or asg:NAME (an Auto Scaling \
         group); or a pattern with * and ?, in which a backslash makes the next character literal. \
         Running instances match, or, if none is running, all. Several matches are a question on a \
         terminal and an error elsewhere, unless \
         --newest, --oldest or --any chooses. --region and --profile take several values, separated \
         by commas; the instance is looked for in all of them."
            .to_owned(),
        format!(
            "The user is the one {client} would use ({users}), else ec2-user. With -i FILE, your own \
             key is used and its public half pushed. All options that are not listed here are passed \
             to {client} unchanged."
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
        picker(&mut roff);
        plain_ssh(&mut roff);
        port(&mut roff);
    }
    terms(&mut roff, "ENVIRONMENT", text::ENVIRONMENT);
    terms(&mut roff, "FILES", text::FILES);
    if is_ssh {
        term(&mut roff, text::CACHE);
        term(&mut roff, text::PICKS);
        term(&mut roff, text::INSTALLED);
    }
    terms(&mut roff, "EXIT STATUS", text::STATUS);
    let others = match program {
        Program::Ssh => {
            " With --shell it is 0 when the shell exits, and 255 after a signal or an error; with \
             --listen it is 0 after SIGTERM, otherwise 255."
        }
        Program::Sftp | Program::Scp => "",
    };
    roff.control("PP", []);
    roff.text([roman(format!(
        "Otherwise the exit status is that of {client}.{others}"
    ))]);
    terms(&mut roff, "EXAMPLES", text::examples(program));
    roff.control("SH", ["SEE ALSO"]);
    let ours = Program::ALL.iter().filter(|it| **it != program);
    let mut pages: Vec<String> = ours.map(|it| format!("{}(1)", it.name())).collect();
    if is_ssh {
        pages.extend(text::REFERENCE.map(|it| format!("mssh-{it}(7)")));
    }
    pages.extend(["ssh(1)", "sftp(1)", "scp(1)", "ssh_config(5)"].map(str::to_owned));
    roff.text([roman(pages.join(", "))]);
    roff
}

fn plain_ssh(roff: &mut Roff) {
    roff.control("SH", ["PLAIN SSH"]);
    for paragraph in [
        "After mssh --ssh-config --install, plain ssh, scp, sftp, rsync and git reach an instance by \
         its ID. A block for instance IDs in ~/.ssh/mssh.conf, which ~/.ssh/config includes at its \
         beginning and at its end, makes ssh run mssh --proxy '%h' %p '%r' as its ProxyCommand. \
         --profile, --region and --via are written into the block, as is -i FILE for a key of your \
         own; -l USER sets the default user (else ec2-user). --uninstall removes all of it.",
        "--names PATTERN,... adds lines for names, by * and ?, and ! to exclude some: they apply to a \
         name that ssh_config has no HostName for, and that does not resolve. AWS is asked about no \
         other host.",
        "Without -i, mssh --proxy is also the ssh agent of that login: it keeps the key in memory, and \
         ssh finds its socket as DIR/ID.PORT.USER (--agent-dir DIR, else /dev/shm/mssh-agent-UID). \
         When mssh itself runs ssh, the block does not apply.",
    ] {
        roff.control("PP", []);
        roff.text([roman(paragraph)]);
    }
}

fn picker(roff: &mut Roff) {
    roff.control("SH", ["CHOOSING AN INSTANCE"]);
    for paragraph in [
        "mssh without a target, on a terminal, shows the instances; so does --pick with any command \
         line, in which the target is what the list is filtered by at first. Each word that you \
         type must match letters of the name in their order, or a part of the ID, an address, the \
         zone, the type or a tag. Enter logs in, and Esc or Ctrl-C ends mssh with status 130. The \
         list of last time is shown at once, and updated when AWS answers.",
        "mssh --list [PATTERN] prints them, as a table sorted by name, or with --json or --tsv. \
         PATTERN is a name, which may have wildcards, tag:KEY=VALUE, tag:KEY, asg:NAME, an ID or an \
         address.",
    ] {
        roff.control("PP", []);
        roff.text([roman(paragraph)]);
    }
}

fn port(roff: &mut Roff) {
    roff.control("SH", ["A PORT FOR OTHER TOOLS"]);
    roff.control("PP", []);
    roff.text([roman(
        "mssh --listen [ADDRESS:]PORT TARGET[:PORT] listens on this machine (default: 127.0.0.1) and \
         forwards each connection to that port of the instance (default: 22), directly, or through \
         a tunnel of its own with --eice or --ssm. No key is pushed: clients log in by themselves. \
         Port 0 chooses a free port. When mssh is ready, it prints the address on standard error. \
         A signal ends it, as it ends ssh -N: SIGTERM with exit status 0, any other with 255.",
    )]);
    roff.control("PP", []);
    roff.text([roman(
        "With TARGET:HOST:PORT, the instance connects to that port of another host, such as a \
         database, by Session Manager: without sshd, key and user. The first colon ends the target, \
         except in tag:KEY=VALUE, asg:NAME and brackets. Several --listen each have a target. With \
         port 0, and standard output not a terminal, the number of each port is a line there.",
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
