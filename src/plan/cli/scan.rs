//! The scanner: which words are options, values, the destination, the remote command.
//!
//! It reads as the client's own getopt(3) does, keeps the client's words as typed, and takes our
//! options out. ssh reads options after the destination, too (the `goto again` in its `main()`); the
//! first other word begins the remote command, which is not read at all.

mod collisions;
mod letters;

use std::cell::OnceCell;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::grammar::Grammar;
use super::options::{self, Opt, Task};
use super::usage::Usage;
use crate::plan::program::Program;

/// A command line taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    /// The client's words, without ours.
    pub words: Vec<OsString>,
    /// The client's options among them.
    pub flags: Vec<Flag>,
    /// Which of `words` are operands: ssh's destination; the operands of sftp and scp.
    pub operands: Vec<usize>,
    /// Our options, with their values.
    pub ours: Vec<(&'static Opt, Option<OsString>)>,
    /// Whether a remote command follows ssh's destination.
    pub command: bool,
    /// The first of `words` that the client will refuse, with its own usage message.
    pub refused: Option<usize>,
}

impl Scan {
    /// The first value of the client's option with this letter.
    pub(super) fn value(&self, letter: u8) -> Option<&OsStr> {
        let flag = self.flags.iter().find(|flag| flag.letter == letter);
        flag.and_then(|flag| flag.value.as_deref())
    }
}

/// One of the client's options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// `i` for `-i`.
    pub letter: u8,
    /// Its value, if it takes one.
    pub value: Option<OsString>,
    /// Whether it comes after the destination.
    pub late: bool,
    /// The index of the client's word that contains it.
    pub(crate) at: usize,
}

/// Reads the words after the program's name.
///
/// # Errors
/// A mistake in one of our options. The client reports mistakes in its own.
pub(crate) fn scan(program: Program, grammar: Grammar, words: &[OsString]) -> Result<Scan, Usage> {
    let mut scanner = Scanner {
        program,
        grammar,
        words,
        at: 0,
        ahead: false,
        address_follows: OnceCell::new(),
        scan: Scan::default(),
    };
    scanner.options()?;
    match program {
        Program::Ssh => scanner.destination_and_command()?,
        Program::Sftp | Program::Scp => scanner.operands()?,
    }
    Ok(scanner.scan)
}

struct Scanner<'a> {
    program: Program,
    grammar: Grammar,
    words: &'a [OsString],
    /// The index of the next word.
    at: usize,
    /// Whether this scanner only looks ahead for another one, which must decide what a `-t` means.
    ahead: bool,
    /// Whether the destination, which comes later, can only be an address.
    address_follows: OnceCell<bool>,
    scan: Scan,
}

impl<'a> Scanner<'a> {
    fn next(&mut self) -> Option<&'a OsStr> {
        let word = self.words.get(self.at)?;
        self.at += 1;
        Some(word)
    }

    /// Reads options up to the first other word, or past a `--`.
    fn options(&mut self) -> Result<(), Usage> {
        while let Some(word) = self.words.get(self.at) {
            match word.as_bytes() {
                b"--" => {
                    self.at += 1;
                    self.scan.words.push(word.clone());
                    return Ok(());
                }
                [b'-', b'-', long @ ..] => {
                    self.at += 1;
                    self.long(long)?;
                }
                [b'-', _, ..] => {
                    self.at += 1;
                    self.cluster(word)?;
                }
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    /// ssh's destination, the options after it, and the command.
    fn destination_and_command(&mut self) -> Result<(), Usage> {
        let ended = self.ended();
        let Some(destination) = self.next() else {
            return Ok(());
        };
        self.operand(destination);
        if !ended {
            self.options()?;
        }
        // Each further `--listen` has a target, too.
        let selects = |opt: &Opt| opt.selects == Some(Task::Listen);
        let several = |scan: &Scan| scan.ours.iter().filter(|(opt, _)| selects(opt)).count();
        while self.scan.operands.len() < several(&self.scan)
            && let Some(target) = self.next()
        {
            self.operand(target);
            if !ended {
                self.options()?;
            }
        }
        let command = &self.words[self.at..];
        self.scan.command = !command.is_empty();
        self.scan.words.extend_from_slice(command);
        Ok(())
    }

    /// The operands of sftp and scp. As in the original, our options may follow the target of sftp;
    /// in scp they are refused, because a file could have such a name.
    fn operands(&mut self) -> Result<(), Usage> {
        let ended = self.ended();
        while let Some(word) = self.next() {
            let bytes = word.as_bytes();
            let ours = !ended && !self.scan.operands.is_empty() && self.is_ours(bytes);
            match (self.program, ours) {
                (Program::Scp, true) if bytes.starts_with(b"--") => {
                    return Err(Usage::OptionAfterFiles(word.to_string_lossy().into()));
                }
                (Program::Sftp, true) => match bytes {
                    [b'-', b'-', long @ ..] => self.long(long)?,
                    _ => self.cluster(word)?,
                },
                _ => self.operand(word),
            }
        }
        Ok(())
    }

    /// Whether a `--` has ended the options. As in ssh, any last word `--` counts, even if it is the
    /// value of one of the client's options.
    fn ended(&self) -> bool {
        self.scan.words.last().is_some_and(|word| word == "--")
    }

    fn operand(&mut self, word: &OsStr) {
        self.scan.operands.push(self.scan.words.len());
        self.scan.words.push(word.to_owned());
    }

    /// Whether a word among the operands is one of our options, or several and nothing else.
    fn is_ours(&self, word: &[u8]) -> bool {
        match word {
            [b'-', b'-', long @ ..] => {
                let name = long.split(|&b| b == b'=').next().unwrap_or_default();
                std::str::from_utf8(name)
                    .is_ok_and(|name| options::find_long(name).is_ok_and(|o| o.is_of(self.program)))
            }
            [b'-', letters @ ..] => self.are_ours(letters),
            _ => false,
        }
    }

    /// Whether all of these letters are ours, up to one with a value. The client would read what is
    /// left of a mixed word as an operand.
    fn are_ours(&self, letters: &[u8]) -> bool {
        for (at, letter) in letters.iter().enumerate() {
            match self.our_letter(*letter, &letters[at + 1..], true) {
                Some(opt) if opt.value.is_some() => return true,
                Some(_) => {}
                None => return false,
            }
        }
        !letters.is_empty()
    }

    /// A long option. OpenSSH has none, so all of them are ours.
    fn long(&mut self, long: &[u8]) -> Result<(), Usage> {
        let equals = long.iter().position(|&b| b == b'=');
        let (name, attached) = match equals {
            Some(at) => (&long[..at], Some(OsStr::from_bytes(&long[at + 1..]))),
            None => (long, None),
        };
        let name = String::from_utf8_lossy(name);
        let opt = options::find_long(&name).map_err(|candidates| {
            let word = format!("--{name}");
            if candidates.is_empty() {
                Usage::UnknownOption(word)
            } else {
                Usage::Ambiguous(word, candidates)
            }
        })?;
        if !opt.is_of(self.program) {
            return Err(Usage::OfOthers(opt));
        }
        let value = match (opt.value, attached) {
            (None, None) => None,
            (None, Some(_)) => return Err(Usage::UnwantedValue(opt)),
            (Some(_), Some(value)) => Some(value),
            (Some(_), None) => Some(self.next().ok_or(Usage::NoValue(opt))?),
        };
        self.scan.ours.push((opt, value.map(OsStr::to_owned)));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
