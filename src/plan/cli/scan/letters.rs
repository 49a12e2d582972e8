//! Words of short options, in which our letters may be mixed with the client's.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::{Flag, Scanner};
use crate::plan::cli::grammar::LetterKind;
use crate::plan::cli::options::Opt;
use crate::plan::cli::usage::Usage;
use crate::plan::program::Program;

/// The client's part of a word of short options.
#[derive(Default)]
struct ClientLetters {
    letters: Vec<u8>,
    /// The next word, if it is the value of the last letter.
    value: Option<OsString>,
}

impl Scanner<'_> {
    pub(super) fn cluster(&mut self, word: &OsStr) -> Result<(), Usage> {
        let letters = &word.as_bytes()[1..];
        let mut theirs = ClientLetters::default();
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

    /// Takes one of our letters; returns whether the rest of the word was its value.
    fn our_option(&mut self, opt: &'static Opt, rest: &[u8]) -> Result<bool, Usage> {
        let value = match opt.value {
            None => None,
            Some(_) => Some(self.value(rest).ok_or(Usage::NoValue(opt))?),
        };
        let has_value = value.is_some();
        self.scan.ours.push((opt, value));
        Ok(has_value)
    }

    /// Keeps one of the client's letters; returns whether it was the last of its word.
    fn their_option(&mut self, letter: u8, rest: &[u8], theirs: &mut ClientLetters) -> bool {
        theirs.letters.push(letter);
        let kind = self.grammar.kind(letter);
        if kind == LetterKind::Switch {
            self.flag(letter, None);
            return false;
        }
        theirs.letters.extend_from_slice(rest);
        let value = match kind {
            LetterKind::Valued => self.value(rest),
            LetterKind::Switch | LetterKind::Unknown => None,
        };
        match value {
            None => {
                self.scan.refused.get_or_insert(self.scan.words.len());
            }
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
