//! Shell completion: what kind of word belongs at the cursor.
//!
//! The completion scripts run `mssh --complete WORD ... CURRENT`, or, in bash, which splits words in
//! its own way, `mssh --complete-line LINE END`. The same scanner thus reads the command line for the
//! program and for its completions.

pub(crate) mod bash;
pub(crate) mod hosts;
pub(crate) mod instances;
mod keywords;
pub(crate) mod lists;
pub(crate) mod remote;
mod split;

use std::ffi::OsString;

pub(crate) use self::keywords::KEYWORDS;
use self::split::{split, split_list, split_operand};
use super::grammar::{Grammar, LetterKind};
use super::options::{Name, Opt, options};
use super::scan::Scan;
use super::{options, scan};
use crate::plan::program::Program;

/// The hidden option that takes the words up to the cursor, the unfinished one last.
pub(crate) const OPTION: &str = "--complete";

/// The hidden option that takes the command line up to the cursor as one word, and what bash will
/// replace; scripts of older versions leave that out, and quote nothing.
pub(crate) const LINE_OPTION: &str = "--complete-line";

/// The hidden option of the process that refreshes a cached list: words of `--list` follow.
pub(crate) const REFRESH_OPTION: &str = "--refresh-list";

/// What to offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Candidates {
    Nothing,
    /// The shell itself completes these.
    Files,
    Options,
    Regions,
    Profiles,
    Hosts,
    /// For scp: hosts with a colon after them, and files.
    HostsAndFiles,
    /// Hosts that are instance IDs.
    Instances,
    /// Paths on the host before them.
    RemotePaths,
    /// Keywords of ssh_config(5).
    Keywords,
    Choices(&'static [&'static str]),
}

/// What to offer at the cursor.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Completion {
    pub(crate) candidates: Candidates,
    /// The part of the current word before the candidate, like `--region=` or `user@`.
    pub(crate) prefix: String,
    /// Whether the word is a list, in which a comma ends a candidate.
    pub(crate) is_list: bool,
}

/// Replaces the current word, so that it is found again after the scan.
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

/// Decides what to offer for the unfinished word `current` after `words`.
pub(crate) fn completion(
    program: Program,
    grammar: Grammar,
    words: &[OsString],
    current: &str,
) -> Completion {
    if current.starts_with('-') && reads_options(program, grammar, words) {
        return option(program, grammar, current);
    }
    let Ok(scan) = scan_before(program, grammar, words) else {
        return split(program, Candidates::Nothing, "", current);
    };
    let is_cursor = |value: &Option<OsString>| value.as_ref().is_some_and(|it| it == CURSOR);
    let ours = scan.ours.last().filter(|(_, value)| is_cursor(value));
    let theirs = scan.flags.iter().find(|flag| is_cursor(&flag.value));
    let candidates = match (ours, theirs) {
        (Some((opt, _)), _) => for_our_option(program, opt),
        (_, Some(flag)) => for_client_option(program, flag.letter),
        _ if scan.ours.iter().any(|(opt, _)| opt.name == Name::Each) => {
            return split_list(program, operand(program, &scan), current);
        }
        _ => return split_operand(program, operand(program, &scan), current),
    };
    split(program, candidates, "", current)
}

/// Reads the words before the cursor, and a word there that begins with no dash. An option before it
/// may be complete only with that.
pub(crate) fn scan_before(
    program: Program,
    grammar: Grammar,
    words: &[OsString],
) -> Result<Scan, super::usage::Usage> {
    scan_with(program, grammar, words, CURSOR)
}

fn scan_with(
    program: Program,
    grammar: Grammar,
    words: &[OsString],
    last: &str,
) -> Result<Scan, super::usage::Usage> {
    scan::scan(program, grammar, &[words, &[last.into()]].concat())
}

/// Whether a word with a dash after these words would be read as an option.
fn reads_options(program: Program, grammar: Grammar, words: &[OsString]) -> bool {
    let help = |scan: &Scan| {
        let of_help = scan.ours.iter().filter(|(opt, _)| opt.name == Name::Help);
        of_help.count()
    };
    let before = scan::scan(program, grammar, words).map_or(0, |scan| help(&scan));
    scan_with(program, grammar, words, "--help").is_ok_and(|scan| help(&scan) > before)
}

