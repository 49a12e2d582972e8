//! A hop of ProxyJump (ssh_config(5)): an instance, or any other host.

use std::ffi::OsStr;
use std::net::IpAddr;

use super::Target;
use super::bad_name::BadName;
use super::destination::{Destination, tag_word};
use super::ids::{InstanceId, Login};
use crate::plan::program::Program;

/// A jump host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// As written, or with the ID of the instance that a name has found.
    pub(crate) word: String,
    pub(crate) destination: Destination,
    /// The user, if mssh knows it; else ssh decides.
    pub(crate) login: Option<Login>,
    /// HostName in ssh_config once ssh was asked; until then the host itself.
    pub(crate) hostname: String,
    pub(crate) kind: HopKind,
    /// HostKeyAlias for it: the ID of an instance that was found by its address.
    pub(crate) alias: Option<String>,
}

/// What is known of a hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HopKind {
    /// An instance by its name, for which mssh creates a key.
    Instance,
    /// An instance that was found by its address; it may accept the user's own keys, too.
    Found,
    /// An address, which may be that of an instance.
    Address(IpAddr),
    /// A word that may be the Name tag of an instance.
    Name,
    /// Any other host; the user's ssh_config says how to log in.
    Plain,
}

/// Reads a value of ProxyJump: hops separated by commas, the nearest first.
///
/// # Errors
/// What is wrong with the user or host of one.
pub(crate) fn parse(value: &str) -> Result<Vec<Hop>, BadName> {
    value.split(',').map(Hop::parse).collect()
}

impl Hop {
    /// Reads one hop: `[user@]host[:port]` or `ssh://…`. A query by tags is followed by no port.
    ///
    /// # Errors
    /// What is wrong with its user or host.
    pub fn parse(word: &str) -> Result<Self, BadName> {
        let uri = if word.starts_with("ssh://") || tag_word::is_query(word) {
            word.to_owned()
        } else {
            format!("ssh://{word}")
        };
        // Here, unlike in other URIs, OpenSSH accepts an IPv6 address in brackets.
        let destination = match Destination::parse(Program::Ssh, OsStr::new(&uri)) {
            Err(BadName::Host(_)) => no_uri(word)?,
            destination => destination?,
        };
        Ok(Self {
            login: destination.login.clone(),
            word: word.to_owned(),
            hostname: destination.name().to_owned(),
            kind: match destination.target {
                Target::Id(_) | Target::Aws(_) => HopKind::Instance,
                Target::Address(_) | Target::Host(_) | Target::Node(_) | Target::Tags(_) => {
                    HopKind::Plain
                }
            },
            destination,
            alias: None,
        })
    }

    /// Whether it is an instance: by an ID or AWS's DNS name as its host or HostName, or because it
    /// was found by its address.
    #[must_use]
    pub fn is_instance(&self) -> bool {
        matches!(self.kind, HopKind::Instance | HopKind::Found)
    }

    /// Whether ssh must be asked about it, for its HostName or its user.
    #[must_use]
    pub fn needs_ssh_g(&self) -> bool {
        self.login.is_none() || !self.is_instance()
    }

    /// The address to search for in EC2.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        match self.kind {
            HopKind::Address(address) => Some(address),
            HopKind::Instance | HopKind::Found | HopKind::Name | HopKind::Plain => None,
        }
    }

    /// Whether it is to be searched for by its name in EC2.
    #[must_use]
    pub fn is_name(&self) -> bool {
        self.kind == HopKind::Name
    }

    /// Records which instance has its name. The ID is the hop from here on, for ssh and for the mssh
    /// that it starts; the name's own `port` and user stay.
    pub(crate) fn settle_name(&mut self, found: Option<&InstanceId>, port: Option<u16>) {
        let Some(id) = found else {
            self.kind = HopKind::Plain;
            self.login.clone_from(&self.destination.login);
            return;
        };
        let port = self.destination.port.or(port);
        self.destination.port = port;
        self.destination.host = id.to_string();
        self.destination.target = Target::Id(id.clone());
        self.destination.login.clone_from(&self.login);
        self.hostname = id.to_string();
        self.word = self.with_id(id);
        // Its users may have keys of their own there.
        self.kind = HopKind::Found;
    }

    /// The hop as a word for `-J`, with this ID as its host.
    pub(crate) fn with_id(&self, id: &InstanceId) -> String {
        let Destination { login, port, .. } = &self.destination;
        let user = login.as_ref().map_or(String::new(), |it| format!("{it}@"));
        let port = port.map_or(String::new(), |it| format!(":{it}"));
        format!("{user}{id}{port}")
    }

    /// Records whether an instance has its address.
    pub fn settle_address(&mut self, is_instance: bool) {
        if let HopKind::Address(_) = self.kind {
            self.kind = if is_instance {
                HopKind::Found
            } else {
                HopKind::Plain
            };
        }
        if self.kind == HopKind::Plain {
            self.login.clone_from(&self.destination.login);
        }
    }
}

/// Reads what no URI can have as its host: an IPv6 address in brackets, or a pattern, which a port may
/// follow.
fn no_uri(word: &str) -> Result<Destination, BadName> {
    let parse = |word: &str| Destination::parse(Program::Ssh, OsStr::new(word));
    if let Some((host, port)) = word.rsplit_once(':')
        && let Ok(port @ 1..) = port.parse()
        && let Ok(mut destination) = parse(host)
        && matches!(destination.target, Target::Tags(_))
    {
        destination.port = Some(port);
        return Ok(destination);
    }
    parse(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hop_may_be_a_query_by_tags() {
        for (word, host, port, with_id) in [
            ("web-*", "web-*", None, "i-0abcdef0"),
            ("me@web-*:2222", "web-*", Some(2222), "me@i-0abcdef0:2222"),
            ("me@tag:a=b:22", "tag:a=b:22", None, "me@i-0abcdef0"),
            ("asg:front", "asg:front", None, "i-0abcdef0"),
        ] {
            let hop = Hop::parse(word).expect("a hop");
            let destination = &hop.destination;
            assert!(matches!(destination.target, Target::Tags(_)), "{word}");
            assert_eq!((destination.host.as_str(), destination.port), (host, port));
            let id = InstanceId::parse("i-0abcdef0").expect("an ID");
            assert_eq!(hop.with_id(&id), with_id);
        }
    }
}
