//! Words, then meaning: what we are asked to do.

pub mod complete;
pub mod grammar;
pub mod invocation;
pub mod listen;
pub mod options;
pub mod proxy_command;
pub mod scan;
pub mod usage;

mod shell;

use std::ffi::{OsStr, OsString};
use std::path::Path;

use self::grammar::{Grammar, Program};
pub use self::invocation::Wishes;
use self::listen::Listening;
use self::options::{Name, Opt};
use self::proxy_command::{Ride, Setup};
use self::scan::{Flag, Scan};
use self::usage::Usage;
use crate::plan::route::Way;
use crate::plan::route::serial::Unfit;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::{Region, Zone};
use crate::plan::target::pasted;

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
    /// Print a text of ours on standard output.
    Print(Page),
    /// Be ssh's ProxyCommand.
    Ride(Box<Ride>),
    /// Have a port of this machine lead to one of an instance.
    Listen(Box<Listening>),
    /// See to what plain ssh needs in its configuration.
    Setup(Setup),
}

/// A text of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// `--help`.
    Help,
    /// `--version`.
    Version,
    /// `--completions SHELL`.
    Completions(String),
    /// `--man`.
    Man,
}

/// Everything the user said about a connection, and nothing else.
#[derive(Debug, PartialEq, Eq)]
pub struct Invocation {
    /// Who we are.
    pub program: Program,
    /// Our own options.
    pub wishes: Wishes,
    /// The client's words in their order, destinations read.
    pub words: Vec<Word>,
    /// The client's options among them.
    pub flags: Vec<Flag>,
    /// Whether there is a remote command.
    pub command: bool,
}

/// One word for the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// A word that we do not touch.
    Typed(OsString),
    /// A destination, to be respelled.
    Destination(Destination),
}

impl Invocation {
    /// The destinations, in their order: one, or for scp any number.
    pub fn destinations(&self) -> impl Iterator<Item = &Destination> {
        self.words.iter().filter_map(|word| match word {
            Word::Destination(destination) => Some(destination),
            Word::Typed(_) => None,
        })
    }

    /// The first value of one of the client's options.
    pub fn value(&self, letter: u8) -> Option<&OsStr> {
        self.flags
            .iter()
            .find(|flag| flag.letter == letter)
            .and_then(|flag| flag.value.as_deref())
    }

    /// The file that `-F` names; of several, the last one counts.
    pub fn config_file(&self) -> Option<&Path> {
        let last = self.flags.iter().rev().find(|flag| flag.letter == b'F');
        last.and_then(|flag| flag.value.as_deref()).map(Path::new)
    }

    /// Whether the client gets this option.
    pub fn has(&self, letter: u8) -> bool {
        self.flags.iter().any(|flag| flag.letter == letter)
    }

    /// Whether scp is to copy from one remote host to another, and by its own choice of the way.
    pub fn copies_between_hosts(&self) -> bool {
        let is_remote = |word: &Word| matches!(word, Word::Destination(_));
        self.program == Program::Scp
            && self.words.last().is_some_and(is_remote)
            && self.destinations().count() > 1
            && !self.has(b'3')
            && !self.has(b'R')
    }

    /// Has the client get one switch more, before all that was typed.
    pub fn add_switch(&mut self, letter: u8) {
        for flag in &mut self.flags {
            flag.at += 1;
        }
        let word = format!("-{}", char::from(letter));
        self.words.insert(0, Word::Typed(word.into()));
        self.flags.push(Flag {
            letter,
            value: None,
            late: false,
            at: 0,
        });
    }

    /// Whether a running master connection is only told something (ssh's `-O`).
    pub fn is_control_command(&self) -> bool {
        self.program == Program::Ssh && self.has(b'O')
    }
}

