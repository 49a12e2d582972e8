//! Whether mssh opens the TCP connection for ssh, once the route is known.

use super::host::{Host, Settings};
use super::route_config::RouteConfig;
use crate::error::Error;
use crate::plan::argv::Resolved;
use crate::plan::argv::own_connection::OwnConnection;
use crate::plan::cli::invocation::Invocation;
use crate::plan::ssh_g::HostConfig;
use crate::world::openssh::own_connection::is_possible;

/// The connection to open; `None` if ssh is to connect by itself.
///
/// # Errors
/// Those of `ssh -G`.
pub(crate) async fn of(
    settings: &Settings<'_>,
    invocation: &Invocation,
    host: &Host<'_>,
    resolved: &Resolved,
    mut config: RouteConfig,
) -> Result<Option<OwnConnection>, Error> {
    let Settings::Ssh(ssh) = settings else {
        return Ok(None);
    };
    if settings.is_pipe() || !is_possible(ssh.program) {
        return Ok(None);
    }
    let open = |config: &HostConfig| OwnConnection::of(invocation, resolved, config);
    // Another question to ssh takes as long as what it may save.
    if !config.is_certain && open(&config.config).is_none() {
        return Ok(None);
    }
    config.ask(settings, host, &resolved.route).await?;
    Ok(open(&config.config))
}
