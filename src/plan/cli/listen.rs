//! The words of `--listen`: ports of this machine that are forwarded to one of an instance, or of a
//! host that an instance reaches.
//!
//! ```text
//! mssh --listen [ADDRESS:]PORT TARGET[:[HOST:]PORT] [--listen … TARGET…]…
//! ```
//!
//! TARGET ends at the first colon, except that an IPv6 address has brackets where something follows it,
//! and that the prefixes `tag:` and `asg:` are part of TARGET, with a tag's key as far as its `=`; a
//! target in brackets may have any colons. So `tag:role=web:db:5432` is the port 5432 of `db`, as
//! `tag:role=web` reaches it.

use std::ffi::OsStr;
use std::net::Ipv6Addr;

use super::bind_address::BindAddress;
use super::invocation::{Invocation, Options, Word};
use super::options::{Name, Task};
use super::scan::Scan;
use super::usage::Usage;
use crate::plan::host_port::{parse_port, split_port};
use crate::plan::program::Program;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::destination::Destination;
use crate::plan::target::pasted;
use crate::plan::target::remote_host::RemoteHost;
use crate::plan::way::{EICE_PORTS, Way};

const SSH: u16 = 22;

/// The prefixes of targets that contain a colon.
const TAG: &str = "tag:";
const GROUP: &str = "asg:";

/// The ports to forward, one for each `--listen`.
#[derive(Debug, PartialEq, Eq)]
pub struct ListenRequest(pub Vec<Forward>);

/// Where to listen, and where to forward to.
#[derive(Debug, PartialEq, Eq)]
pub struct Forward {
    /// The value of `--listen`.
    pub bind_address: BindAddress,
    /// The destination, and our options.
    pub invocation: Invocation,
    /// The host to which the destination connects, if not to itself.
    pub host: Option<RemoteHost>,
    /// The port there.
    pub port: u16,
}

/// Reads the targets with their ports.
///
/// # Errors
/// What is wrong with a target, host or port, or with their number.
pub(crate) fn request(options: &Options, scan: &Scan) -> Result<ListenRequest, Usage> {
    let (places, targets) = (&options.listen, &scan.operands);
    if targets.is_empty() {
        return Err(Usage::NoTarget);
    }
    if places.len() != targets.len() {
        return Err(Usage::ListenTargets(places.len(), targets.len()));
    }
    let pairs = places.iter().zip(targets);
    let forwards = pairs.map(|(place, at)| forward(*place, &scan.words[*at], options, scan));
    forwards.collect::<Result<_, _>>().map(ListenRequest)
}

fn forward(
    bind_address: BindAddress,
    word: &OsStr,
    options: &Options,
    scan: &Scan,
) -> Result<Forward, Usage> {
    let (target, host, port) = split(word)?;
    let destination = Destination::parse(Program::Ssh, OsStr::new(target))?;
    if let Some(login) = &destination.login {
        return Err(Usage::Conflict(format!("`{login}@`"), Task::Listen));
    }
    let mut options = options.clone();
    let leads_there = check_way(options.via, host.as_ref(), port);
    if options.in_file(Name::Via).is_none() {
        leads_there?;
    } else if leads_there.is_err() {
        // What the file says gives way to what it does not go with.
        (options.via, options.endpoint) = (Way::Auto, None);
    }
    if host.is_some() {
        options.via = Way::Ssm;
    }
    Ok(Forward {
        bind_address,
        invocation: Invocation {
            program: Program::Ssh,
            options,
            words: vec![Word::Destination(destination)],
            flags: scan.flags.clone(),
            command: false,
        },
        host,
        port,
    })
}

/// Checks that this way leads to this port of the instance, or of this host behind it.
fn check_way(way: Way, host: Option<&RemoteHost>, port: u16) -> Result<(), Usage> {
    match (host, way) {
        (None, Way::Eice) if !EICE_PORTS.contains(&port) => Err(Usage::EicePort(port)),
        (Some(_), way) if !matches!(way, Way::Auto | Way::Ssm) => Err(Usage::HostWay(way)),
        _ => Ok(()),
    }
}

impl Forward {
    /// Whether this way leads to the port.
    pub(crate) fn fits(&self, way: Way) -> bool {
        check_way(way, self.host.as_ref(), self.port).is_ok()
    }
}

/// Splits `TARGET[:[HOST:]PORT]`.
fn split(word: &OsStr) -> Result<(&str, Option<RemoteHost>, u16), Usage> {
    let bad = || Usage::Name(BadName::Host(word.to_string_lossy().into_owned()));
    let text = word.to_str().ok_or_else(bad)?;
    let (target, rest) = match pasted::read(text) {
        Some(pasted) => text.split_at(text.len() - pasted?.rest.len()),
        None if text.contains("://") => return Err(bad()),
        None => text.split_at(end_of_target(text)),
    };
    if rest.is_empty() {
        return Ok((target, None, SSH));
    }
    let rest = rest.strip_prefix(':').filter(|_| !target.is_empty());
    match split_port(rest.ok_or_else(bad)?) {
        (port, None) => Ok((target, None, target_port(port)?)),
        (host, Some(port)) => {
            let read = RemoteHost::parse(host);
            let read = read.ok_or_else(|| Usage::BadRemoteHost(host.to_owned()))?;
            Ok((target, Some(read), target_port(port)?))
        }
    }
}

/// Where the target ends: see the rule above.
fn end_of_target(text: &str) -> usize {
    let is_address = text.parse::<Ipv6Addr>().is_ok();
    let before = match text {
        _ if is_address => text.len(),
        _ if text.starts_with('[') => text.find(']').unwrap_or_default(),
        _ if text.starts_with(TAG) => text.find('=').unwrap_or(TAG.len()),
        _ if text.starts_with(GROUP) => GROUP.len(),
        _ => 0,
    };
    text[before..]
        .find(':')
        .map_or(text.len(), |at| before + at)
}

fn target_port(word: &str) -> Result<u16, Usage> {
    let port = parse_port(word).filter(|port| *port > 0);
    port.ok_or_else(|| Usage::BadPort(word.to_owned()))
}

#[cfg(test)]
mod tests;
