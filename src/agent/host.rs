//! The agent of one `mssh --proxy`, at a path that plain ssh knows by its configuration.

use std::convert::Infallible;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::{UnixListener, UnixStream};
use tokio::select;

use super::pusher::Pusher;
use crate::error::Error;
use crate::plan::key_type::KeyType;
use crate::wire::agent::{HostKeyAnswer, HostKeyQuestion};
use crate::world::agent::{AgentServer, Handovers, Hooks, hand_over};
use crate::world::key::ephemeral::EphemeralKey;
use crate::world::key::error::KeyError;
use crate::world::key::host_socket::{HostSocket, Listening};
use crate::world::process::parents::with_parents;
use crate::world::tty::terminal::Terminal;

/// The agent, which answers while it is served.
pub(crate) struct HostAgent {
    /// `None` once it is served.
    key: Option<EphemeralKey>,
    socket: Arc<HostSocket>,
    listener: UnixListener,
    handovers: Handovers,
    pusher: Arc<Pusher>,
}

/// What the agent knows of the logins that it serves.
struct ProxyHooks {
    pusher: Arc<Pusher>,
    socket: Arc<HostSocket>,
}

impl HostAgent {
    /// Makes a key, and listens at `directory/name`. Call it in the runtime.
    ///
    /// # Errors
    /// What makes either impossible.
    pub(crate) fn listen(
        directory: &Path,
        name: &str,
        kind: KeyType,
        terminal: Terminal,
    ) -> Result<Self, Error> {
        // ssh asks for the key only when it has spoken with the instance, through us.
        let key = EphemeralKey::generate(kind)?;
        let ssh = std::os::unix::process::parent_id();
        let listen = || {
            let Listening {
                socket,
                listener,
                handovers,
            } = HostSocket::listen(directory, name, ssh)?;
            listener.set_nonblocking(true)?;
            let listener = UnixListener::from_std(listener)?;
            Ok((socket, listener, Handovers::of(handovers)?))
        };
        let (socket, listener, handovers) = listen().map_err(|source| KeyError::Directory {
            path: directory.to_owned(),
            source,
        })?;
        let socket = Arc::new(socket);
        let pusher = Arc::new(Pusher::new(key.line().to_owned(), terminal));
        Ok(Self {
            key: Some(key),
            socket,
            listener,
            handovers,
            pusher,
        })
    }

    pub(crate) fn pusher(&self) -> &Arc<Pusher> {
        &self.pusher
    }

    /// Answers ssh until this is dropped, as soon as it is known which agent the user has.
    pub(crate) async fn serve(
        &mut self,
        users: impl Future<Output = Option<PathBuf>>,
    ) -> Infallible {
        let users = users.await;
        let hooks = ProxyHooks {
            pusher: Arc::clone(&self.pusher),
            socket: Arc::clone(&self.socket),
        };
        let server = AgentServer::new(self.key.take(), users, hooks);
        server.serve_from(async || self.next().await).await
    }

    /// Hands over who has connected and was not served yet. Nobody connects after this.
    pub(crate) fn close(self) {
        self.socket.close();
        let Ok(listener) = self.listener.into_std() else {
            return;
        };
        while let Ok((stream, _)) = listener.accept() {
            // tokio takes no stream that blocks, as one that was accepted here does.
            let is_usable = stream.set_nonblocking(true).is_ok();
            if is_usable && let Ok(stream) = UnixStream::from_std(stream) {
                handed_over(&self.socket, &stream);
            }
        }
    }

    /// The next connection that is ours to serve.
    async fn next(&self) -> io::Result<UnixStream> {
        loop {
            select! {
                stream = self.handovers.next() => return stream,
                accepted = self.listener.accept() => {
                    let (stream, _) = accepted?;
                    if !handed_over(&self.socket, &stream) {
                        return Ok(stream);
                    }
                }
            }
        }
    }
}

/// Hands a connection over to the agent of the ssh that it comes from, so that no login depends on
/// another one's push, or its end. False if that is the agent of this `socket`, or unknown, as it is
/// without `/proc`.
fn handed_over(socket: &HostSocket, stream: &UnixStream) -> bool {
    let peer = stream.peer_cred().ok().and_then(|it| it.pid());
    let processes = peer.and_then(|pid| with_parents(pid.cast_unsigned(), |it| socket.serves(it)));
    let mut pids = processes.into_iter().flatten().map(|it| it.pid);
    let ssh = pids.find(|pid| socket.serves(*pid));
    ssh.filter(|ssh| !socket.is_of(*ssh))
        .is_some_and(|ssh| hand_over(stream, &socket.handovers_of(ssh)).is_ok())
}

impl Hooks for ProxyHooks {
    fn is_client(&self, pid: u32) -> bool {
        self.socket.serves(pid)
    }

    async fn may_list(&self) -> bool {
        self.pusher.is_usable().await
    }

    fn is_user(&self, user: &[u8]) -> bool {
        self.pusher.has_user(user)
    }

    async fn credentials(&self) -> Option<Vec<u8>> {
        None
    }

    async fn host_key(&self, _: HostKeyQuestion<'_>) -> Option<HostKeyAnswer> {
        None
    }

    fn connection(&self, _: &str, _: u16) -> Option<OwnedFd> {
        None
    }
}
