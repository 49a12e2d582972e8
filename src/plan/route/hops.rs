//! Hops (ProxyJump in ssh_config(5)) of which some are instances.
//!
//! ssh starts itself for each hop, and does not recognize instances. So we write the command that
//! it would start: a ProxyCommand of `ssh -W`, in which each instance among the hops has mssh as
//! its own ProxyCommand. Its key is pushed just before ssh logs in to it.
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

/// The hops in a proxy that `ssh -G` prints; none if the proxy is of another kind, or if only ssh
/// can parse it.
///
/// # Errors
/// A malformed hop, if another one is an instance; and a mistyped instance ID, which ssh would look
/// up in the DNS.
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

/// The hops that mssh must handle itself, and the way from the last of them to the destination.
/// None if ssh can handle them, or if a tunnel replaces them: it replaces those of ssh_config, but
/// not those of the command line (`typed`).
///
/// # Errors
/// [`Usage::Jump`]: the user asks for a tunnel, and the first hop is not an instance.
pub(crate) fn settle(hops: Vec<Hop>, typed: bool, way: Way) -> Result<(Vec<Hop>, Way), Usage> {
    match check(&hops, way) {
        Err(mistake) if typed => Err(mistake),
        Ok(()) if hops.iter().any(Hop::is_instance) => Ok((hops, way.after_hop())),
        _ => Ok((Vec::new(), way)),
    }
}

/// Checks that this way can reach the first hop.
///
/// # Errors
/// Those of [`settle`].
pub(crate) fn check(hops: &[Hop], way: Way) -> Result<(), Usage> {
    match hops.first() {
        Some(first) if way.is_tunnel() && !first.is_instance() => {
            Err(Usage::Jump(way.name(), first.word.clone()))
        }
        _ => Ok(()),
    }
}

/// Applies ssh's own settings for a hop, as for any target: its HostName and its user. The `first`
/// hop may have a proxy of its own, through which ssh finds it.
///
/// # Errors
/// A mistyped ID as its HostName, and a user that cannot get a key pushed.
pub(crate) fn apply(hop: &mut Hop, config: &HostConfig, first: bool) -> Result<(), BadConfigValue> {
    let has_proxy = first && config.proxy.is_some();
    if hop.kind == HopKind::Plain && !has_proxy {
        hop.kind = match config.target() {
            Ok(Target::Id(_) | Target::Aws(_)) => HopKind::Instance,
            Ok(Target::Address(address)) if config.has_usual_identities() => {
                HopKind::Address(address)
            }
            Err(BadConfigValue {
                name: name @ (BadName::InstanceId(_) | BadName::NodeId(_)),
                ..
            }) => return Err(BadConfigValue::host_name(name)),
            // A further hop's name may be one that only the hop before it can resolve.
            Ok(Target::Host(name))
                if is_as_typed(hop, &name) && (first || config.has_usual_identities()) =>
            {
                HopKind::Name
            }
            Ok(_) | Err(_) => HopKind::Plain,
        };
    }
    hop.hostname.clone_from(&config.hostname);
    match login(hop, config) {
        // No instance accepts a key for such a user.
        Err(_) if hop.kind != HopKind::Instance => hop.kind = HopKind::Plain,
        Err(mistake) => return Err(mistake),
        Ok(login) if hop.kind != HopKind::Plain => hop.login = Some(login),
        Ok(_) => {}
    }
    Ok(())
}

/// Whether ssh_config has no other name for a hop. ssh prints names in lower case.
fn is_as_typed(hop: &Hop, hostname: &str) -> bool {
    matches!(&hop.destination.target, Target::Host(typed) if typed.eq_ignore_ascii_case(hostname))
}

/// The user for a hop, if a key can be pushed for that user.
fn login(hop: &Hop, config: &HostConfig) -> Result<Login, BadConfigValue> {
    if let Some(login) = hop.login.clone() {
        login.for_push().map_err(BadConfigValue::proxy_jump)?;
        return Ok(login);
    }
    let login = Login::or_default(config.login.as_deref()).map_err(BadConfigValue::user)?;
    login.for_push().map_err(BadConfigValue::user)?;
    Ok(login)
}
