//! What the user wants of us, beside what ssh is to do.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::bind_address::BindAddress;
use super::scan::Flag;
use super::usage::Usage;
use crate::plan::program::Program;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::destination::Destination;
use crate::plan::target::eice_id::EndpointRef;
use crate::plan::target::ids::{InstanceId, Region, Zone};
use crate::plan::target::{Target, pasted};
use crate::plan::way::{TUNNEL_SECONDS, Way};

/// Everything the user said about a connection, and nothing else.
#[derive(Debug, PartialEq, Eq)]
pub struct Invocation {
    /// Who we are.
    pub program: Program,
    /// Our own options.
    pub options: Options,
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

    /// Whether `-o` sets any of these keywords, which are in lower case.
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

    /// Whether a running master connection is only told something (ssh's `-O`).
    pub fn is_control_command(&self) -> bool {
        self.program == Program::Ssh && self.has(b'O')
    }
}

/// The values of our own options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
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
    /// `--eice-endpoint`.
    pub endpoint: Option<EndpointRef>,
    /// `--max-tunnel-duration`, in seconds.
    pub duration: Option<u16>,
    /// `--listen`.
    pub listen: Option<BindAddress>,
    /// `--key-dir`.
    pub key_dir: Option<PathBuf>,
    /// `--install`, or `--uninstall`.
    pub action: Action,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--debug`.
    pub debug: bool,
}

/// What to do with the configuration for plain ssh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its option says")]
pub enum Action {
    #[default]
    Print,
    Install,
    Uninstall,
}

impl Options {
    /// Takes `--instance-id`: an ID, or what has one in it, which tells the region, too.
    pub(super) fn want_instance(&mut self, value: &str) -> Result<(), Usage> {
        let Some(pasted) = pasted::read(value) else {
            self.instance = Some(InstanceId::parse(value)?);
            return Ok(());
        };
        let pasted = pasted?;
        let Target::Id(id) = pasted.target else {
            return Err(BadName::InstanceId(value.to_owned()).into());
        };
        self.instance = Some(id);
        self.region = self.region.take().or(pasted.region);
        Ok(())
    }

    pub(super) fn want_action(&mut self, action: Action) -> Result<(), Usage> {
        if ![Action::Print, action].contains(&self.action) {
            return Err(Usage::Against("install", "uninstall"));
        }
        self.action = action;
        Ok(())
    }
}

pub(super) fn endpoint(value: &str) -> Result<EndpointRef, Usage> {
    EndpointRef::parse(value).ok_or_else(|| Usage::BadEndpoint(value.to_owned()))
}

pub(super) fn place(value: &str) -> Result<BindAddress, Usage> {
    BindAddress::parse(value).ok_or_else(|| Usage::BadListenAddress(value.to_owned()))
}

pub(super) fn duration(value: &str) -> Result<u16, Usage> {
    let seconds = value.parse().ok().filter(|it| TUNNEL_SECONDS.contains(it));
    seconds.ok_or_else(|| Usage::BadDuration(value.to_owned()))
}
