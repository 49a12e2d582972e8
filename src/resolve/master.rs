//! Connection sharing (ControlMaster in ssh_config(5)): whether ssh would use a master connection
//! that is running. If so, there is no login, and no key is needed.
//!
//! The socket that ssh uses depends on all of its arguments. So `ssh -G` gets the same arguments
//! and the same configuration.

use super::host::{Host, Settings};
use crate::error::Error;
use crate::plan::cli::invocation::Invocation;
use crate::plan::route::Route;
use crate::plan::ssh_g::UNUSED_ADDRESS;
use crate::plan::target::Target;
use crate::plan::way::Way;
use crate::world::openssh;

/// Which master connection ssh may use for a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// None.
    Nothing,
    /// The one that listens for the host as typed. The instance need not be known.
    AsTyped,
    /// One for the instance's address, once that is known.
    ByAddress,
}

/// Whether a master listens for the destination as typed, or may listen for its address. Without a
/// ControlPath for the destination, ssh is not asked again.
///
/// # Errors
/// Those of `ssh -G`.
pub(super) async fn sharing(
    settings: &Settings<'_>,
    invocation: &Invocation,
    host: &Host<'_>,
) -> Result<Sharing, Error> {
    // A console has no host as typed; it is checked once its region is known.
    let serial = host.way == Way::Serial;
    if serial || settings.is_pipe() || host.config.master.is_none() {
        return Ok(Sharing::Nothing);
    }
    let socket = settings.control_path(host, &host.as_typed(), None).await?;
    let auto = host.way == Way::Auto;
    let tunneled = host.way.is_tunnel();
    // A way that the user names is taken, even if a master is running; but through a tunnel ssh
    // gets the host as typed, and uses the master for it.
    let listens = socket.as_deref().is_some_and(openssh::master_listens);
    if (auto || tunneled) && listens {
        return Ok(Sharing::AsTyped);
    }
    let goes_as_typed = tunneled || auto && invocation.is_host_beside_id(host.destination);
    if goes_as_typed || invocation.is_control_command() {
        return Ok(Sharing::Nothing);
    }
    let anywhere = match host.destination.target {
        Target::Host(_) if !invocation.has_several_destinations() => {
            Route::ByHostName(host.destination.host.clone(), UNUSED_ADDRESS.0)
        }
        _ => Route::Direct(UNUSED_ADDRESS.0, Way::Auto),
    };
    let port = Some(UNUSED_ADDRESS.1);
    let elsewhere = settings.control_path(host, &anywhere, port).await?;
    let same = elsewhere == socket;
    Ok(if elsewhere.is_none() || (same && !listens) {
        Sharing::Nothing
    } else {
        Sharing::ByAddress
    })
}

/// Whether a master connection by this route is running.
///
/// # Errors
/// Those of `ssh -G`.
pub(super) async fn is_running(
    settings: &Settings<'_>,
    host: &Host<'_>,
    route: &Route,
) -> Result<bool, Error> {
    if settings.is_pipe() {
        return Ok(false);
    }
    let socket = settings.control_path(host, route, None).await?;
    Ok(socket.as_deref().is_some_and(openssh::master_listens))
}
