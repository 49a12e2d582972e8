//! A port of this machine that leads to one of an instance: what the words say of it.
//!
//! ```text
//! mssh --listen [ADDRESS:]PORT TARGET[:PORT]
//! ```

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::ffi::OsStrExt;

use super::grammar::Program;
use super::scan::Scan;
use super::usage::Usage;
use super::{Invocation, Wishes, Word};
use crate::plan::route::race::ENDPOINT_PORTS;
use crate::plan::route::{Route, Way};
use crate::plan::ssh_g::Answer;
use crate::plan::target::destination::Destination;
use crate::plan::target::pasted;

/// Where an instance's sshd listens, if nothing else is said.
const SSH: u16 = 22;

/// Where to listen on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The address; all there are, if it is none.
    address: Option<IpAddr>,
    /// The port; any that is free, if it is 0.
    port: u16,
}

impl Place {
    /// Reads the value of `--listen`: what `-L` of ssh(1) takes before its first host, save that
    /// addresses are addresses and not names.
    pub fn parse(word: &str) -> Option<Self> {
        let (address, port) = match word.rsplit_once(':') {
            None => (Some(Ipv4Addr::LOCALHOST.into()), word),
            Some(("" | "*", port)) => (None, port),
            Some(("localhost", port)) => (Some(Ipv4Addr::LOCALHOST.into()), port),
            Some((address, port)) => (Some(literal(address)?), port),
        };
        Some(Self {
            address,
            port: number(port)?,
        })
    }

    /// What to listen at: the first of these that can be had. All IPv6 addresses are all IPv4
    /// addresses, too (RFC 3493, 3.7).
    pub fn sockets(&self) -> Vec<SocketAddr> {
        let all = [Ipv6Addr::UNSPECIFIED.into(), Ipv4Addr::UNSPECIFIED.into()];
        let addresses = self.address.map_or(all.to_vec(), |one| vec![one]);
        let at = |address| SocketAddr::new(address, self.port);
        addresses.into_iter().map(at).collect()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            Some(address) => SocketAddr::new(address, self.port).fmt(f),
            None => write!(f, "*:{}", self.port),
        }
    }
}

/// A port to listen at, and where it leads.
#[derive(Debug, PartialEq, Eq)]
pub struct Listening {
    /// Where to listen.
    pub place: Place,
    /// The destination, and our options.
    pub invocation: Invocation,
    /// The port at the destination.
    pub port: u16,
    /// What stands for ssh's answer about the destination: ssh has no part in this.
    pub answer: Answer,
}

impl Listening {
    /// Says what would be done, for `--dry-run`.
    #[must_use]
    pub fn describe(&self, route: &Route) -> String {
        format!("listen on {}, forward to {}", self.place, self.goal(route))
    }

    /// Where the port leads: the destination as typed, and the way to it.
    #[must_use]
    pub fn goal(&self, route: &Route) -> String {
        let name = self.invocation.destinations().next();
        let name = name.map_or(self.answer.hostname.as_str(), Destination::name);
        let brackets = if name.contains(':') {
            ("[", "]")
        } else {
            ("", "")
        };
        format!("{}{name}{}:{} ({route})", brackets.0, brackets.1, self.port)
    }
}

/// What is amiss with the words of `--listen`.
#[derive(Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the text of each variant stands in Display")]
pub enum Amiss {
    Place(String),
    Port(String),
    Beside(String),
    By(&'static str),
    EndpointPort(u16),
}

impl fmt::Display for Amiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place(word) => write!(f, "`{word}` is no place to listen at"),
            Self::Port(word) => write!(f, "`{word}` is not a port of an instance"),
            Self::Beside(word) => write!(f, "`{word}` does not go with --listen"),
            Self::EndpointPort(port) => {
                write!(
                    f,
                    "no EC2 Instance Connect Endpoint connects to port {port}"
                )
            }
            Self::By(way) => write!(f, "--listen cannot go by --via {way}"),
        }
    }
}

impl Amiss {
    /// What to try instead.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Place(_) => "write PORT or ADDRESS:PORT, like 5000, [::1]:5000 or *:5000",
            Self::Port(_) => "write TARGET:PORT, from 1 to 65535; without a port it is 22",
            Self::Beside(_) => {
                "ssh has no part in it: whatever connects logs in by itself, and the port is that \
                 of TARGET:PORT"
            }
            Self::EndpointPort(_) => {
                "they connect to ports 22 and 3389 alone; --ssm leads to any, and ssh forwards \
                 others: `mssh --eice -N -L PORT:localhost:PORT TARGET`"
            }
            Self::By(_) => "there ssh would have to go itself: name another",
        }
    }
}

