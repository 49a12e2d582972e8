//! Completion: what may stand where the cursor is.
//!
//! The shells ask us: `mssh --complete WORD ... CURRENT`, or bash, which has its own idea of words,
//! `mssh --complete-line LINE`. So one reading of the command line serves the program and its
//! completions. Where nothing is known, nothing is offered.

pub mod hosts;
mod keywords;

use std::ffi::OsString;

pub use self::keywords::KEYWORDS;
use super::grammar::{Grammar, Kind};
use super::options::{Name, OPTIONS, Opt};
use super::scan::Scan;
use super::{options, scan};
use crate::plan::program::Program;

/// The hidden option with the words up to the cursor, the last of which is not finished.
pub const OPTION: &str = "--complete";

/// The same with all of them in one, as they stand on the command line.
pub const LINE_OPTION: &str = "--complete-line";

/// What may stand in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing that we know of.
    Nothing,
    /// Files, which the shell knows best.
    Files,
    /// Options.
    Options,
    /// AWS regions.
    Regions,
    /// AWS profiles.
    Profiles,
    /// Hosts.
    Hosts,
    /// Hosts followed by a colon, or files.
    HostsAndFiles,
    /// Hosts that are instance IDs.
    Instances,
    /// Keywords of ssh_config(5).
    Keywords,
    /// One of these.
    Choices(&'static [&'static str]),
}

/// A place on the command line.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// What may stand there.
    pub wanted: Wanted,
    /// What of the current word stands before it, like `--region=` or `user@`.
    pub before: String,
}

/// Stands for the current word: no option, region, ID or host.
const CURSOR: &str = "the word at the cursor";

/// What ssh's -O and -Q take.
const CONTROL: &[&str] = &["check", "forward", "cancel", "exit", "stop", "proxy"];
const QUERY: &[&str] = &[
    "cipher",
    "cipher-auth",
    "compression",
    "help",
    "kex",
    "kex-gss",
    "key",
    "key-cert",
    "key-plain",
    "key-sig",
    "mac",
    "protocol-version",
    "sig",
];

/// What may stand where `current` is, after these words.
pub fn place(program: Program, grammar: Grammar, words: &[OsString], current: &str) -> Place {
    if current.starts_with('-') && reads_options(program, grammar, words) {
        return option(program, grammar, current);
    }
    let Ok(scan) = scan_with(program, grammar, words, CURSOR) else {
        return split(Wanted::Nothing, "", current);
    };
    let is_cursor = |value: &Option<OsString>| value.as_ref().is_some_and(|it| it == CURSOR);
    let ours = scan.ours.last().filter(|(_, value)| is_cursor(value));
    let theirs = scan.flags.iter().find(|flag| is_cursor(&flag.value));
    let wanted = match (ours, theirs) {
        (Some((opt, _)), _) => of_ours(program, opt),
        (_, Some(flag)) => of_theirs(program, flag.letter),
        _ => operand(program, &scan),
    };
    split(wanted, "", current)
}

fn scan_with(
    program: Program,
    grammar: Grammar,
    words: &[OsString],
    last: &str,
) -> Result<Scan, super::usage::Usage> {
    scan::scan(program, grammar, &[words, &[last.into()]].concat())
}

/// Whether an option would be taken for one after these words.
fn reads_options(program: Program, grammar: Grammar, words: &[OsString]) -> bool {
    let help = |scan: &Scan| {
        let of_help = scan.ours.iter().filter(|(opt, _)| opt.name == Name::Help);
        of_help.count()
    };
    let before = scan::scan(program, grammar, words).map_or(0, |scan| help(&scan));
    scan_with(program, grammar, words, "--help").is_ok_and(|scan| help(&scan) > before)
}

/// An option, or one with its value in the same word.
fn option(program: Program, grammar: Grammar, current: &str) -> Place {
    if let Some((name, _)) = current.split_once('=')
        && let Some(long) = name.strip_prefix("--")
    {
        let opt = options::find_long(long).ok().filter(|it| it.is_of(program));
        let wanted = opt.map_or(Wanted::Nothing, |opt| of_ours(program, opt));
        return split(wanted, &current[..=name.len()], current);
    }
    match *current.as_bytes() {
        [b'-', letter, _, ..] if letter != b'-' => {
            let wanted = match grammar.kind(letter) {
                Kind::Valued => of_theirs(program, letter),
                Kind::Switch => Wanted::Nothing,
                Kind::Unknown => {
                    let opt = options::find_letter(letter);
                    opt.map_or(Wanted::Nothing, |opt| of_ours(program, opt))
                }
            };
            // A file is the shell's to complete, and it takes the letter for a part of its name.
            let wanted = if wanted == Wanted::Files {
                Wanted::Nothing
            } else {
                wanted
            };
            split(wanted, &current[..2], current)
        }
        _ => split(Wanted::Options, "", current),
    }
}

