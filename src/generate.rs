//! Our own texts: help, version, completions and man pages, all from the table of options.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, ValueHint};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};

use crate::plan::cli::Page;
use crate::plan::grammar::{Grammar, Kind, Program};
use crate::plan::options::{OPTIONS, Opt};

/// The text of a page, for standard output.
#[must_use]
pub fn page(program: Program, page: &Page) -> Vec<u8> {
    match page {
        Page::Help => help(program).into_bytes(),
        Page::Version => format!("{} {}\n", program.name(), env!("CARGO_PKG_VERSION")).into_bytes(),
        Page::Completions(shell) => completions(program, shell),
        Page::Man => man(program),
    }
}

/// The words of a program that differ from those of the other two.
struct Words {
    about: &'static str,
    operands: &'static str,
    example: &'static str,
}

const fn words(program: Program) -> Words {
    match program {
        Program::Ssh => Words {
            about: "log in to an EC2 instance with a key that lives for a minute",
            operands: "[user@]target [command [argument ...]]",
            example: "mssh ubuntu@i-0123456789abcdef0 uname -a",
        },
        Program::Sftp => Words {
            about: "transfer files with an EC2 instance, with a key that lives for a minute",
            operands: "[user@]target[:path]",
            example: "msftp ubuntu@i-0123456789abcdef0:/var/log",
        },
        Program::Scp => Words {
            about: "copy files to and from EC2 instances, with a key that lives for a minute",
            operands: "source ... destination",
            example: "mscp app.tar ubuntu@i-0123456789abcdef0:/tmp/",
        },
    }
}

fn usage(program: Program) -> String {
    let (name, client) = (program.name(), program.client());
    let operands = words(program).operands;
    format!("{name} [our options] [{client} options] {operands}")
}

/// `--help`, for one screen of 80 columns.
fn help(program: Program) -> String {
    let Words { about, example, .. } = words(program);
    let (name, client) = (program.name(), program.client());
    let mut text = format!("{name}: {about}\n\nusage: {}\n\n", usage(program));
    text += "target: an instance ID, an IP address, a DNS name, or a Host of ssh_config;\n";
    text += "        the user is whom ssh would take (-l, user@, ssh_config), else ec2-user\n\n";
    text += "our options:\n";
    for opt in OPTIONS {
        let letter = own_letter(program, opt).map_or("    ".to_owned(), |c| format!("-{c}, "));
        let spelling = match opt.value {
            Some(value) => format!("{letter}--{} {value}", opt.long),
            None => format!("{letter}--{}", opt.long),
        };
        text += &format!("  {spelling:<24} {}\n", opt.help);
    }
    text += &format!(
        "\nAll other options are {client}'s own, handed on as they are: see {client}(1).\n"
    );
    text += &format!("\nexample: {example}\n");
    text
}

/// The letter of an option of ours where it has one in this program: some belong to the client,
/// and stand for ours only in the original's forms.
fn own_letter(program: Program, opt: &Opt) -> Option<char> {
    let letter = opt.letter?;
    let free = Grammar::of(program).kind(letter) == Kind::Unknown;
    let taken_from_client = opt.original && program == Program::Ssh;
    (free || taken_from_client).then(|| char::from(letter))
}

/// The program as clap knows it: enough to write completions and the man page's options.
fn command(program: Program) -> Command {
    let grammar = Grammar::of(program);
    let ours = OPTIONS.iter().map(|opt| our_arg(program, opt));
    let theirs = grammar
        .letters()
        .map(|(letter, kind)| their_arg(program, letter, kind));
    Command::new(program.name())
        .version(env!("CARGO_PKG_VERSION"))
        .about(words(program).about)
        .override_usage(usage(program))
        .disable_help_flag(true)
        .disable_version_flag(true)
        .args(ours)
        .args(theirs)
        .args(operands(program))
}

fn our_arg(program: Program, opt: &'static Opt) -> Arg {
    let mut arg = Arg::new(opt.long).long(opt.long).help(opt.help);
    if let Some(letter) = opt.letter
        && Grammar::of(program).kind(letter) == Kind::Unknown
    {
        arg = arg.short(char::from(letter));
    }
    if let Some(alias) = opt.alias {
        arg = arg.alias(alias);
    }
    match opt.value {
        None => arg.action(ArgAction::SetTrue),
        Some(value) if opt.choices.is_empty() => arg.value_name(value),
        Some(value) => arg
            .value_name(value)
            .value_parser(PossibleValuesParser::new(opt.choices)),
    }
}

fn their_arg(program: Program, letter: char, kind: Kind) -> Arg {
    let client = program.client();
    let arg = Arg::new(format!("{client}-{letter}"))
        .short(letter)
        .help(format!("As in {client}(1)"));
    match (kind, letter) {
        (Kind::Valued, 'i' | 'F' | 'E' | 'S' | 'b') => arg.value_hint(ValueHint::AnyPath),
        (Kind::Valued, _) => arg.value_name("VALUE"),
        (Kind::Switch | Kind::Unknown, _) => arg.action(ArgAction::SetTrue),
    }
}

fn operands(program: Program) -> Vec<Arg> {
    let target = Arg::new("target").value_hint(ValueHint::Hostname);
    match program {
        Program::Ssh => vec![
            target,
            Arg::new("command")
                .num_args(0..)
                .trailing_var_arg(true)
                .value_hint(ValueHint::CommandWithArguments),
        ],
        Program::Sftp => vec![target],
        Program::Scp => vec![
            Arg::new("files")
                .num_args(2..)
                .value_hint(ValueHint::AnyPath),
        ],
    }
}

fn completions(program: Program, shell: &str) -> Vec<u8> {
    let mut text = Vec::new();
    if let Ok(shell) = shell.parse::<Shell>() {
        clap_complete::generate(shell, &mut command(program), program.name(), &mut text);
    }
    text
}

/// The man page: the options by clap, the prose by hand.
fn man(program: Program) -> Vec<u8> {
    let command = command(program).mut_args(|arg| {
        let theirs = arg.get_long().is_none();
        arg.hide(theirs)
    });
    let man = Man::new(command)
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
        roff.control("TP", []);
        roff.text([bold(status)]);
        roff.text([roman(meaning)]);
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
