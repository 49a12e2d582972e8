//! The words of `mssh --ssh-config [--install | --uninstall]`: a configuration for plain ssh.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::invocation::{Action, Options};
use super::scan::Scan;
use super::usage::Usage;
use crate::plan::host_key_alias::HostKeyAlias;
use crate::plan::key_type::KeyType;
use crate::plan::target::eice_id::EndpointRef;
use crate::plan::target::ids::{Login, Region};
use crate::plan::target::name_patterns::NamePatterns;
use crate::plan::verify_host_key::VerifyHostKey;
use crate::plan::way::Way;

/// What to do with the configuration for plain ssh, and what to write into it.
#[derive(Debug, PartialEq, Eq)]
pub struct Setup {
    pub(crate) action: Action,
    /// Our options for the ProxyCommand.
    pub(crate) words: Vec<OsString>,
    /// The user's own key; without one, mssh creates keys.
    pub(crate) own_key: Option<PathBuf>,
    /// Where mssh creates keys; it chooses a directory itself if this is `None`.
    pub(crate) agent_dir: Option<PathBuf>,
    /// The type of the keys that mssh creates, if the user chose one.
    pub(crate) key_type: Option<KeyType>,
    /// The names of instances that plain ssh takes besides their IDs.
    pub(crate) names: NamePatterns,
    /// The default user.
    pub(crate) login: Login,
    pub(crate) dry_run: bool,
}

/// Reads the options.
///
/// # Errors
/// What is wrong with the user or the names.
pub(crate) fn request(options: &Options, scan: &Scan) -> Result<Setup, Usage> {
    let user = scan.value(b'l').map(OsStr::to_string_lossy);
    let login = Login::or_default(user.as_deref())?;
    // Also with -i, because the public half of that key is pushed.
    login.for_push()?;
    if options.names.only_exclude() {
        return Err(Usage::OnlyExcluded);
    }
    Ok(Setup {
        action: options.action,
        words: words(options, options.via),
        own_key: scan.value(b'i').map(PathBuf::from),
        agent_dir: options.agent_dir.clone(),
        key_type: options.key_type,
        names: options.names.clone(),
        login,
        dry_run: options.dry_run,
    })
}

/// The options that select an instance and the way to it, as words for another run of mssh.
#[must_use]
pub(crate) fn words(options: &Options, way: Way) -> Vec<OsString> {
    let regions: Vec<&str> = options.places.regions.iter().map(Region::as_str).collect();
    let regions = Some(regions.join(",")).filter(|it| !it.is_empty());
    let region = options.region.as_ref().map(Region::to_string);
    let profiles = Some(options.places.profiles.join(",")).filter(|it| !it.is_empty());
    let via = (way != Way::Auto).then(|| way.name().to_owned());
    let endpoint = options.endpoint.as_ref().map(EndpointRef::to_string);
    let duration = options.duration.as_ref().map(u16::to_string);
    let key_type = options.key_type.map(|it| it.name().to_owned());
    let alias = options.host_key_alias;
    let alias = (alias != HostKeyAlias::Auto).then(|| alias.name().to_owned());
    let verify = options.verify_host_key;
    let verify = (verify != VerifyHostKey::Auto).then(|| verify.name().to_owned());
    let tunnel = |value: Option<String>| value.filter(|_| way.is_tunnel());
    let all = [
        ("--profile", options.profile.clone().or(profiles)),
        ("--region", region.or(regions)),
        ("--via", via),
        ("--eice-endpoint", tunnel(endpoint)),
        ("--max-tunnel-duration", tunnel(duration)),
        ("--key-type", key_type),
        ("--host-key-alias", alias),
        ("--verify-host-key", verify),
    ];
    let given = all.into_iter().filter_map(|(option, value)| {
        let value = value?;
        Some([OsString::from(option), OsString::from(value)])
    });
    let all_regions = options.places.all_regions.then(|| "--all-regions".into());
    all_regions.into_iter().chain(given.flatten()).collect()
}
