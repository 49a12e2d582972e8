//! A local port, and the clients that connect to it.

mod caller;
mod error;
mod idle;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rustix::process::{Resource, getrlimit};
use tokio::net::TcpListener;
use tokio::time::sleep;

pub(crate) use self::caller::{Caller, is_caller_closed};
pub(crate) use self::error::ListenError;
pub(crate) use self::idle::Connections;
use crate::plan::cli::bind_address::BindAddress;
use crate::world::tty::terminal::Terminal;

/// How many clients are served at once. Further ones wait until a client leaves, or is closed because it
/// was idle.
const MOST: u64 = 256;

/// How many descriptors a client may need, and how many the rest of the process.
const FILES_EACH: u64 = 3;
const FILES: u64 = 32;

/// How long to wait before the next try if the system is out of descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// A listening socket.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: TcpListener,
    /// The address that it listens on.
    pub address: SocketAddr,
    /// Whether the last accept(2) failed, so that the user was warned.
    full: bool,
}

impl Listener {
    /// Listens on an address. Call it in the runtime.
    ///
    /// # Errors
    /// [`ListenError`].
    pub(crate) async fn open(place: &BindAddress) -> Result<Self, ListenError> {
        let open = async {
            let socket = TcpListener::bind(&*place.sockets()).await?;
            let address = socket.local_addr()?;
            Ok((socket, address))
        };
        let (socket, address) = open.await.map_err(|source| ListenError {
            address: place.to_string(),
            source,
        })?;
        Ok(Self {
            socket,
            address,
            full: false,
        })
    }

    /// Waits for a client. Retries after errors. May be dropped and called again at any time.
    pub(crate) async fn accept(&mut self, terminal: Terminal) -> Caller {
        loop {
            match self.socket.accept().await {
                Ok((stream, peer)) => {
                    self.full = false;
                    return Caller::new(stream, peer);
                }
                Err(cause) if is_client_error(&cause) => {}
                Err(cause) => {
                    if !std::mem::replace(&mut self.full, true) {
                        terminal.warn(&format!("clients cannot connect for now: {cause}"));
                    }
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

/// Whether an error of accept(2) concerns only the client that tried to connect.
fn is_client_error(cause: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(
        cause.kind(),
        ConnectionAborted | ConnectionReset | Interrupted
    )
}

/// How many clients can be served at once.
pub(crate) fn capacity() -> usize {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let most = (files.saturating_sub(FILES) / FILES_EACH).clamp(1, MOST);
    usize::try_from(most).unwrap_or(1)
}