fn of_ours(program: Program, opt: &Opt) -> Wanted {
    match opt.name {
        _ if !opt.choices.is_empty() => Wanted::Choices(opt.choices_of(program)),
        Name::Region => Wanted::Regions,
        Name::Profile => Wanted::Profiles,
        Name::InstanceId => Wanted::Instances,
        Name::KeyDir => Wanted::Files,
        _ => Wanted::Nothing,
    }
}

/// What the client's options take, of those that take a value.
fn of_theirs(program: Program, letter: u8) -> Wanted {
    match (program, letter) {
        (_, b'F' | b'i' | b'S') | (Program::Ssh, b'E' | b'I') | (Program::Sftp, b'b' | b'D') => {
            Wanted::Files
        }
        (Program::Scp, b'D') => Wanted::Files,
        (_, b'J') => Wanted::Hosts,
        (_, b'o') => Wanted::Keywords,
        (Program::Ssh, b'O') => Wanted::Choices(CONTROL),
        (Program::Ssh, b'Q') => Wanted::Choices(QUERY),
        _ => Wanted::Nothing,
    }
}

/// What the word at the cursor is, where it is no option nor the value of one.
fn operand(program: Program, scan: &Scan) -> Wanted {
    let is_operand = |at: &usize| scan.words[*at] == CURSOR;
    let place = scan.operands.iter().position(is_operand);
    match (program, place) {
        (Program::Scp, Some(_)) => Wanted::HostsAndFiles,
        (_, Some(0)) => Wanted::Hosts,
        _ => Wanted::Nothing,
    }
}

/// Finds what stands before a host: users, hops, and the path behind it.
fn split(wanted: Wanted, before: &str, current: &str) -> Place {
    let rest = &current[before.len()..];
    let (wanted, more) = match wanted {
        Wanted::Hosts | Wanted::HostsAndFiles => {
            let hop = rest.rfind(',').map_or(0, |at| at + 1);
            let user = rest[hop..].find('@').map_or(hop, |at| hop + at + 1);
            let is_path = rest.starts_with(['/', '.', '~']);
            match wanted {
                Wanted::HostsAndFiles if is_path => (Wanted::Files, 0),
                _ if rest[user..].contains(':') => (Wanted::Nothing, 0),
                _ => (wanted, user),
            }
        }
        Wanted::Keywords if rest.contains(['=', ' ']) => (Wanted::Nothing, 0),
        _ => (wanted, 0),
    };
    Place {
        wanted,
        before: format!("{before}{}", &rest[..more]),
    }
}

/// The options that begin like this, each with what it is for.
pub fn options_of(program: Program, grammar: Grammar) -> Vec<(String, String)> {
    let ours = OPTIONS.iter().filter(|opt| opt.suits(program));
    let mut all: Vec<_> = ours
        .clone()
        .map(|opt| (format!("--{}", opt.long), opt.help.to_owned()))
        .collect();
    let free = |letter: &u8| grammar.kind(*letter) == Kind::Unknown;
    let letters = ours.filter_map(|opt| {
        let letter = opt.letter.filter(free)?;
        Some((format!("-{}", char::from(letter)), opt.help.to_owned()))
    });
    all.extend(letters);
    let client = program.client();
    let theirs = grammar.letters();
    all.extend(theirs.map(|(letter, _)| (format!("-{letter}"), format!("see {client}(1)"))));
    all
}

/// Takes a command line apart up to the cursor: the words after the program's name, and the one that
/// is not finished. `None` where a quote is open.
pub fn words_of(line: &str) -> Option<(Vec<OsString>, String)> {
    let mut words = shlex::split(line)?;
    let is_finished = line.ends_with([' ', '\t', '\n']) && !line.ends_with("\\ ");
    let current = if is_finished {
        String::new()
    } else {
        words.pop()?
    };
    let is_assignment = |word: &String| {
        let name = word.split_once('=').map(|(name, _)| name);
        name.is_some_and(|it| it.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
    };
    let name = words.iter().position(|word| !is_assignment(word))?;
    let words = words.drain(name + 1..).map(OsString::from).collect();
    Some((words, current))
}

#[cfg(test)]
mod tests;
