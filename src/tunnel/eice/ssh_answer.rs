//! Whether an SSH server answers through an endpoint: sshd starts some time after its instance runs.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::timeout;

use crate::error::{Error, TunnelError};
use crate::plan::argv::tunnel::TunnelRequest;
use crate::plan::route::eice::EiceTunnel;
use crate::plan::wait::Awaited;
use crate::wire::eice::RefusalReason;
use crate::world::aws::Credentials;
use crate::world::net::ssh_banner::{LONGEST, version_in};
use crate::world::net::websocket::{self, Socket};

/// How long the version may take. The service connects to the instance meanwhile: its first packets may
/// be lost, since the instance has no network yet, and TCP sends them again after 1, 3 and 7 seconds.
const VERSION: Duration = Duration::from_secs(10);

/// Opens a tunnel, waits for the server's version, and closes the tunnel. Sends nothing through it.
///
/// # Errors
/// Why there is no tunnel, unless the instance or the service may be the reason.
pub(crate) async fn ssh_answers(
    request: &TunnelRequest,
    eice: &EiceTunnel,
    credentials: &Credentials,
) -> Result<Awaited<()>, Error> {
    use RefusalReason::{Service, Target};
    let mut socket = match super::open(request, eice, credentials).await {
        Err(Error::Tunnel(TunnelError::Refused { refusal, .. }))
            if matches!(refusal.about, Service | Target) =>
        {
            return Ok(Awaited::NotYet(refusal.to_string()));
        }
        opened => opened?,
    };
    let answers = timeout(VERSION, sends_version(&mut socket)).await;
    websocket::close(socket).await;
    Ok(match answers {
        Ok(true) => Awaited::There(()),
        Ok(false) | Err(_) => {
            Awaited::NotYet("sshd does not answer through the endpoint".to_owned())
        }
    })
}

/// Whether the version comes before the end, and before too much else.
async fn sends_version(socket: &mut Socket) -> bool {
    let mut said = Vec::new();
    while said.len() < LONGEST
        && let Some(Ok(message)) = socket.next().await
        && !message.is_close()
    {
        if message.is_binary() {
            said.extend_from_slice(message.as_payload());
        }
        if version_in(&said).is_some() {
            return true;
        }
    }
    false
}
