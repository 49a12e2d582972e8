//! Passes descriptors over Unix sockets (SCM_RIGHTS in unix(7)).

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};

use rustix::cmsg_space;
use rustix::io::{FdFlags, fcntl_setfd, retry_on_intr};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

/// What ssh expects with the descriptor of a ProxyCommand with ProxyUseFdpass (`mm_receive_fd()` in
/// OpenSSH's `monitor_fdpass.c`), and we do where only the descriptor counts.
pub(crate) const BYTE: &[u8] = &[0];

/// Sends bytes and, with the first of them, a descriptor. The receiver gets a duplicate of it. Returns
/// how many of the bytes were sent.
///
/// # Errors
/// If `socket` is no Unix socket, or nobody listens there.
pub(crate) fn send(socket: impl AsFd, bytes: &[u8], descriptor: impl AsFd) -> io::Result<usize> {
    let passed = [descriptor.as_fd()];
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&passed));
    let (bytes, flags) = ([IoSlice::new(bytes)], SendFlags::empty());
    Ok(retry_on_intr(|| {
        sendmsg(&socket, &bytes, &mut control, flags)
    })?)
}

/// Receives bytes, and a descriptor if one comes with them. Their number is 0 at the end of a stream.
///
/// # Errors
/// If the system refuses.
pub(crate) fn receive(socket: impl AsFd, bytes: &mut [u8]) -> io::Result<(usize, Option<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let received = retry_on_intr(|| {
        let mut slices = [IoSliceMut::new(bytes)];
        recvmsg(&socket, &mut slices, &mut control, RecvFlags::empty())
    })?;
    let passed = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    // MSG_CMSG_CLOEXEC would do it at once, but not on macOS.
    if let Some(passed) = &passed {
        fcntl_setfd(passed, FdFlags::CLOEXEC)?;
    }
    Ok((received.bytes, passed))
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
        send(&ours, BYTE, &client)?;
        drop((ours, client));
        let mut byte = [1; 2];
        let (received, passed) = receive(&theirs, &mut byte)?;
        let mut passed = TcpStream::from(passed.expect("a descriptor"));
        passed.write_all(b"hello")?;
        drop(passed);
        let mut heard = String::new();
        server.accept()?.0.read_to_string(&mut heard)?;
        assert_eq!((heard.as_str(), received, byte), ("hello", 1, [0, 1]));
        Ok(())
    }

    #[test]
    fn only_a_unix_socket_passes_a_descriptor() -> io::Result<()> {
        let (_reader, writer) = io::pipe()?;
        assert!(send(&writer, BYTE, io::stderr()).is_err());
        Ok(())
    }
}
