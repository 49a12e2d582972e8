//! Words, then meaning: what we are asked to do.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::destination::Destination;
use super::grammar::{Grammar, Program};
use super::names::{InstanceId, Region, Zone};
use super::options::{Name, Opt};
use super::route::Way;
use super::scan::{self, Flag, Scan};
use super::usage::Usage;

/// What we are asked to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// Go to an instance.
    Connect(Box<Invocation>),
    /// Nothing that needs AWS: become the client with these words. Such are its own questions
    /// (`-G`, `-V`, `-Q`), its usage errors, and copies that stay on this machine.
    Client(Vec<OsString>),
    /// Print a text of ours on standard output.
    Print(Page),
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
#[derive(Debug, PartialEq, Eq)]
pub enum Word {
    /// A word that we do not touch.
    Typed(OsString),
    /// A destination, to be respelled.
    Destination(Destination),
}

/// The values of our own options.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// `--region`.
    pub region: Option<Region>,
    /// `--profile`.
    pub profile: Option<String>,
    /// `--zone`.
    pub zone: Option<Zone>,
    /// `--instance-id`.
    pub instance: Option<InstanceId>,
    /// `--via`.
    pub via: Way,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--debug`.
    pub debug: bool,
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
    let scan = scan::scan(program, grammar, words)?;
    let (wishes, page) = wishes(&scan)?;
    if let Some(page) = page {
        return Ok(Request::Print(page));
    }
    if is_for_client(program, &scan) {
        return Ok(Request::Client(scan.words));
    }
    if scan.operands.is_empty() {
        return Err(Usage::NoTarget);
    }
    let invocation = invocation(program, wishes, scan)?;
    match invocation.destinations().count() {
        0 => Ok(Request::Client(typed(invocation.words))),
        1 => Ok(Request::Connect(Box::new(invocation))),
        _ if invocation.wishes.instance.is_some() => Err(Usage::SeveralForOneId),
        _ => Ok(Request::Connect(Box::new(invocation))),
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
            Name::InstanceId => wishes.instance = Some(InstanceId::parse(value)?),
            Name::Via => {
                let way = Way::parse(value);
                wishes.via = way.ok_or_else(|| Usage::BadChoice(opt, value.to_owned()))?;
            }
            Name::Private => wishes.via = Way::Private,
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
mod tests {
    use super::*;

    fn read(program: Program, line: &[&str]) -> Result<Request, Usage> {
        let line: Vec<OsString> = line.iter().map(OsString::from).collect();
        parse(program, Grammar::of(program), &line)
    }

    #[track_caller]
    fn connects(program: Program, line: &[&str]) -> Invocation {
        match read(program, line) {
            Ok(Request::Connect(invocation)) => *invocation,
            other => panic!("{line:?}: {other:?}"),
        }
    }

    #[track_caller]
    fn is_for_the_client(program: Program, line: &[&str], words: &[&str]) {
        let words = words.iter().map(OsString::from).collect();
        assert_eq!(read(program, line), Ok(Request::Client(words)), "{line:?}");
    }

    #[test]
    fn questions_and_mistakes_go_straight_to_the_client() {
        for line in [
            &["-G", "i-0abcdef0"][..],
            &["i-0abcdef0", "-G"],
            &["-vG", "h"],
            &["-V"],
            &["-Q", "cipher"],
            &["-o", "ControlPersist"],
            &["-Z", "h"],
            &["-p"],
            &["h", "-Z", "ls"],
            &["--"],
        ] {
            is_for_the_client(Program::Ssh, line, line);
        }
        is_for_the_client(
            Program::Ssh,
            &["-d", "-G", "--region=eu-west-1", "h"],
            &["-G", "h"],
        );
        is_for_the_client(
            Program::Sftp,
            &["-D", "/bin/server"],
            &["-D", "/bin/server"],
        );
        is_for_the_client(Program::Sftp, &["-Z", "h"], &["-Z", "h"]);
    }

    #[test]
    fn copies_without_a_remote_side_are_scps_alone() {
        for line in [
            &["a", "b"][..],
            &["-r", "./a:b", "/x:y"],
            &["a"],
            &["h:"],
            &["-t", "dir"],
            &["-f", "file"],
        ] {
            is_for_the_client(Program::Scp, line, line);
        }
    }

    #[test]
    fn a_command_of_the_far_side_asks_us_nothing() {
        for command in ["-G", "-V", "--help", "-h", "--version", "-Z"] {
            let invocation = connects(Program::Ssh, &["h", "cmd", command]);
            assert!(invocation.flags.is_empty(), "{command}");
            assert_eq!(invocation.wishes, Wishes::default(), "{command}");
        }
    }

    #[test]
    fn destinations_are_read_where_the_client_has_them() {
        let hosts = |program, line: &[&str]| -> Vec<String> {
            let invocation = connects(program, line);
            invocation.destinations().map(|d| d.host.clone()).collect()
        };
        assert_eq!(hosts(Program::Ssh, &["-l", "a", "b", "c"]), ["b"]);
        assert_eq!(hosts(Program::Sftp, &["b:x", "c:y"]), ["b"]);
        assert_eq!(hosts(Program::Scp, &["a:x", "y", "./z:", "b:"]), ["a", "b"]);
        let several = read(Program::Scp, &["--instance-id", "i-0abcdef0", "a:x", "b:"]);
        assert_eq!(several, Err(Usage::SeveralForOneId));
    }

    #[test]
    fn our_values_are_checked_and_the_last_one_wins() {
        let line = [
            "-r",
            "us-east-1",
            "--private",
            "-dreu-west-1",
            "--via",
            "ipv6",
            "h",
        ];
        let wishes = connects(Program::Ssh, &line).wishes;
        assert_eq!(wishes.region, Region::parse("eu-west-1").ok());
        assert_eq!(
            (wishes.via, wishes.debug, wishes.dry_run),
            (Way::Ipv6, true, false)
        );
        let bad = |line: &[&str]| read(Program::Ssh, line).map(|_| ());
        assert_eq!(bad(&["-r", "x", "h"]), Err(Usage::BadRegion("x".into())));
        assert_eq!(bad(&["-z", "x", "h"]), Err(Usage::BadZone("x".into())));
        assert!(matches!(
            bad(&["--via", "x", "h"]),
            Err(Usage::BadChoice(..))
        ));
        assert!(matches!(
            bad(&["--completions", "x"]),
            Err(Usage::BadChoice(..))
        ));
        assert!(matches!(bad(&["--profile=", "h"]), Err(Usage::Empty(_))));
        assert_eq!(
            bad(&["--inst=i-1", "h"]),
            Err(Usage::BadInstanceId("i-1".into()))
        );
        assert_eq!(bad(&[]), Err(Usage::NoTarget));
        assert_eq!(bad(&["-d"]), Err(Usage::NoTarget));
    }

    #[test]
    fn our_texts_need_no_target() {
        let page = |line: &[&str]| read(Program::Scp, line);
        assert_eq!(page(&["-h"]), Ok(Request::Print(Page::Help)));
        assert_eq!(page(&["a", "--help"]).ok(), None);
        assert_eq!(page(&["--help", "a"]), Ok(Request::Print(Page::Help)));
        assert_eq!(page(&["--version"]), Ok(Request::Print(Page::Version)));
        assert_eq!(page(&["--man"]), Ok(Request::Print(Page::Man)));
        let bash = Page::Completions("bash".into());
        assert_eq!(page(&["--completions", "bash"]), Ok(Request::Print(bash)));
    }

    #[test]
    fn flags_tell_their_first_value_and_control_commands() {
        let invocation = connects(Program::Ssh, &["-i", "a", "-ib", "-Ocheck", "h"]);
        assert_eq!(invocation.value(b'i'), Some(OsStr::new("a")));
        assert!(invocation.has(b'O') && invocation.is_control_command());
        assert!(!connects(Program::Scp, &["-O", "a", "h:"]).is_control_command());
    }
}
