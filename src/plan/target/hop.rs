//! A hop of ProxyJump (ssh_config(5)): an instance, or a host that ssh knows.

use std::ffi::OsStr;
use std::net::IpAddr;

use super::Target;
use super::bad_name::BadName;
use super::destination::Destination;
use super::ids::Login;
use crate::plan::program::Program;

/// One hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The hop as it was written.
    pub word: String,
    /// The same as a destination.
    pub destination: Destination,
    /// Who logs in there, if that is settled; else ssh settles it.
    pub login: Option<Login>,
    /// What ssh connects to: its HostName, once ssh was asked.
    pub hostname: String,
    /// What it is.
    pub kind: HopKind,
}

/// What a hop is, as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HopKind {
    /// An instance, which gets a key of its own: by its name.
    Instance,
    /// An instance that was found by its address; and the user's own keys, which may be what opens
    /// it.
    Found(Vec<String>),
    /// An address, which may be an instance's; and the user's own keys.
    Address(IpAddr, Vec<String>),
    /// A host that ssh knows how to log in to.
    Plain,
}

/// Reads a value of ProxyJump: hops with a comma between them, the nearest first.
///
/// # Errors
/// What is wrong with one of them.
pub fn parse(value: &str) -> Result<Vec<Hop>, BadName> {
    value.split(',').map(Hop::parse).collect()
}

impl Hop {
    /// Reads one hop: `[user@]host[:port]` or `ssh://…`.
    ///
    /// # Errors
    /// What is wrong with its user or host.
    pub fn parse(word: &str) -> Result<Self, BadName> {
        let uri = match word.strip_prefix("ssh://") {
            Some(_) => word.to_owned(),
            None => format!("ssh://{word}"),
        };
        // OpenSSH takes an IPv6 address here, in brackets, which no URI of it may have.
        let destination = match Destination::parse(Program::Ssh, OsStr::new(&uri)) {
            Err(BadName::Host(_)) => Destination::parse(Program::Ssh, OsStr::new(word))?,
            destination => destination?,
        };
        Ok(Self {
            login: destination.login.clone(),
            word: word.to_owned(),
            hostname: destination.name().to_owned(),
            kind: match destination.target {
                Target::Id(_) | Target::Aws(_) => HopKind::Instance,
                Target::Address(_) | Target::Host(_) | Target::Node(_) => HopKind::Plain,
            },
            destination,
        })
    }

    /// Whether it is an instance: its name, or its HostName, is an ID or a DNS name that AWS made;
    /// or it was found by its address.
    #[must_use]
    pub fn is_instance(&self) -> bool {
        matches!(self.kind, HopKind::Instance | HopKind::Found(_))
    }

    /// Whether ssh is to be asked about it: what it is, or who logs in there.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.login.is_none() || !self.is_instance()
    }

    /// The address by which it is to be looked up, since that may be an instance's.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        match self.kind {
            HopKind::Address(address, _) => Some(address),
            HopKind::Instance | HopKind::Found(_) | HopKind::Plain => None,
        }
    }

    /// Whether an instance has its address, and which of the user's own keys there are.
    pub fn look_up(&mut self, is_instance: bool, there: impl Fn(&str) -> bool) {
        if let HopKind::Address(_, keys) = &mut self.kind {
            keys.retain(|key| there(key));
            self.kind = if is_instance {
                HopKind::Found(std::mem::take(keys))
            } else {
                HopKind::Plain
            };
        }
        if self.kind == HopKind::Plain {
            self.login.clone_from(&self.destination.login);
        }
    }
}
