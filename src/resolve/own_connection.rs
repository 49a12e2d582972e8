//! Whether mssh opens the TCP connection for ssh, once the route is known.

use super::host::{Host, Settings};
use crate::error::Error;
use crate::plan::argv::Resolved;
use crate::plan::argv::own_connection::OwnConnection;
use crate::plan::cli::invocation::Invocation;
use crate::plan::ssh_g::HostConfig;
use crate::world::openssh::own_connection::{files_say_the_same, is_possible, knows_any};

/// The connection to open; `None` if ssh is to connect by itself.
///
/// Asks ssh about the address only if its files say something else about it than about the host as
/// typed.
///
/// # Errors
/// Those of `ssh -G`.
pub(crate) async fn of(
    settings: &Settings<'_>,
    invocation: &Invocation,
    host: &Host<'_>,
    resolved: &Resolved,
) -> Result<Option<OwnConnection>, Error> {
    let Settings::Ssh(ssh) = settings else {
        return Ok(None);
    };
    if settings.is_pipe() || !is_possible(ssh.program) {
        return Ok(None);
    }
    let open = |config: &HostConfig| {
        OwnConnection::of(invocation, resolved, config, |names| {
            knows_any(&config.host_key, names)
        })
    };
    let (route, typed) = (&resolved.route, &host.destination.host);
    if route.host() == *typed && route.hostname().is_none() {
        return Ok(open(&host.config));
    }
    let is_unnamed = host.config.hostname == *typed || route.hostname().is_some();
    let assumed = HostConfig {
        hostname: route.destination(),
        ..host.config.clone()
    };
    let asked = invocation.sets(&["canonicalizehostname", "hostname"]);
    if is_unnamed && !asked && files_say_the_same(&host.config, [typed, &route.host()]) {
        return Ok(open(&assumed));
    }
    // Another question to ssh takes as long as what it may save.
    if open(&assumed).is_none() {
        return Ok(None);
    }
    let config = settings.of(host.destination, route).await?;
    Ok(open(&config))
}
