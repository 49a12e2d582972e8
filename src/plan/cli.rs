//! Words, then meaning: what we are asked to do.

pub mod bind_address;
pub(crate) mod complete;
mod conflict;
pub mod grammar;
pub mod invocation;
pub mod listen;
pub mod options;
pub mod proxy_command;
pub mod scan;
pub mod setup;
pub mod usage;

mod shell;

use std::ffi::{OsStr, OsString};

use self::grammar::Grammar;
pub use self::invocation::Options;
use self::invocation::{Action, Invocation, Word};
use self::listen::ListenRequest;
use self::options::{Mode, Name, Opt, Shell};
use self::proxy_command::ProxyRequest;
use self::scan::Scan;
use self::setup::Setup;
use self::usage::Usage;
use crate::plan::program::Program;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::{Region, Zone};
use crate::plan::target::pasted;
use crate::plan::way::Way;

/// What we are asked to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// Go to an instance.
    Connect(Box<Invocation>),
    /// Nothing that needs AWS: become the client with these words. Such are its own questions
    /// (`-G`, `-V`, `-Q`), its usage errors, and copies that stay on this machine.
    Client(Vec<OsString>),
    /// Show the command line of which the client would be run with these words.
    ShowClient(Vec<OsString>),
    /// Have a shell by Session Manager there, without the client.
    Shell(Box<Invocation>),
    /// Print this on standard output.
    Print(Document),
    /// Be ssh's ProxyCommand.
    ProxyCommand(Box<ProxyRequest>),
    /// Have a port of this machine lead to one of an instance.
    Listen(Box<ListenRequest>),
    /// See to what plain ssh needs in its configuration.
    Setup(Setup),
}

/// A text about mssh itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// `--help`.
    Help,
    /// `--version`.
    Version,
    /// `--completions SHELL`.
    Completions(Shell),
    /// `--man`.
    Man,
}

/// Reads the words we were called with, without our own name.
///
/// # Errors
/// The first mistake in them, except those that the client tells better itself.
pub fn parse(program: Program, grammar: Grammar, words: &[OsString]) -> Result<Request, Usage> {
    let mut scan = scan::scan(program, grammar, words)?;
    let (mut options, document) = options(&scan)?;
    if let Some(document) = document {
        return Ok(Request::Print(document));
    }
    let mode = Mode::of(&options, &scan);
    conflict::check_options(mode, &options, &scan)?;
    target_by_id(program, mode, &mut options, &mut scan);
    if !matches!(mode, Mode::Connect | Mode::Serial | Mode::Proxy) {
        conflict::check_words(mode, program, &scan)?;
    }
    Ok(match mode {
        Mode::Listen => Request::Listen(Box::new(listen::request(&options, &scan)?)),
        Mode::Shell => Request::Shell(Box::new(shell::request(options, scan)?)),
        Mode::SshConfig => Request::Setup(setup::request(&options, &scan)?),
        Mode::Proxy => Request::ProxyCommand(Box::new(proxy_command::request(&options, &scan)?)),
        Mode::Serial | Mode::Connect => return connection(program, mode, options, scan),
    })
}

fn connection(
    program: Program,
    mode: Mode,
    options: Options,
    scan: Scan,
) -> Result<Request, Usage> {
    if is_for_client(program, &scan) {
        return Ok(client(options.dry_run, scan.words));
    }
    if scan.operands.is_empty() {
        return Err(Usage::NoTarget);
    }
    if mode == Mode::Serial {
        conflict::check_words(mode, program, &scan)?;
    }
    let invocation = invocation(program, options, scan)?;
    if mode == Mode::Serial {
        conflict::check_user(mode, &invocation)?;
    }
    match invocation.destinations().count() {
        0 => Ok(client(invocation.options.dry_run, typed(invocation.words))),
        1 => Ok(Request::Connect(Box::new(invocation))),
        _ if invocation.options.instance.is_some() => Err(Usage::SeveralForOneId),
        _ => Ok(Request::Connect(Box::new(invocation))),
    }
}

fn client(dry_run: bool, words: Vec<OsString>) -> Request {
    if dry_run {
        Request::ShowClient(words)
    } else {
        Request::Client(words)
    }
}

/// `--instance-id ID` and no target, as in `aws ec2-instance-connect ssh`: the ID is the target.
fn target_by_id(program: Program, mode: Mode, options: &mut Options, scan: &mut Scan) {
    let is_free = scan.operands.is_empty() && scan.refused.is_none();
    let has_one = program != Program::Scp && !matches!(mode, Mode::Proxy | Mode::SshConfig);
    if is_free
        && has_one
        && let Some(id) = options.instance.take()
    {
        scan.operands.push(scan.words.len());
        scan.words.push(id.as_str().into());
    }
}

