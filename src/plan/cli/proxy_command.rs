//! The words of `mssh --proxy HOST PORT USER [SOCKET]`, which plain ssh runs as its ProxyCommand.

use std::ffi::OsStr;
use std::path::PathBuf;

use super::invocation::{Invocation, Options, Word};
use super::scan::Scan;
use super::usage::Usage;
use crate::plan::program::Program;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::destination::Destination;
use crate::plan::target::hop::{self, Hop};
use crate::plan::target::ids::Login;
use crate::plan::way::Way;

/// What ssh wants from its ProxyCommand.
#[derive(Debug, PartialEq, Eq)]
pub struct ProxyRequest {
    /// The destination with its login, and our options.
    pub invocation: Invocation,
    /// The port at the destination.
    pub port: u16,
    /// The hops to the destination, the nearest first.
    pub hops: Vec<Hop>,
    /// How the first of them is reached.
    pub first_hop_via: Way,
    /// The directory in which ssh looks for an agent, and the name of its socket there; `None` if
    /// the user has a key.
    pub agent: Option<(PathBuf, String)>,
}

impl ProxyRequest {
    /// The same request for the instances that were found.
    ///
    /// # Errors
    /// What is wrong with a hop.
    pub(crate) fn with(&self, found: Invocation) -> Result<Self, BadName> {
        let jump = found.jump().map(OsStr::to_string_lossy);
        Ok(Self {
            hops: jump.map_or(Ok(Vec::new()), |it| hop::parse(&it))?,
            agent: self.agent.clone(),
            invocation: found,
            ..*self
        })
    }
}

/// Reads the words.
///
/// # Errors
/// What is missing, or wrong with the destination.
pub(crate) fn request(options: &Options, scan: &Scan) -> Result<ProxyRequest, Usage> {
    let words = scan.operands.first().map(|&at| &scan.words[at..]);
    let (host, port, user, name) = match words {
        Some([host, port, user]) => (host, port, user, None),
        Some([host, port, user, name]) => (host, port, user, Some(name)),
        _ => return Err(Usage::ProxyWords),
    };
    let (Some(port), Some(user)) = (port.to_str(), user.to_str()) else {
        return Err(Usage::ProxyWords);
    };
    let port: u16 = port.parse().map_err(|_| Usage::ProxyWords)?;
    let mut destination = Destination::parse(Program::Ssh, host)?;
    destination.login = Some(Login::parse(user)?);
    let name = match name.map(|it| it.to_str()) {
        Some(name) => name
            .filter(|it| is_file_name(it))
            .ok_or(Usage::ProxyWords)?
            .to_owned(),
        None => usual_name(&destination, port)?,
    };
    let agent = agent(options, scan, name)?;
    let (hops, way) = hops_and_way(options, scan)?;
    Ok(ProxyRequest {
        hops,
        first_hop_via: options.via,
        invocation: Invocation {
            program: Program::Ssh,
            options: Options {
                via: way,
                ..options.clone()
            },
            words: vec![Word::Destination(destination)],
            flags: scan.flags.clone(),
            command: false,
        },
        port,
        agent,
    })
}

/// Where ssh looks for an agent, unless the user has a key.
fn agent(options: &Options, scan: &Scan, name: String) -> Result<Option<(PathBuf, String)>, Usage> {
    match &options.agent_dir {
        _ if scan.value(b'i').is_some() => Ok(None),
        _ if options.key_dir => Err(Usage::OldBlock),
        None => Err(Usage::ProxyKey),
        Some(directory) => Ok(Some((directory.clone(), name))),
    }
}

/// The name of the socket for all logins of a user at a host.
fn usual_name(destination: &Destination, port: u16) -> Result<String, Usage> {
    let host = &destination.host;
    if !is_file_name(host) {
        return Err(BadName::Host(host.clone()).into());
    }
    let user = destination.login.as_ref().map_or("", Login::as_str);
    Ok(format!("{host}.{port}.{user}"))
}

/// Whether a name is none of another directory.
fn is_file_name(name: &str) -> bool {
    !name.contains('/') && !name.starts_with('.')
}

/// The hops, and how the last one of them (or this machine) reaches the destination.
fn hops_and_way(options: &Options, scan: &Scan) -> Result<(Vec<Hop>, Way), Usage> {
    let Some(jump) = scan.value(b'J').map(OsStr::to_string_lossy) else {
        return Ok((Vec::new(), options.via));
    };
    Ok((hop::parse(&jump)?, options.via.after_hop()))
}

#[cfg(test)]
mod tests;
