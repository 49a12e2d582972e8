//! Plain ssh, with us behind it: what it asks of its ProxyCommand, and what its ssh_config is to
//! say so that it asks.
//!
//! ```text
//! mssh --proxy --key-dir DIR HOST PORT USER      a ride
//! mssh --ssh-config [--install | --uninstall]    a setup
//! ```

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::grammar::Program;
use super::scan::{Flag, Scan};
use super::usage::Usage;
use super::{Invocation, Request, Wishes, Word};
use crate::plan::route::Way;
use crate::plan::route::eice::Named;
use crate::plan::route::hops;
use crate::plan::route::hops::Hop;
use crate::plan::ssh_g::Answer;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::{Login, Region};

/// What ssh asks of its ProxyCommand.
#[derive(Debug, PartialEq, Eq)]
pub struct Ride {
    /// The destination with its login, and our options.
    pub invocation: Invocation,
    /// The port at the destination.
    pub port: u16,
    /// What would be ssh's answer about the destination, were it asked: the words say it all.
    pub answer: Answer,
    /// The hops to the destination, the nearest first.
    pub hops: Vec<Hop>,
    /// The way to the first of them.
    pub lead: Way,
    /// The directory where ssh looks for the key, if one is to be made; else it has the user's.
    pub room: Option<PathBuf>,
}

/// What is to be done about plain ssh's configuration.
#[derive(Debug, PartialEq, Eq)]
pub struct Setup {
    /// What becomes of it.
    pub action: Action,
    /// Our options for the ProxyCommand.
    pub words: Vec<OsString>,
    /// The user's own key, if no other is to be made.
    pub own_key: Option<PathBuf>,
    /// Where keys are to be made, if it is not ours to choose.
    pub key_dir: Option<PathBuf>,
    /// Who logs in where nothing else says so.
    pub login: Login,
    /// Whether to say what would be done, and to do nothing.
    pub dry_run: bool,
}

/// What becomes of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is printed.
    Print,
    /// It is written to the user's files.
    Install,
    /// It is taken out of them.
    Uninstall,
}

/// The ride or setup that these words ask for, if they do.
///
/// # Errors
/// What is missing of it, or stands beside it in vain.
pub fn request(wishes: &Wishes, scan: &Scan) -> Result<Option<Request>, Usage> {
    if wishes.install.is_some() && !wishes.ssh_config {
        let option = if wishes.install == Some(true) {
            "install"
        } else {
            "uninstall"
        };
        return Err(Usage::Beside(option, "ssh-config"));
    }
    if wishes.ssh_config {
        return setup(wishes, scan).map(Request::Setup).map(Some);
    }
    if wishes.proxy {
        return ride(wishes, scan).map(|ride| Some(Request::Ride(Box::new(ride))));
    }
    match wishes.key_dir {
        Some(_) => Err(Usage::Beside("key-dir", "proxy")),
        None => Ok(None),
    }
}

fn ride(wishes: &Wishes, scan: &Scan) -> Result<Ride, Usage> {
    let words = scan.operands.first().map(|&at| &scan.words[at..]);
    let Some([host, port, user]) = words else {
        return Err(Usage::RideWords);
    };
    let (Some(port), Some(user)) = (port.to_str(), user.to_str()) else {
        return Err(Usage::RideWords);
    };
    let port: u16 = port.parse().map_err(|_| Usage::RideWords)?;
    if wishes.via.is_for_ssh() {
        return Err(Usage::RideBy(wishes.via.name()));
    }
    let mut destination = Destination::parse(Program::Ssh, host)?;
    destination.login = Some(Login::parse(user)?);
    let room = key_room(wishes, scan, &destination)?;
    let (hops, way) = hops_and_way(wishes, scan)?;
    Ok(Ride {
        hops,
        lead: wishes.via,
        answer: Answer {
            login: Some(user.to_owned()),
            hostname: destination.host.clone(),
            port: Some(port),
            ..Answer::default()
        },
        invocation: Invocation {
            program: Program::Ssh,
            wishes: Wishes {
                via: way,
                ..wishes.clone()
            },
            words: vec![Word::Destination(destination)],
            flags: scan.flags.clone(),
            command: false,
        },
        port,
        room,
    })
}

