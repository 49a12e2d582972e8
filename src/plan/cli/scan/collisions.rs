//! Decides whether a letter that both have is the original's option or the client's.
//!
//! ssh has no `-r`, `-u`, `-z` or `-d`, but a `-t`; sftp and scp have a `-r`, scp a `-d` and a `-t`.
//! A letter that the client has, too, is ours only where it is written as the original required it.

use std::cell::OnceCell;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::{Scan, Scanner};
use crate::plan::cli::options::{self, Name, Opt};
use crate::plan::program::Program;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::{InstanceId, Region};
use crate::plan::target::pasted;

impl Scanner<'_> {
    /// Our option with this letter, if the letter is ours here. `rest` is the rest of its word;
    /// `first` is whether no letter of the client's comes before it there.
    pub(super) fn our_letter(&self, letter: u8, rest: &[u8], first: bool) -> Option<&'static Opt> {
        let opt = options::find_letter(letter)?;
        let ours = match (opt.name, self.program) {
            (Name::InstanceId, Program::Ssh) => first && self.means_instance(rest),
            (Name::InstanceId | Name::Debug, Program::Scp) => false,
            (Name::Region, Program::Sftp | Program::Scp) => first && self.means_region(rest),
            _ => true,
        };
        ours.then_some(opt)
    }

    /// The value of a short option with this `rest`, and the index of the word after it.
    fn peek<'b>(&'b self, rest: &'b [u8]) -> Option<(&'b [u8], usize)> {
        if rest.is_empty() {
            let word = self.words.get(self.at)?;
            Some((word.as_bytes(), self.at + 1))
        } else {
            Some((rest, self.at))
        }
    }

    /// Whether `-r` of sftp and scp is the original's region and not "recursive": if a word with the
    /// shape of a region follows, and enough operands after it.
    fn means_region(&self, rest: &[u8]) -> bool {
        let needed = if self.program == Program::Scp { 2 } else { 1 };
        self.peek(rest).is_some_and(|(value, after)| {
            let region = std::str::from_utf8(value).is_ok_and(|word| Region::parse(word).is_ok());
            let enough = !self.scan.operands.is_empty() || self.words.len() - after >= needed;
            region && enough
        })
    }

    /// Whether `-t` of ssh is the original's instance ID and not ssh's "tty": if an ID follows, and
    /// the destination is not an ID itself. If the destination comes later, it must look like an
    /// address, because a command could follow `-t`.
    fn means_instance(&self, rest: &[u8]) -> bool {
        let names_one = |word: &str| InstanceId::parse(word).is_ok() || pasted::is_instance(word);
        let is_id = |word: &[u8]| std::str::from_utf8(word).is_ok_and(names_one);
        let Some((value, after)) = self.peek(rest) else {
            return false;
        };
        if !is_id(value) || self.ahead {
            return is_id(value);
        }
        if let Some(&destination) = self.scan.operands.first() {
            let word = self.scan.words[destination].as_bytes();
            let host = word.rsplit(|&b| b == b'@').next().unwrap_or_default();
            return !is_id(host);
        }
        // Every `-t` before the destination gets the same answer: looked up once, or many of them would
        // take time quadratic in their number.
        *self
            .address_follows
            .get_or_init(|| self.sees_address(after))
    }

    /// Whether the options from this word on are followed by a destination that can only be an address.
    fn sees_address(&self, at: usize) -> bool {
        let mut ahead = Scanner {
            at,
            ahead: true,
            address_follows: OnceCell::new(),
            scan: Scan::default(),
            ..*self
        };
        ahead.options().is_ok() && ahead.next().is_some_and(looks_like_address)
    }
}

/// Whether an operand can only be an address: it contains an `@`, a dot or a colon, and ssh would
/// accept it as a destination. A command like `./run.sh` or `vi /etc/hosts.allow` does not.
fn looks_like_address(word: &OsStr) -> bool {
    let is_host = |it: Destination| !matches!(it.target, Target::Tags(_));
    word.as_bytes().iter().any(|b| b"@.:".contains(b))
        && Destination::parse(Program::Ssh, word).is_ok_and(is_host)
}
