//! Hops (ProxyJump in ssh_config(5)) of which some are instances.
//!
//! ssh starts itself for each hop, and knows nothing of instances. So we spell what it would
//! start: a ProxyCommand of `ssh -W`, in which each instance among the hops has us for its own
//! ProxyCommand; its key is pushed when its turn comes.
//!
//! ```text
//! -J i-1,i-2   →   ssh -W … i-2, by `mssh --proxy … -J i-1`, which becomes ssh -W … i-1, by …
//! ```

use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::Way;
pub use crate::plan::argv::jump::Chain;
use crate::plan::cli::Word;
use crate::plan::cli::grammar::Program;
use crate::plan::cli::scan::Flag;
use crate::plan::cli::usage::Usage;
use crate::plan::ssh_g;
use crate::plan::ssh_g::Answer;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::Login;

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
    pub kind: Kind,
}

/// What a hop is, as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
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
pub fn parse(value: &str) -> Result<Vec<Hop>, Usage> {
    value.split(',').map(Hop::parse).collect()
}

/// The hops of a proxy as `ssh -G` tells it; none where it is of another kind, or where only ssh
/// can read it.
///
/// # Errors
/// What is wrong with one of several among which there is an instance; and what is nearly an
/// instance's ID, which ssh would look up in the DNS.
pub fn of(proxy: Option<&str>) -> Result<Vec<Hop>, Usage> {
    let Some(value) = proxy.and_then(ssh_g::jump) else {
        return Ok(Vec::new());
    };
    let has_instance = || {
        value
            .split(',')
            .any(|it| Hop::parse(it).is_ok_and(|it| it.is_instance()))
    };
    match parse(value) {
        Err(Usage::BadInstanceId(_) | Usage::BadNodeId(_)) => parse(value),
        Err(_) if !has_instance() => Ok(Vec::new()),
        hops => hops,
    }
}

/// The hops that are ours to lead through, and the way that is left for the destination behind
/// them. There are none where ssh can do them itself, or a tunnel stands in their place: in that of
/// ssh_config's, not of the command line's (`typed`).
///
/// # Errors
/// [`Usage::Jump`]: a tunnel is asked for, and the first hop is no instance that it leads to.
pub fn settle(hops: Vec<Hop>, typed: bool, way: Way) -> Result<(Vec<Hop>, Way), Usage> {
    match check(&hops, way) {
        Err(mistake) if typed => Err(mistake),
        Ok(()) if hops.iter().any(Hop::is_instance) => Ok((hops, behind(way))),
        _ => Ok((Vec::new(), way)),
    }
}

/// Makes sure that this way leads to the first hop.
///
/// # Errors
/// As of [`settle`].
pub fn check(hops: &[Hop], way: Way) -> Result<(), Usage> {
    match hops.first() {
        Some(first) if way.is_tunnel() && !first.is_instance() => {
            Err(Usage::Jump(way.name(), first.word.clone()))
        }
        _ => Ok(()),
    }
}

/// The way on from a hop: a tunnel leads to the first one, and none leads on.
pub fn behind(way: Way) -> Way {
    if way.is_tunnel() { Way::Auto } else { way }
}

impl Hop {
    fn parse(word: &str) -> Result<Self, Usage> {
        let uri = match word.strip_prefix("ssh://") {
            Some(_) => word.to_owned(),
            None => format!("ssh://{word}"),
        };
        // OpenSSH takes an IPv6 address here, in brackets, which no URI of it may have.
        let destination = match Destination::parse(Program::Ssh, OsStr::new(&uri)) {
            Err(Usage::BadHost(_)) => Destination::parse(Program::Ssh, OsStr::new(word))?,
            destination => destination?,
        };
        Ok(Self {
            login: destination.login.clone(),
            word: word.to_owned(),
            hostname: destination.name().to_owned(),
            kind: match destination.target {
                Target::Id(_) | Target::Aws(_) => Kind::Instance,
                Target::Address(_) | Target::Host(_) | Target::Node(_) => Kind::Plain,
            },
            destination,
        })
    }