/// Where a key is to be made, unless the user has one.
fn key_room(
    wishes: &Wishes,
    scan: &Scan,
    destination: &Destination,
) -> Result<Option<PathBuf>, Usage> {
    let has_own_key = scan.flags.iter().any(|flag| flag.letter == b'i');
    match &wishes.key_dir {
        _ if has_own_key => Ok(None),
        None => Err(Usage::RideKey),
        Some(directory) => {
            let name = &destination.host;
            // It becomes the name of a directory, and no path.
            if name.contains('/') || name.starts_with('.') {
                return Err(Usage::BadHost(name.clone()));
            }
            Ok(Some(directory.join(name)))
        }
    }
}

/// The hops that lead to the destination, and the way on from the last of them.
fn hops_and_way(wishes: &Wishes, scan: &Scan) -> Result<(Vec<Hop>, Way), Usage> {
    let jump = scan.flags.iter().find(|flag| flag.letter == b'J');
    let jump = jump.and_then(|flag| flag.value.as_deref());
    let Some(jump) = jump.map(OsStr::to_string_lossy) else {
        return Ok((Vec::new(), wishes.via));
    };
    Ok((hops::parse(&jump)?, hops::behind(wishes.via)))
}

fn setup(wishes: &Wishes, scan: &Scan) -> Result<Setup, Usage> {
    let ours = [
        (wishes.proxy, "proxy"),
        (wishes.zone.is_some(), "zone"),
        (wishes.instance.is_some(), "instance-id"),
    ];
    if let Some((_, option)) = ours.into_iter().find(|(is_there, _)| *is_there) {
        return Err(Usage::Against(option, "ssh-config"));
    }
    let known = |flag: &Flag| b"il".contains(&flag.letter);
    if !scan.operands.is_empty() || scan.refused || !scan.flags.iter().all(known) {
        return Err(Usage::SetupWords);
    }
    let value = |letter| {
        let flag = scan.flags.iter().find(|flag| flag.letter == letter);
        flag.and_then(|flag| flag.value.clone())
    };
    let user = value(b'l').map(|user| user.to_string_lossy().into_owned());
    let login = Login::or_default(user.as_deref())?;
    // Also with -i: the public half of that key is pushed.
    login.for_push()?;
    Ok(Setup {
        action: match wishes.install {
            None => Action::Print,
            Some(true) => Action::Install,
            Some(false) => Action::Uninstall,
        },
        words: words(wishes, wishes.via),
        own_key: value(b'i').map(PathBuf::from),
        key_dir: wishes.key_dir.clone(),
        login,
        dry_run: wishes.dry_run,
    })
}

/// Our options that choose an instance and the way to it, spelled for another run of ours.
#[must_use]
pub fn words(wishes: &Wishes, way: Way) -> Vec<OsString> {
    let region = wishes.region.as_ref().map(Region::as_str);
    let via = (way != Way::Auto).then(|| way.name().to_owned());
    let endpoint = wishes.endpoint.as_ref().map(Named::to_string);
    let duration = wishes.duration.as_ref().map(u16::to_string);
    let tunnel = |value: Option<String>| value.filter(|_| way.is_tunnel());
    let all = [
        ("--profile", wishes.profile.clone()),
        ("--region", region.map(str::to_owned)),
        ("--via", via),
        ("--eice-endpoint", tunnel(endpoint)),
        ("--max-tunnel-duration", tunnel(duration)),
    ];
    let said = all.into_iter().filter_map(|(option, value)| {
        let value = value?;
        Some([OsString::from(option), OsString::from(value)])
    });
    said.flatten().collect()
}

#[cfg(test)]
mod tests;
