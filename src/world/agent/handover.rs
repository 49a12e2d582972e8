//! Hands a connection over to another agent, as a descriptor in a datagram (SCM_RIGHTS in unix(7)).
//!
//! Who has connected stays known: a socket's peer is that of the time of its connect(2).

use std::io::{self, ErrorKind, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::{UnixDatagram as Datagram, UnixStream as Stream};
use std::path::Path;

use rustix::cmsg_space;
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::{AddressFamily, SocketType, sendmsg_addr, socket};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix};
use tokio::io::Interest;
use tokio::net::{UnixDatagram, UnixStream};

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
            let received = self.0.async_io(Interest::READABLE, || receive(&self.0));
            if let Some(stream) = received.await? {
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
    let sender = socket(AddressFamily::UNIX, SocketType::DGRAM, None)?;
    fcntl_setfd(&sender, FdFlags::CLOEXEC)?;
    let descriptors = [stream.as_fd()];
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&descriptors));
    let address = SocketAddrUnix::new(to)?;
    let flags = SendFlags::DONTWAIT;
    sendmsg_addr(sender, &address, &[IoSlice::new(&[0])], &mut control, flags)?;
    Ok(())
}

/// A connection in the next datagram; `None` if there is none in it.
fn receive(socket: impl AsFd) -> io::Result<Option<Stream>> {
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    let mut slices = [IoSliceMut::new(&mut byte)];
    match recvmsg(socket, &mut slices, &mut control, RecvFlags::empty()) {
        Err(cause) if io::Error::from(cause).kind() == ErrorKind::Interrupted => return Ok(None),
        received => received?,
    };
    let opened: Option<OwnedFd> = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    let Some(opened) = opened else {
        return Ok(None);
    };
    // MSG_CMSG_CLOEXEC would do it at once, but not on macOS.
    fcntl_setfd(&opened, FdFlags::CLOEXEC)?;
    Ok(Some(opened.into()))
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
