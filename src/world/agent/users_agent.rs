//! The user's own agent.

use std::io::{self, ErrorKind};
use std::path::Path;

use tokio::net::UnixStream;

use super::messages;

/// A connection to the user's own agent, which is opened when it is first needed.
///
/// It is not opened again if it breaks: the agent would no longer know which connections of ssh it was
/// about (session-bind@openssh.com), and would use keys that are meant for other hosts.
#[derive(Debug)]
pub(super) enum UsersAgent<'a> {
    Unopened(&'a Path),
    Open(UnixStream),
    /// There is none, or the connection has failed.
    Gone,
}

impl<'a> UsersAgent<'a> {
    pub(super) fn new(socket: Option<&'a Path>) -> Self {
        socket.map_or(Self::Gone, Self::Unopened)
    }

    /// Its answer to a message. It may take as long as it likes: the user may have to confirm.
    pub(super) async fn ask(&mut self, message: &[u8]) -> Option<Vec<u8>> {
        let answer = self.exchange(message).await;
        if answer.is_err() {
            *self = Self::Gone;
        }
        answer.ok()
    }

    async fn exchange(&mut self, message: &[u8]) -> io::Result<Vec<u8>> {
        if let Self::Unopened(socket) = self {
            *self = Self::Open(open(socket).await?);
        }
        let Self::Open(stream) = self else {
            return Err(ErrorKind::NotConnected.into());
        };
        messages::write(stream, message).await?;
        let answer = messages::read(stream).await?;
        answer.ok_or_else(|| ErrorKind::UnexpectedEof.into())
    }
}

/// Refuses to ask ourselves: each of our connections would open another.
async fn open(socket: &Path) -> io::Result<UnixStream> {
    let stream = UnixStream::connect(socket).await?;
    let server = stream.peer_cred()?.pid().map(i32::cast_unsigned);
    if server == Some(std::process::id()) {
        return Err(ErrorKind::ConnectionRefused.into());
    }
    Ok(stream)
}
