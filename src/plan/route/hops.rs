//! Hops (ProxyJump in ssh_config(5)) of which some are instances.
//!
//! ssh starts itself for each hop, and knows nothing of instances. So we spell what it would
//! start: a ProxyCommand of `ssh -W`, in which each instance among the hops has us for its own
//! ProxyCommand; its key is pushed when its turn comes.
//!
//! ```text
//! -J i-1,i-2   →   ssh -W … i-2, by `mssh --proxy … -J i-1`, which becomes ssh -W … i-1, by …
//! ```

use crate::plan::cli::usage::Usage;
use crate::plan::ssh_g::bad_value::BadConfigValue;
use crate::plan::ssh_g::{self, HostConfig};
use crate::plan::target::Target;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::hop::{self, Hop, HopKind};
use crate::plan::target::ids::Login;
use crate::plan::way::Way;

/// The hops of a proxy as `ssh -G` tells it; none where it is of another kind, or where only ssh
/// can read it.
///
/// # Errors
/// What is wrong with one of several among which there is an instance; and what is nearly an
/// instance's ID, which ssh would look up in the DNS.
pub(crate) fn of(proxy: Option<&str>) -> Result<Vec<Hop>, BadName> {
    let Some(value) = proxy.and_then(ssh_g::proxy_jump) else {
        return Ok(Vec::new());
    };
    let has_instance = || {
        value
            .split(',')
            .any(|it| Hop::parse(it).is_ok_and(|it| it.is_instance()))
    };
    match hop::parse(value) {
        Err(BadName::InstanceId(_) | BadName::NodeId(_)) => hop::parse(value),
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
pub(crate) fn settle(hops: Vec<Hop>, typed: bool, way: Way) -> Result<(Vec<Hop>, Way), Usage> {
    match check(&hops, way) {
        Err(mistake) if typed => Err(mistake),
        Ok(()) if hops.iter().any(Hop::is_instance) => Ok((hops, way.after_hop())),
        _ => Ok((Vec::new(), way)),
    }
}

/// Makes sure that this way leads to the first hop.
///
/// # Errors
/// As of [`settle`].
pub(crate) fn check(hops: &[Hop], way: Way) -> Result<(), Usage> {
    match hops.first() {
        Some(first) if way.is_tunnel() && !first.is_instance() => {
            Err(Usage::Jump(way.name(), first.word.clone()))
        }
        _ => Ok(()),
    }
}

/// Applies ssh's own settings for a hop, as for any target: the host that it stands for, and who
/// logs in. The `first` hop may have a proxy of its own, by which ssh finds it.
///
/// # Errors
/// What is nearly an ID as its HostName, and a user that no key can be pushed for.
pub(crate) fn apply(hop: &mut Hop, config: &HostConfig, first: bool) -> Result<(), BadConfigValue> {
    let has_proxy = first && config.proxy.is_some();
    if hop.kind == HopKind::Plain && !has_proxy {
        hop.kind = match config.target() {
            Ok(Target::Id(_) | Target::Aws(_)) => HopKind::Instance,
            Ok(Target::Address(address)) if config.has_usual_identities() => {
                HopKind::Address(address, config.identities.clone())
            }
            Err(BadConfigValue {
                name: name @ (BadName::InstanceId(_) | BadName::NodeId(_)),
                ..
            }) => return Err(BadConfigValue::host_name(name)),
            Ok(_) | Err(_) => HopKind::Plain,
        };
    }
    hop.hostname.clone_from(&config.hostname);
    match login(hop, config) {
        // No instance takes such a user's key.
        Err(_) if hop.kind != HopKind::Instance => hop.kind = HopKind::Plain,
        Err(mistake) => return Err(mistake),
        Ok(login) if hop.kind != HopKind::Plain => hop.login = Some(login),
        Ok(_) => {}
    }
    Ok(())
}

/// Who logs in at a hop, if a key can be pushed for them.
fn login(hop: &Hop, config: &HostConfig) -> Result<Login, BadConfigValue> {
    if let Some(login) = hop.login.clone() {
        login.for_push().map_err(BadConfigValue::proxy_jump)?;
        return Ok(login);
    }
    let login = Login::or_default(config.login.as_deref()).map_err(BadConfigValue::user)?;
    login.for_push().map_err(BadConfigValue::user)?;
    Ok(login)
}