/// The port that these words ask for, if they do.
///
/// # Errors
/// What is missing of it, or stands beside it in vain.
pub fn request(wishes: &Wishes, scan: &Scan) -> Result<Option<Listening>, Usage> {
    let Some(place) = wishes.listen else {
        return Ok(None);
    };
    if let Some(stray) = stray(wishes, scan) {
        return Err(Usage::Listen(Amiss::Beside(stray)));
    }
    if wishes.via.is_for_ssh() {
        return Err(Usage::Listen(Amiss::By(wishes.via.name())));
    }
    let target = scan.operands.first().ok_or(Usage::NoTarget)?;
    let (host, port) = split(&scan.words[*target])?;
    let destination = Destination::parse(Program::Ssh, host)?;
    if wishes.via == Way::Eice && !ENDPOINT_PORTS.contains(&port) {
        return Err(Usage::Listen(Amiss::EndpointPort(port)));
    }
    Ok(Some(Listening {
        place,
        answer: Answer {
            hostname: destination.host.clone(),
            port: Some(port),
            ..Answer::default()
        },
        invocation: Invocation {
            program: Program::Ssh,
            wishes: wishes.clone(),
            words: vec![Word::Destination(destination)],
            flags: scan.flags.clone(),
            command: false,
        },
        port,
    }))
}

/// The first word that has no meaning here.
fn stray(wishes: &Wishes, scan: &Scan) -> Option<String> {
    let ours = [
        (wishes.shell, "--shell"),
        (wishes.proxy, "--proxy"),
        (wishes.ssh_config, "--ssh-config"),
        (wishes.install == Some(true), "--install"),
        (wishes.install == Some(false), "--uninstall"),
        (wishes.key_dir.is_some(), "--key-dir"),
    ];
    let ours = ours.into_iter().find(|(is_there, _)| *is_there);
    let target = scan.operands.first();
    let means_something = |at: &usize, word: &OsString| {
        let is_verbose = word.len() > 1 && word.as_bytes()[1..].iter().all(|it| *it == b'v');
        Some(at) == target || word == "--" || (word.as_bytes()[0] == b'-' && is_verbose)
    };
    let mut words = scan.words.iter().enumerate();
    let theirs = words.find(|(at, word)| word.is_empty() || !means_something(at, word));
    let theirs = theirs.map(|(_, word)| word.to_string_lossy().into_owned());
    ours.map(|(_, option)| option.to_owned()).or(theirs)
}

/// Takes `TARGET[:PORT]` apart.
fn split(word: &OsStr) -> Result<(&OsStr, u16), Usage> {
    let bad = || Usage::BadHost(word.to_string_lossy().into_owned());
    let text = word.to_str().ok_or_else(bad)?;
    if let Some(pasted) = pasted::read(text) {
        let rest = pasted?.rest;
        let host = OsStr::new(text.strip_suffix(rest).unwrap_or(text));
        return match rest.strip_prefix(':') {
            None => Ok((host, SSH)),
            Some(port) => Ok((host, port_there(port)?)),
        };
    }
    if let Some((user, _)) = text.split_once('@') {
        return Err(Usage::Listen(Amiss::Beside(format!("{user}@"))));
    }
    if literal(text).is_some() || text.parse::<Ipv6Addr>().is_ok() {
        return Ok((word, SSH));
    }
    match text.rsplit_once(':') {
        None => Ok((word, SSH)),
        Some((host, _)) if host.contains(':') && literal(host).is_none() => Err(bad()),
        Some((host, port)) => Ok((OsStr::new(host), port_there(port)?)),
    }
}

fn port_there(word: &str) -> Result<u16, Usage> {
    let port = number(word).filter(|port| *port > 0);
    port.ok_or_else(|| Usage::Listen(Amiss::Port(word.to_owned())))
}

/// An address before a port: one of IPv6 in brackets, for its own colons.
fn literal(word: &str) -> Option<IpAddr> {
    let bracketed = word.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    match bracketed {
        Some(address) => address.parse().map(IpAddr::V6).ok(),
        None => word.parse().map(IpAddr::V4).ok(),
    }
}

/// A number of digits only, where [`str::parse`] takes a sign.
fn number(word: &str) -> Option<u16> {
    let digits = word.bytes().all(|it| it.is_ascii_digit());
    word.parse().ok().filter(|_| digits)
}

#[cfg(test)]
mod tests;