    /// Whether it is an instance: its name, or its HostName, is an ID or a DNS name that AWS made;
    /// or it was found by its address.
    #[must_use]
    pub fn is_instance(&self) -> bool {
        matches!(self.kind, Kind::Instance | Kind::Found(_))
    }

    /// Whether ssh is to be asked about it: what it is, or who logs in there.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.login.is_none() || !self.is_instance()
    }

    /// Heeds what ssh says of it, as of any target: the host that it stands for, and who logs in.
    /// The `first` hop may have a proxy of its own, by which ssh finds it.
    ///
    /// # Errors
    /// [`Usage::BadInstanceId`] and the like for its HostName, and [`Usage::BadUser`].
    pub fn heed(&mut self, answer: &Answer, first: bool) -> Result<(), Usage> {
        let has_proxy = first && answer.proxy.is_some();
        if self.kind == Kind::Plain && !has_proxy {
            self.kind = match Target::parse(&answer.hostname) {
                Ok(Target::Id(_) | Target::Aws(_)) => Kind::Instance,
                Ok(Target::Address(address)) if answer.has_usual_identities() => {
                    Kind::Address(address, answer.identities.clone())
                }
                Err(near @ (Usage::BadInstanceId(_) | Usage::BadNodeId(_))) => return Err(near),
                Ok(_) | Err(_) => Kind::Plain,
            };
        }
        self.hostname.clone_from(&answer.hostname);
        match self.with_login(answer) {
            // No instance takes such a user's key.
            Err(_) if self.kind != Kind::Instance => self.kind = Kind::Plain,
            Err(mistake) => return Err(mistake),
            Ok(login) if self.kind != Kind::Plain => self.login = Some(login),
            Ok(_) => {}
        }
        Ok(())
    }

    /// Who logs in, if a key can be pushed for them.
    fn with_login(&self, answer: &Answer) -> Result<Login, Usage> {
        let told = || Login::or_default(answer.login.as_deref());
        let login = self.login.clone().map_or_else(told, Ok)?;
        login.for_push()?;
        Ok(login)
    }

    /// The address by which it is to be looked up, since that may be an instance's.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        match self.kind {
            Kind::Address(address, _) => Some(address),
            Kind::Instance | Kind::Found(_) | Kind::Plain => None,
        }
    }

    /// Whether an instance has its address, and which of the user's own keys there are.
    pub fn look_up(&mut self, is_instance: bool, there: impl Fn(&str) -> bool) {
        if let Kind::Address(_, keys) = &mut self.kind {
            keys.retain(|key| there(key));
            self.kind = if is_instance {
                Kind::Found(std::mem::take(keys))
            } else {
                Kind::Plain
            };
        }
        if self.kind == Kind::Plain {
            self.login.clone_from(&self.destination.login);
        }
    }
}

/// The client's words without its `-J`, which beside a ProxyCommand it refuses; in a bundle the
/// letters before it stay.
#[must_use]
pub fn without_jump(words: &[Word], flags: &[Flag]) -> Vec<Word> {
    let mut left: Vec<Option<Word>> = words.iter().cloned().map(Some).collect();
    for flag in flags.iter().filter(|flag| flag.letter == b'J') {
        let Some(Some(Word::Typed(word))) = left.get(flag.at) else {
            continue;
        };
        let bytes = word.as_bytes();
        // No letter before it takes a value, or it would be part of that.
        let Some(at) = bytes.iter().position(|byte| *byte == b'J') else {
            continue;
        };
        let (before, attached) = (bytes[..at].to_vec(), at + 1 < bytes.len());
        if !attached && let Some(value) = left.get_mut(flag.at + 1) {
            *value = None;
        }
        let bundle = (before != b"-").then(|| Word::Typed(OsString::from_vec(before)));
        left[flag.at] = bundle;
    }
    left.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
