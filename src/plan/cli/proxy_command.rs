//! The words of `mssh --proxy HOST PORT USER`, which plain ssh runs as its ProxyCommand.

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
    /// The directory in which ssh looks for the key; `None` if the user has a key.
    pub key_dir: Option<PathBuf>,
}

/// Reads the words.
///
/// # Errors
/// What is missing, or wrong with the destination.
pub(crate) fn request(options: &Options, scan: &Scan) -> Result<ProxyRequest, Usage> {
    let words = scan.operands.first().map(|&at| &scan.words[at..]);
    let Some([host, port, user]) = words else {
        return Err(Usage::ProxyWords);
    };
    let (Some(port), Some(user)) = (port.to_str(), user.to_str()) else {
        return Err(Usage::ProxyWords);
    };
    let port: u16 = port.parse().map_err(|_| Usage::ProxyWords)?;
    let mut destination = Destination::parse(Program::Ssh, host)?;
    destination.login = Some(Login::parse(user)?);
    let key_dir = key_dir(options, scan, &destination)?;
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
        key_dir,
    })
}

/// Where to create a key, unless the user has one.
fn key_dir(
    options: &Options,
    scan: &Scan,
    destination: &Destination,
) -> Result<Option<PathBuf>, Usage> {
    match &options.key_dir {
        _ if scan.value(b'i').is_some() => Ok(None),
        None => Err(Usage::ProxyKey),
        Some(directory) => {
            let name = &destination.host;
            // It becomes the name of a directory in that one, so it must not be a path.
            if name.contains('/') || name.starts_with('.') {
                return Err(BadName::Host(name.clone()).into());
            }
            Ok(Some(directory.join(name)))
        }
    }
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