/// Whether the words ask the client something that has nothing to do with an instance.
fn is_for_client(program: Program, scan: &Scan) -> bool {
    let asks = |letters: &[u8]| scan.flags.iter().any(|flag| letters.contains(&flag.letter));
    let question = match program {
        Program::Ssh => asks(b"GVQ"),
        Program::Sftp => asks(b"D"),
        // -t and -f are how scp calls itself on the far side.
        Program::Scp => asks(b"Dtf"),
    };
    let incomplete = match program {
        Program::Ssh | Program::Sftp => scan.operands.is_empty(),
        Program::Scp => scan.operands.len() < 2,
    };
    question || scan.refused.is_some() || (incomplete && !scan.words.is_empty())
}

fn invocation(program: Program, options: Options, scan: Scan) -> Result<Invocation, Usage> {
    let is_destination = |at: usize| match program {
        Program::Ssh | Program::Sftp => scan.operands.first() == Some(&at),
        Program::Scp => scan.operands.contains(&at),
    };
    let read = |(at, word): (usize, OsString)| {
        let destination = match program {
            _ if !is_destination(at) => None,
            Program::Scp => Destination::parse_operand(&word)?,
            Program::Ssh | Program::Sftp => Some(Destination::parse(program, &word)?),
        };
        Ok(destination.map_or(Word::Typed(word), Word::Destination))
    };
    let jumps = scan.flags.iter().filter(|flag| flag.letter == b'J');
    for jump in jumps.filter_map(|flag| flag.value.as_deref()?.to_str()) {
        pasted::refuse_in_jump(jump)?;
    }
    let words = scan.words.into_iter().enumerate().map(read);
    Ok(Invocation {
        program,
        options,
        words: words.collect::<Result<_, BadName>>()?,
        flags: scan.flags,
        command: scan.command,
    })
}

fn typed(words: Vec<Word>) -> Vec<OsString> {
    let typed = |word| match word {
        Word::Typed(word) => Some(word),
        Word::Destination(_) => None,
    };
    words.into_iter().filter_map(typed).collect()
}

/// Our options' values, checked, and the text that is asked for instead of a connection; of
/// several, the last one wins.
fn options(scan: &Scan) -> Result<(Options, Option<Document>), Usage> {
    let mut options = Options::default();
    let mut document = None;
    for (opt, value) in &scan.ours {
        let value = match value {
            None => "",
            Some(value) => text(opt, value)?,
        };
        match opt.name {
            Name::Region => options.region = Some(Region::parse(value)?),
            Name::Profile => options.profile = Some(value.to_owned()),
            Name::Zone => options.zone = Some(Zone::parse(value)?),
            Name::InstanceId => options.want_instance(value)?,
            Name::Via => {
                let way = Way::parse(value);
                options.via = way.ok_or_else(|| Usage::BadChoice(opt, value.to_owned()))?;
            }
            Name::Way(way) => options.via = way,
            Name::Endpoint => options.endpoint = Some(invocation::endpoint(value)?),
            Name::Duration => options.duration = Some(invocation::duration(value)?),
            Name::Listen => options.listen = Some(invocation::place(value)?),
            Name::KeyDir => options.key_dir = Some(value.into()),
            Name::Install => options.want_action(Action::Install)?,
            Name::Uninstall => options.want_action(Action::Uninstall)?,
            // Each selects a mode, and has no value.
            Name::Shell | Name::Proxy | Name::SshConfig => {}
            Name::DryRun => options.dry_run = true,
            Name::Debug => options.debug = true,
            Name::Completions => {
                let shell = Shell::parse(value);
                let shell = shell.ok_or_else(|| Usage::BadChoice(opt, value.to_owned()))?;
                document = Some(Document::Completions(shell));
            }
            Name::Man => document = Some(Document::Man),
            Name::Help => document = Some(Document::Help),
            Name::Version => document = Some(Document::Version),
        }
    }
    // An endpoint is named for a tunnel through it.
    if options.endpoint.is_some() && options.via == Way::Auto {
        options.via = Way::Eice;
    }
    conflict::check_way(&options, scan)?;
    Ok((options, document))
}

fn text<'a>(opt: &'static Opt, value: &'a OsStr) -> Result<&'a str, Usage> {
    match value.to_str() {
        None => Err(Usage::NotUnicode(value.to_string_lossy().into_owned())),
        Some("") => Err(Usage::Empty(opt)),
        Some(value) => Ok(value),
    }
}

#[cfg(test)]
mod tests;
