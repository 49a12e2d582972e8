//! `mssh --ssh-config [--install | --uninstall]`: what plain ssh needs in its configuration.

use std::ffi::OsString;
use std::path::PathBuf;

use super::invocation::Options;
use super::scan::{Flag, Scan};
use super::usage::Usage;
use crate::plan::target::eice_id::EndpointRef;
use crate::plan::target::ids::{Login, Region};
use crate::plan::way::Way;
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

/// What these words ask for, if they do.
///
/// # Errors
/// What is missing, or does not go with it.
pub fn request(options: &Options, scan: &Scan) -> Result<Option<Setup>, Usage> {
    match options.install {
        _ if options.ssh_config => read(options, scan).map(Some),
        Some(true) => Err(Usage::Beside("install", "ssh-config")),
        Some(false) => Err(Usage::Beside("uninstall", "ssh-config")),
        None => Ok(None),
    }
}

fn read(options: &Options, scan: &Scan) -> Result<Setup, Usage> {
    let ours = [
        (options.proxy, "proxy"),
        (options.zone.is_some(), "zone"),
        (options.instance.is_some(), "instance-id"),
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
        action: match options.install {
            None => Action::Print,
            Some(true) => Action::Install,
            Some(false) => Action::Uninstall,
        },
        words: words(options, options.via),
        own_key: value(b'i').map(PathBuf::from),
        key_dir: options.key_dir.clone(),
        login,
        dry_run: options.dry_run,
    })
}

/// Our options that choose an instance and the way to it, spelled for another run of ours.
#[must_use]
pub fn words(options: &Options, way: Way) -> Vec<OsString> {
    let region = options.region.as_ref().map(Region::as_str);
    let via = (way != Way::Auto).then(|| way.name().to_owned());
    let endpoint = options.endpoint.as_ref().map(EndpointRef::to_string);
    let duration = options.duration.as_ref().map(u16::to_string);
    let tunnel = |value: Option<String>| value.filter(|_| way.is_tunnel());
    let all = [
        ("--profile", options.profile.clone()),
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
