//! Hands a connection over to another agent, as a descriptor in a datagram.
//!
//! Who has connected stays known: a socket's peer is that of the time of its connect(2).

use std::io;
use std::os::unix::net::{UnixDatagram as Datagram, UnixStream as Stream};
use std::path::Path;

use tokio::io::Interest;
use tokio::net::{UnixDatagram, UnixStream};

use crate::world::net::pass_fd;

/// Where other agents hand connections over.
#[derive(Debug)]
pub(crate) struct Handovers(UnixDatagram);

impl Handovers {
    /// Call it in the runtime.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn of(socket: Datagram) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        UnixDatagram::from_std(socket).map(Self)
    }

    /// The next connection. Nothing is lost if this is dropped before it ends.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) async fn next(&self) -> io::Result<UnixStream> {
        loop {
            let receive = || pass_fd::receive(&self.0, &mut [0]);
            let received = self.0.async_io(Interest::READABLE, receive).await?;
            if let (_, Some(descriptor)) = received {
                let stream = Stream::from(descriptor);
                stream.set_nonblocking(true)?;
                return UnixStream::from_std(stream);
            }
        }
    }
}

/// Hands a connection over to the agent that waits here.
///
/// # Errors
/// If none does, or it is behind with what it was handed already.
pub(crate) fn hand_over(stream: &UnixStream, to: &Path) -> io::Result<()> {
    let sender = Datagram::unbound()?;
    sender.connect(to)?;
    sender.set_nonblocking(true)?;
    pass_fd::send(sender, pass_fd::BYTE, stream).map(drop)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    #[tokio::test]
    async fn a_connection_arrives_with_its_peer() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("here");
        let socket = Datagram::bind(&path).expect("a socket");
        let handovers = Handovers::of(socket).expect("a runtime");
        let stray = Datagram::unbound().expect("a socket");
        stray.send_to(b"nothing", &path).expect("sent");

        let (mut ours, theirs) = Stream::pair().expect("a pair");
        theirs.set_nonblocking(true).expect("a flag");
        let theirs = UnixStream::from_std(theirs).expect("a runtime");
        hand_over(&theirs, &path).expect("handed over");
        drop(theirs);
        let arrived = handovers.next().await.expect("a connection");
        let pid = arrived.peer_cred().expect("a peer").pid();
        assert_eq!(pid.map(i32::cast_unsigned), Some(std::process::id()));
        arrived.writable().await.expect("writable");
        arrived.try_write(b"hello").expect("written");
        let mut heard = [0; 5];
        ours.read_exact(&mut heard).expect("read");
        ours.write_all(b".").expect("written");
        assert_eq!(&heard, b"hello");

        drop(handovers);
        hand_over(&arrived, &path).expect_err("nobody waits");
    }
}
