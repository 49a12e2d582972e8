//! A port of this machine, and those who connect to it.

mod caller;
mod error;
mod idle;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rustix::process::{Resource, getrlimit};
use tokio::net::TcpListener;
use tokio::time::sleep;

pub use self::caller::{Caller, CallerReader, CallerWriter, is_caller_closed};
pub use self::error::ListenError;
pub use self::idle::Connections;
use crate::plan::cli::bind_address::BindAddress;
use crate::world::tty::terminal::Terminal;

/// How many are served at once. Others wait until somebody goes, or has been idle for so long as to
/// give way.
const MOST: u64 = 256;

/// How many files one of them may need, and how many we need ourselves.
const FILES_EACH: u64 = 3;
const FILES: u64 = 32;

/// How long to wait where the system has no room for one more.
const PAUSE: Duration = Duration::from_millis(100);

/// A port.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    /// Where it is.
    pub address: SocketAddr,
    /// Whether the last attempt has found no room.
    full: bool,
}

impl Listener {
    /// Listens there. To be called in the runtime.
    ///
    /// # Errors
    /// [`ListenError`].
    pub async fn open(place: &BindAddress) -> Result<Self, ListenError> {
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

    /// Waits for somebody to connect; what is wrong with others, or for now, is no end of it. May be
    /// dropped and called again at any time.
    pub async fn accept(&mut self, terminal: Terminal) -> Caller {
        loop {
            match self.socket.accept().await {
                Ok((stream, peer)) => {
                    self.full = false;
                    return Caller::new(stream, peer);
                }
                Err(cause) if is_their_own(&cause) => {}
                Err(cause) => {
                    if !std::mem::replace(&mut self.full, true) {
                        terminal.warn(&format!("nobody can connect for now: {cause}"));
                    }
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

/// Whether an error of accept(2) is of the one who connects, and gone already.
fn is_their_own(cause: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(
        cause.kind(),
        ConnectionAborted | ConnectionReset | Interrupted
    )
}

/// How many can be served at once.
pub fn capacity() -> usize {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let most = (files.saturating_sub(FILES) / FILES_EACH).clamp(1, MOST);
    usize::try_from(most).unwrap_or(1)
}