/// Reads the words we were called with, without our own name.
///
/// # Errors
/// The first mistake in them, except those that the client tells better itself.
pub fn parse(program: Program, grammar: Grammar, words: &[OsString]) -> Result<Request, Usage> {
    let mut scan = scan::scan(program, grammar, words)?;
    let (mut wishes, page) = wishes(&scan)?;
    if let Some(page) = page {
        return Ok(Request::Print(page));
    }
    target_by_id(program, &mut wishes, &mut scan);
    if let Some(listening) = listen::request(&wishes, &scan)? {
        return Ok(Request::Listen(Box::new(listening)));
    }
    if wishes.shell {
        return shell::read(wishes, scan);
    }
    if let Some(request) = proxy_command::request(&wishes, &scan)? {
        return Ok(request);
    }
    if is_for_client(program, &scan) {
        return Ok(client(wishes.dry_run, scan.words));
    }
    if scan.operands.is_empty() {
        return Err(Usage::NoTarget);
    }
    let invocation = invocation(program, wishes, scan)?;
    if invocation.wishes.via == Way::Serial
        && let Some(unfit) = Unfit::in_words(&invocation)
    {
        return Err(Usage::Unfit(unfit));
    }
    match invocation.destinations().count() {
        0 => Ok(client(invocation.wishes.dry_run, typed(invocation.words))),
        1 => Ok(Request::Connect(Box::new(invocation))),
        _ if invocation.wishes.instance.is_some() => Err(Usage::SeveralForOneId),
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
fn target_by_id(program: Program, wishes: &mut Wishes, scan: &mut Scan) {
    let is_free = scan.operands.is_empty() && !scan.refused;
    let has_one = program != Program::Scp && !wishes.proxy && !wishes.ssh_config;
    if is_free
        && has_one
        && let Some(id) = wishes.instance.take()
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
    question || scan.refused || (incomplete && !scan.words.is_empty())
}

fn invocation(program: Program, wishes: Wishes, scan: Scan) -> Result<Invocation, Usage> {
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
        pasted::no_hop(jump)?;
    }
    let words = scan.words.into_iter().enumerate().map(read);
    Ok(Invocation {
        program,
        wishes,
        words: words.collect::<Result<_, _>>()?,
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
fn wishes(scan: &Scan) -> Result<(Wishes, Option<Page>), Usage> {
    let mut wishes = Wishes::default();
    let mut page = None;
    for (opt, value) in &scan.ours {
        let value = match value {
            None => "",
            Some(value) => text(opt, value)?,
        };
        match opt.name {
            Name::Region => wishes.region = Some(Region::parse(value)?),
            Name::Profile => wishes.profile = Some(value.to_owned()),
            Name::Zone => wishes.zone = Some(Zone::parse(value)?),
            Name::InstanceId => wishes.want_instance(value)?,
            Name::Via => {
                let way = Way::parse(value);
                wishes.via = way.ok_or_else(|| Usage::BadChoice(opt, value.to_owned()))?;
            }
            Name::Private => wishes.via = Way::Private,
            Name::Serial => wishes.via = Way::Serial,
            Name::Eice => wishes.via = Way::Eice,
            Name::Ssm => wishes.via = Way::Ssm,
            Name::Shell => wishes.shell = true,
            Name::Endpoint => wishes.endpoint = Some(invocation::endpoint(value)?),
            Name::Duration => wishes.duration = Some(invocation::duration(value)?),
            Name::Listen => wishes.listen = Some(invocation::place(value)?),
            Name::Proxy => wishes.proxy = true,
            Name::KeyDir => wishes.key_dir = Some(value.into()),
            Name::SshConfig => wishes.ssh_config = true,
            Name::Install | Name::Uninstall => wishes.want_installed(opt.name == Name::Install)?,
            Name::DryRun => wishes.dry_run = true,
            Name::Debug => wishes.debug = true,
            Name::Completions if opt.choices.contains(&value) => {
                page = Some(Page::Completions(value.to_owned()));
            }
            Name::Completions => return Err(Usage::BadChoice(opt, value.to_owned())),
            Name::Man => page = Some(Page::Man),
            Name::Help => page = Some(Page::Help),
            Name::Version => page = Some(Page::Version),
        }
    }
    wishes.settle()?;
    Ok((wishes, page))
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
