//! The scanner: which words are options, values, the destination, the remote command.
//!
//! It reads as the client's own getopt(3) would and keeps the client's words as they were typed.
//! What is ours is taken out on the way. For ssh, options are still read after the destination,
//! as in the `goto again` of its `main()`; the first other word begins the remote command, which
//! is never looked into.

mod collisions;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::grammar::{Grammar, Kind, Program};
use super::options::{self, Opt};
use super::usage::Usage;

/// A command line, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// The client's words in their order, ours taken out.
    pub words: Vec<OsString>,
    /// The client's options among them.
    pub flags: Vec<Flag>,
    /// Which of `words` are operands: ssh's destination; the operands of sftp and scp.
    pub operands: Vec<usize>,
    /// Our options, with their values.
    pub ours: Vec<(&'static Opt, Option<OsString>)>,
    /// Whether a remote command follows ssh's destination.
    pub command: bool,
    /// Whether the client will refuse the words, with a usage message of its own.
    pub refused: bool,
}

/// One of the client's options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its letter.
    pub letter: u8,
    /// Its value, if it takes one.
    pub value: Option<OsString>,
    /// Whether it stands after the destination.
    pub late: bool,
    /// Which of the client's words it stands in.
    pub at: usize,
}

/// Reads `words`, which do not include the program's own name.
///
/// # Errors
/// What is wrong with an option of ours; mistakes in the client's options are its own to tell.
pub fn scan(program: Program, grammar: Grammar, words: &[OsString]) -> Result<Scan, Usage> {
    let mut scanner = Scanner {
        program,
        grammar,
        words,
        at: 0,
        ahead: false,
        scan: Scan::default(),
    };
    scanner.options()?;
    match program {
        Program::Ssh => scanner.destination_and_command()?,
        Program::Sftp | Program::Scp => scanner.operands()?,
    }
    Ok(scanner.scan)
}

/// What is the client's of a word of short options.
#[derive(Default)]
struct Theirs {
    letters: Vec<u8>,
    /// The word after it, where that is the value of the last letter.
    value: Option<OsString>,
}

struct Scanner<'a> {
    program: Program,
    grammar: Grammar,
    words: &'a [OsString],
    /// The next word to read.
    at: usize,
    /// Whether this one only looks ahead for another, to settle a `-t`.
    ahead: bool,
    scan: Scan,
}

impl<'a> Scanner<'a> {
    /// Takes the next word.
    fn next(&mut self) -> Option<&'a OsStr> {
        let word = self.words.get(self.at)?;
        self.at += 1;
        Some(word)
    }

    /// Reads options up to the first word which is none, or past a `--`.
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
        let command = &self.words[self.at..];
        self.scan.command = !command.is_empty();
        self.scan.words.extend_from_slice(command);
        Ok(())
    }

    /// The operands of sftp and scp. After the target of sftp our options may follow, as they
    /// could in the original; in scp they would be mistaken for files, or files for them.
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

    /// Whether a `--` has ended the options. As in ssh, what counts is that the last of its words
    /// is one, be it an option's value; a value of ours is not among them.
    fn ended(&self) -> bool {
        self.scan.words.last().is_some_and(|word| word == "--")
    }

    fn operand(&mut self, word: &OsStr) {
        self.scan.operands.push(self.scan.words.len());
        self.scan.words.push(word.to_owned());
    }

    /// Whether a word that stands among the operands is an option of ours.
    fn is_ours(&self, word: &[u8]) -> bool {
        match word {
            [b'-', b'-', long @ ..] => {
                let name = long.split(|&b| b == b'=').next().unwrap_or_default();
                std::str::from_utf8(name)
                    .is_ok_and(|name| options::find_long(name).is_ok_and(|o| o.is_of(self.program)))
            }
            [b'-', letter, rest @ ..] => self.our_letter(*letter, rest, true).is_some(),
            _ => false,
        }
    }

    /// A long option: all of them are ours.
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
            return Err(Usage::UnknownOption(format!("--{name}")));
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

    /// A word of short options: the client's letters, among which ours may stand.
    fn cluster(&mut self, word: &OsStr) -> Result<(), Usage> {
        let letters = &word.as_bytes()[1..];
        let mut theirs = Theirs::default();
        for (at, &letter) in letters.iter().enumerate() {
            let rest = &letters[at + 1..];
            let word_ends = match self.our_letter(letter, rest, theirs.letters.is_empty()) {
                Some(opt) => self.our_option(opt, rest)?,
                None => self.their_option(letter, rest, &mut theirs),
            };
            if word_ends {
                break;
            }
        }
        if !theirs.letters.is_empty() {
            let word = [b"-", theirs.letters.as_slice()].concat();
            self.scan.words.push(OsString::from_vec(word));
            self.scan.words.extend(theirs.value);
        }
        Ok(())
    }

    /// A letter of ours, taken out of its word; says whether it has taken the rest of it too.
    fn our_option(&mut self, opt: &'static Opt, rest: &[u8]) -> Result<bool, Usage> {
        let value = match opt.value {
            None => None,
            Some(_) => Some(self.value(rest).ok_or(Usage::NoValue(opt))?),
        };
        let has_value = value.is_some();
        self.scan.ours.push((opt, value));
        Ok(has_value)
    }

    /// A letter of the client's, kept; says whether it is the last of its word.
    fn their_option(&mut self, letter: u8, rest: &[u8], theirs: &mut Theirs) -> bool {
        theirs.letters.push(letter);
        let kind = self.grammar.kind(letter);
        if kind == Kind::Switch {
            self.flag(letter, None);
            return false;
        }
        theirs.letters.extend_from_slice(rest);
        let value = match kind {
            Kind::Valued => self.value(rest),
            Kind::Switch | Kind::Unknown => None,
        };
        match value {
            None => self.scan.refused = true,
            Some(value) => {
                theirs.value = rest.is_empty().then(|| value.clone());
                self.flag(letter, Some(value));
            }
        }
        true
    }

    /// The value of a short option: the rest of its word, or the whole next word.
    fn value(&mut self, rest: &[u8]) -> Option<OsString> {
        if rest.is_empty() {
            self.next().map(OsStr::to_owned)
        } else {
            Some(OsStr::from_bytes(rest).to_owned())
        }
    }

    fn flag(&mut self, letter: u8, value: Option<OsString>) {
        let late = self.program == Program::Ssh && !self.scan.operands.is_empty();
        self.scan.flags.push(Flag {
            letter,
            value,
            late,
            at: self.scan.words.len(),
        });
    }
}

#[cfg(test)]
mod tests;
