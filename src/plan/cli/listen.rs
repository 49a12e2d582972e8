//! The words of `--listen`: a port of this machine that is forwarded to one of an instance.
//!
//! ```text
//! mssh --listen [ADDRESS:]PORT TARGET[:PORT]
//! ```

use std::ffi::OsStr;
use std::net::Ipv6Addr;

use super::bind_address::{BindAddress, literal};
use super::invocation::{Invocation, Options, Word};
use super::options::Task;
use super::scan::Scan;
use super::usage::Usage;
use crate::plan::host_port::{parse_port, split_port};
use crate::plan::program::Program;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::destination::Destination;
use crate::plan::target::pasted;
use crate::plan::way::{EICE_PORTS, Way};

const SSH: u16 = 22;

/// Where to listen, and where to forward to.
#[derive(Debug, PartialEq, Eq)]
pub struct ListenRequest {
    /// The value of `--listen`.
    pub bind_address: BindAddress,
    /// The destination, and our options.
    pub invocation: Invocation,
    /// The port at the destination.
    pub port: u16,
}

/// Reads the target and its port.
///
/// # Errors
/// What is wrong with the target or its port.
pub(crate) fn request(options: &Options, scan: &Scan) -> Result<ListenRequest, Usage> {
    // `--listen` selected this task, so that it has a value.
    let bind_address = options.listen.ok_or(Usage::NoTarget)?;
    let target = scan.operands.first().ok_or(Usage::NoTarget)?;
    let (host, port) = split(&scan.words[*target])?;
    let destination = Destination::parse(Program::Ssh, host)?;
    if options.via == Way::Eice && !EICE_PORTS.contains(&port) {
        return Err(Usage::EicePort(port));
    }
    Ok(ListenRequest {
        bind_address,
        invocation: Invocation {
            program: Program::Ssh,
            options: options.clone(),
            words: vec![Word::Destination(destination)],
            flags: scan.flags.clone(),
            command: false,
        },
        port,
    })
}

/// Splits `TARGET[:PORT]`.
fn split(word: &OsStr) -> Result<(&OsStr, u16), Usage> {
    let bad = || Usage::Name(BadName::Host(word.to_string_lossy().into_owned()));
    let text = word.to_str().ok_or_else(bad)?;
    if let Some(pasted) = pasted::read(text) {
        let rest = pasted?.rest;
        let host = OsStr::new(text.strip_suffix(rest).unwrap_or(text));
        return match rest.strip_prefix(':') {
            None => Ok((host, SSH)),
            Some(port) => Ok((host, target_port(port)?)),
        };
    }
    if let Some((user, _)) = text.split_once('@') {
        return Err(Usage::Conflict(format!("`{user}@`"), Task::Listen));
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return Ok((word, SSH));
    }
    match split_port(text) {
        (_, None) => Ok((word, SSH)),
        (host, Some(_)) if host.contains(':') && literal(host).is_none() => Err(bad()),
        (host, Some(port)) => Ok((OsStr::new(host), target_port(port)?)),
    }
}

fn target_port(word: &str) -> Result<u16, Usage> {
    let port = parse_port(word).filter(|port| *port > 0);
    port.ok_or_else(|| Usage::BadPort(word.to_owned()))
}

#[cfg(test)]
mod tests;