/// Completes a word that begins with a dash: an option, or one with its value attached.
fn option(program: Program, grammar: Grammar, current: &str) -> Completion {
    if let Some((name, _)) = current.split_once('=')
        && let Some(long) = name.strip_prefix("--")
    {
        let opt = options::find_long(long).ok().filter(|it| it.is_of(program));
        let candidates = opt.map_or(Candidates::Nothing, |opt| for_our_option(program, opt));
        return split(program, candidates, &current[..=name.len()], current);
    }
    match *current.as_bytes() {
        [b'-', letter, _, ..] if letter != b'-' => {
            let candidates = match grammar.kind(letter) {
                LetterKind::Valued => for_client_option(program, letter),
                LetterKind::Switch => Candidates::Nothing,
                LetterKind::Unknown => {
                    let opt = options::find_letter(letter);
                    opt.map_or(Candidates::Nothing, |opt| for_our_option(program, opt))
                }
            };
            // The shell would take `-i` of `-i~/.ssh/` for a part of the file's name.
            let candidates = if candidates == Candidates::Files {
                Candidates::Nothing
            } else {
                candidates
            };
            split(program, candidates, &current[..2], current)
        }
        _ => split(program, Candidates::Options, "", current),
    }
}

fn for_our_option(program: Program, opt: &Opt) -> Candidates {
    match opt.name {
        _ if !opt.choices.is_empty() => Candidates::Choices(opt.choices_of(program)),
        Name::Region => Candidates::Regions,
        Name::Profile => Candidates::Profiles,
        Name::InstanceId => Candidates::Instances,
        Name::AgentDir | Name::Output => Candidates::Files,
        _ => Candidates::Nothing,
    }
}

fn for_client_option(program: Program, letter: u8) -> Candidates {
    match (program, letter) {
        (_, b'F' | b'i' | b'S') | (Program::Ssh, b'E' | b'I') | (Program::Sftp, b'b' | b'D') => {
            Candidates::Files
        }
        (Program::Scp, b'D') => Candidates::Files,
        (_, b'J') => Candidates::Hosts,
        (_, b'o') => Candidates::Keywords,
        (Program::Ssh, b'O') => Candidates::Choices(CONTROL),
        (Program::Ssh, b'Q') => Candidates::Choices(QUERY),
        _ => Candidates::Nothing,
    }
}

fn operand(program: Program, scan: &Scan) -> Candidates {
    let is_operand = |at: &usize| scan.words[*at] == CURSOR;
    let position = scan.operands.iter().position(is_operand);
    match (program, position) {
        (Program::Scp, Some(_)) => Candidates::HostsAndFiles,
        (_, Some(0)) => Candidates::Hosts,
        _ => Candidates::Nothing,
    }
}

/// All options of mssh and of the client, each with its description.
pub(crate) fn options_of(program: Program, grammar: Grammar) -> Vec<(String, String)> {
    let ours = options().filter(|opt| opt.suits(program));
    let mut all: Vec<_> = ours
        .clone()
        .map(|opt| (format!("--{}", opt.long), opt.help_of(program).to_owned()))
        .collect();
    let free = |letter: &u8| grammar.kind(*letter) == LetterKind::Unknown;
    let letters = ours.filter_map(|opt| {
        let letter = opt.letter.filter(free)?;
        Some((
            format!("-{}", char::from(letter)),
            opt.help_of(program).to_owned(),
        ))
    });
    all.extend(letters);
    let client = program.client();
    let theirs = grammar.letters();
    all.extend(theirs.map(|(letter, _)| (format!("-{letter}"), format!("see {client}(1)"))));
    all
}

/// Splits a command line at the cursor: the words after the program's name, and the unfinished one.
/// `None` inside quotes.
pub(crate) fn split_line(line: &str) -> Option<(Vec<OsString>, String)> {
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
