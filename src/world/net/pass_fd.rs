//! Passes a descriptor over a Unix socket (SCM_RIGHTS in unix(7)), as ssh expects it from a
//! ProxyCommand with ProxyUseFdpass: with one byte (`mm_receive_fd()` in OpenSSH's
//! `monitor_fdpass.c`).

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};

use rustix::io::{fcntl_setfd, retry_on_intr};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

/// Sends a descriptor. The receiver gets a duplicate of it.
///
/// # Errors
/// If `socket` is no Unix socket, or nobody listens there.
pub(crate) fn send(socket: impl AsFd, descriptor: impl AsFd) -> io::Result<()> {
    let passed = [descriptor.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&passed));
    let byte = [IoSlice::new(&[0])];
    let flags = SendFlags::empty();
    retry_on_intr(|| sendmsg(&socket, &byte, &mut control, flags))?;
    Ok(())
}

/// Receives a descriptor, which programs that this process starts do not inherit; `None` if the sender
/// has closed its end, or sends a byte alone.
///
/// # Errors
/// If `socket` cannot be read.
pub(crate) fn receive(socket: impl AsFd) -> io::Result<Option<OwnedFd>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    retry_on_intr(|| {
        let into = &mut [IoSliceMut::new(&mut byte)];
        recvmsg(&socket, into, &mut control, RecvFlags::empty())
    })?;
    let received = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    if let Some(descriptor) = &received {
        fcntl_setfd(descriptor, rustix::io::FdFlags::CLOEXEC)?;
    }
    Ok(received)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn a_connection_survives_its_sender() -> io::Result<()> {
        let (ours, theirs) = UnixStream::pair()?;
        let server = TcpListener::bind("127.0.0.1:0")?;
        let client = TcpStream::connect(server.local_addr()?)?;
        send(&ours, &client)?;
        drop((ours, client));
        let mut received = TcpStream::from(receive(&theirs)?.expect("a descriptor"));
        received.write_all(b"hello")?;
        drop(received);
        let mut heard = String::new();
        server.accept()?.0.read_to_string(&mut heard)?;
        assert_eq!(heard, "hello");
        assert!(receive(&theirs)?.is_none(), "the sender is gone");
        Ok(())
    }

    #[test]
    fn a_byte_alone_passes_nothing() -> io::Result<()> {
        let (mut ours, theirs) = UnixStream::pair()?;
        ours.write_all(&[0])?;
        assert!(receive(&theirs)?.is_none());
        Ok(())
    }
}
