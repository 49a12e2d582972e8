//! A command line that was read: the client's words, and our options.

mod options;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

pub(crate) use self::options::{Action, LoginChoice, Options};
use super::scan::Flag;
use crate::plan::program::Program;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;

/// The command line of a connection.
#[derive(Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The program that was called.
    pub program: Program,
    /// Our own options.
    pub options: Options,
    /// The client's words in their order.
    pub words: Vec<Word>,
    /// The client's options among them.
    pub flags: Vec<Flag>,
    /// Whether there is a remote command.
    pub command: bool,
}

/// One word for the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// Passed on unchanged.
    Typed(OsString),
    /// Passed on with the login and host that mssh found.
    Destination(Destination),
}

impl Invocation {
    /// One destination, or any number for scp.
    pub fn destinations(&self) -> impl Iterator<Item = &Destination> {
        self.words.iter().filter_map(|word| match word {
            Word::Destination(destination) => Some(destination),
            Word::Typed(_) => None,
        })
    }

    fn value(&self, letter: u8) -> Option<&OsStr> {
        self.flags
            .iter()
            .find(|flag| flag.letter == letter)
            .and_then(|flag| flag.value.as_deref())
    }

    /// The user's own key: the first `-i`.
    pub fn identity(&self) -> Option<&Path> {
        self.value(b'i').map(Path::new)
    }

    /// The hops of `-J`.
    pub fn jump(&self) -> Option<&OsStr> {
        self.value(b'J')
    }

    /// `-q`.
    pub fn is_quiet(&self) -> bool {
        self.has(b'q')
    }

    /// `-v`.
    pub fn is_verbose(&self) -> bool {
        self.has(b'v')
    }

    /// Whether ssh goes to the background once it has logged in: `-f`.
    pub fn runs_in_background(&self) -> bool {
        self.program == Program::Ssh && self.has(b'f')
    }

    /// Whether an option sets the user: `-l`, which is a bandwidth in sftp and scp, or `-o User`.
    pub fn sets_user(&self) -> bool {
        self.program == Program::Ssh && self.has(b'l') || self.sets(&["user"])
    }

    /// The last `-F`, the one that counts.
    pub fn config_file(&self) -> Option<&Path> {
        let last = self.flags.iter().rev().find(|flag| flag.letter == b'F');
        last.and_then(|flag| flag.value.as_deref()).map(Path::new)
    }

    fn has(&self, letter: u8) -> bool {
        self.flags.iter().any(|flag| flag.letter == letter)
    }

    /// Whether scp copies from one remote host to another, without `-3` or `-R`.
    pub fn copies_between_hosts(&self) -> bool {
        let is_remote = |word: &Word| matches!(word, Word::Destination(_));
        self.program == Program::Scp
            && self.words.last().is_some_and(is_remote)
            && self.destinations().count() > 1
            && !self.has(b'3')
            && !self.has(b'R')
    }

    /// Adds scp's `-3`: copy through this machine, which has the keys.
    pub fn copy_through_here(&mut self) {
        for flag in &mut self.flags {
            flag.at += 1;
        }
        self.words.insert(0, Word::Typed("-3".into()));
        self.flags.push(Flag {
            letter: b'3',
            value: None,
            late: false,
            at: 0,
        });
    }

    /// Whether `-o` sets any of these keywords, given in lower case.
    pub fn sets(&self, keywords: &[&str]) -> bool {
        let mut options = self.flags.iter().filter(|flag| flag.letter == b'o');
        options.any(|flag| {
            let value = flag.value.as_deref().unwrap_or_default().as_bytes();
            let keyword = value
                .trim_ascii_start()
                .split(|b| b" \t=\"".contains(b))
                .next()
                .unwrap_or_default();
            let mut keywords = keywords.iter();
            keywords.any(|known| keyword.eq_ignore_ascii_case(known.as_bytes()))
        })
    }

    /// The destinations without repetition; and for each destination of the command line, its index
    /// among them.
    #[must_use]
    pub fn distinct_destinations(&self) -> (Vec<&Destination>, Vec<usize>) {
        let mut distinct: Vec<&Destination> = Vec::new();
        let order = self.destinations().map(|destination| {
            let known = distinct.iter().position(|it| same_place(it, destination));
            known.unwrap_or_else(|| {
                distinct.push(destination);
                distinct.len() - 1
            })
        });
        let order = order.collect();
        (distinct, order)
    }

    /// Whether there is more than one destination, even if it is the same one twice.
    #[must_use]
    pub fn has_several_destinations(&self) -> bool {
        self.destinations().count() > 1
    }

    /// Whether there is more than one destination, not counting repetitions.
    #[must_use]
    pub fn has_several_places(&self) -> bool {
        self.distinct_destinations().0.len() > 1
    }

    /// Whether a destination is the host in the original's form `-t ID HOST`.
    #[must_use]
    pub fn is_host_beside_id(&self, destination: &Destination) -> bool {
        self.options.instance.is_some() && !matches!(destination.target, Target::Id(_))
    }

    /// The same options for another destination.
    #[must_use]
    pub fn with_destination(&self, destination: Destination) -> Self {
        Self {
            program: self.program,
            options: self.options.clone(),
            words: vec![Word::Destination(destination)],
            flags: self.flags.clone(),
            command: self.command,
        }
    }

    /// What ssh passes to the ssh that it starts for a hop: only `-F`.
    #[must_use]
    pub fn for_hop(&self, destination: Destination) -> Self {
        let flags = self.flags.iter().filter(|flag| flag.letter == b'F');
        Self {
            program: Program::Ssh,
            options: Options::default(),
            words: vec![Word::Destination(destination)],
            flags: flags.cloned().collect(),
            command: false,
        }
    }

    /// Whether ssh only sends a command to a running master (`-O`).
    pub fn is_control_command(&self) -> bool {
        self.program == Program::Ssh && self.has(b'O')
    }
}

fn same_place(a: &Destination, b: &Destination) -> bool {
    a.host == b.host && a.login == b.login
}
