//! `--help`, `--version`, `--completions` and `--man`, all from the table of options.

mod man;
mod shells;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command};

use crate::plan::cli::Document;
use crate::plan::cli::grammar::{Grammar, LetterKind};
use crate::plan::cli::options::{Name, Opt, options};
use crate::plan::program::Program;
use crate::plan::target::candidate::Pick;

/// What `--help`, `--version`, `--completions` and `--man` print.
#[must_use]
pub(crate) fn document(program: Program, document: &Document) -> Vec<u8> {
    match document {
        Document::Help => help(program).into_bytes(),
        Document::Version => version(program).into_bytes(),
        Document::Completions(shell) => shells::script(program, *shell),
        Document::Man => man::page(program),
    }
}

/// The version, and for a packaged program its commit and target, which `MSSH_BUILD` names when it is compiled.
fn version(program: Program) -> String {
    let build = option_env!("MSSH_BUILD").map(|it| format!(" ({it})"));
    let (name, build) = (program.name(), build.unwrap_or_default());
    format!("{name} {}{build}\n", env!("CARGO_PKG_VERSION"))
}

/// What differs between the texts of the programs.
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
    format!("{name} [{name} options] [{client} options] {operands}")
}

/// `--help`, for one screen of 80 columns.
fn help(program: Program) -> String {
    let Words { about, example, .. } = words(program);
    let (name, client, usage) = (program.name(), program.client(), usage(program));
    let line = |opt: &Opt| match opt {
        Opt {
            name: Name::Way(_), ..
        } => String::new(),
        Opt {
            name: Name::Via, ..
        } => help_line(program, opt) + &ways_line(program),
        _ => help_line(program, opt),
    };
    let (rare, shown): (Vec<&Opt>, _) = {
        let ours = options().filter(|opt| opt.suits(program) && !is_left_to_man(opt));
        ours.partition(|opt| opt.rare)
    };
    let options: String = shown.into_iter().map(line).collect();
    let rare: Vec<String> = rare.iter().map(|opt| format!("--{}", opt.long)).collect();
    let rare = more(&rare);
    let login = match program {
        Program::Ssh => "-l, user@, ssh_config",
        // -l is a bandwidth there.
        Program::Sftp | Program::Scp => "user@, ssh_config",
    };
    format!(
        "{name}: {about}\n\
         \n\
         usage: {usage}\n\
         \n\
         target: an instance ID, name or address, tag:KEY=VALUE, a Host in ssh_config\n\
         user:   the one {client} would use ({login}), else ec2-user\n\
         \n\
         {name} options:\n\
         {options}{rare}\
         \n\
         All other options are passed to {client} unchanged; see {client}(1).\n\
         example: {example}\n"
    )
}

/// The man page has these, most of them with the option that they go with: the help must fit a screen.
fn is_left_to_man(opt: &Opt) -> bool {
    matches!(
        opt.name,
        Name::Install
            | Name::Names
            | Name::Uninstall
            | Name::AgentDir
            | Name::InitConfig
            | Name::Proxy
            | Name::KeyType
            | Name::HostKeyAlias
            | Name::Pick(Pick::Oldest | Pick::Any)
            | Name::Jobs
            | Name::Output
            | Name::Stdin
            | Name::NoCache
            | Name::Tsv
            | Name::Wait
            | Name::NoStart
            | Name::Picker
    )
}

/// The lines that only name these options.
fn more(options: &[String]) -> String {
    let mut lines = vec!["  more:".to_owned()];
    for option in options {
        let has_room = |line: &&mut String| line.len() + 1 + option.len() <= 80;
        match lines.last_mut().filter(has_room) {
            Some(line) => {
                line.push(' ');
                line.push_str(option);
            }
            None => lines.push(format!("        {option}")),
        }
    }
    lines.join("\n") + "\n"
}

fn help_line(program: Program, opt: &Opt) -> String {
    let letter = own_letter(program, opt).map_or("    ".to_owned(), |c| format!("-{c}, "));
    let value = opt.value.map_or(String::new(), |value| format!(" {value}"));
    let spelling = format!("{letter}--{}{value}", opt.long);
    format!("  {spelling:<24} {}\n", opt.help_of(program))
}

/// The options that are short for `--via WAY`, in one line.
fn ways_line(program: Program) -> String {
    let ours = options().filter(|opt| opt.suits(program));
    let ways = ours.filter(|opt| matches!(opt.name, Name::Way(_)));
    let ways: Vec<String> = ways.map(|opt| format!("--{}", opt.long)).collect();
    format!("      {}: short for --via private, ...\n", ways.join(" "))
}

/// The letter to show for one of our options. sftp and scp have some of these letters themselves:
/// there they are ours only as the original used them.
fn own_letter(program: Program, opt: &Opt) -> Option<char> {
    let letter = opt.letter?;
    let free = Grammar::of(program).kind(letter) == LetterKind::Unknown;
    let taken_from_client = opt.original && program == Program::Ssh;
    (free || taken_from_client).then(|| char::from(letter))
}

/// The program for clap, which only renders the options for the man page.
fn command(program: Program) -> Command {
    let ours = options().filter(|opt| opt.suits(program));
    let ours = ours.map(|opt| our_arg(program, opt));
    Command::new(program.name())
        .version(env!("CARGO_PKG_VERSION"))
        .about(words(program).about)
        .override_usage(usage(program))
        .disable_help_flag(true)
        .disable_version_flag(true)
        .args(ours)
}

fn our_arg(program: Program, opt: &'static Opt) -> Arg {
    let mut arg = Arg::new(opt.long).long(opt.long).help(opt.help_of(program));
    if let Some(letter) = own_letter(program, opt) {
        arg = arg.short(letter);
    }
    if let Some(alias) = opt.alias {
        arg = arg.alias(alias);
    }
    match opt.value {
        None => arg.action(ArgAction::SetTrue),
        Some(value) if opt.choices.is_empty() => arg.value_name(value),
        Some(value) => arg
            .value_name(value)
            .value_parser(PossibleValuesParser::new(opt.choices_of(program))),
    }
}
