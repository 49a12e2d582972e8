//! Passes a descriptor over a Unix socket (SCM_RIGHTS in unix(7)), as ssh expects it from a
//! ProxyCommand with ProxyUseFdpass: with one byte (`mm_receive_fd()` in OpenSSH's
//! `monitor_fdpass.c`).

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;

use rustix::io::retry_on_intr;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

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

#[cfg(test)]
mod tests {
    use std::io::{IoSliceMut, Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::os::unix::net::UnixStream;

    use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

    use super::*;

    #[test]
    fn a_connection_survives_its_sender() -> io::Result<()> {
        let (ours, theirs) = UnixStream::pair()?;
        let server = TcpListener::bind("127.0.0.1:0")?;
        let client = TcpStream::connect(server.local_addr()?)?;
        send(&ours, &client)?;
        drop((ours, client));
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let (mut byte, flags) = ([1; 2], RecvFlags::empty());
        let into = &mut [IoSliceMut::new(&mut byte)];
        let received = recvmsg(&theirs, into, &mut control, flags)?;
        let mut messages = control.drain();
        let Some(RecvAncillaryMessage::ScmRights(mut passed)) = messages.next() else {
            panic!("no descriptor");
        };
        let mut passed = TcpStream::from(passed.next().expect("a descriptor"));
        passed.write_all(b"hello")?;
        drop(passed);
        let mut heard = String::new();
        server.accept()?.0.read_to_string(&mut heard)?;
        assert_eq!((heard.as_str(), received.bytes, byte), ("hello", 1, [0, 1]));
        Ok(())
    }

    #[test]
    fn only_a_unix_socket_passes_a_descriptor() -> io::Result<()> {
        let (_reader, writer) = io::pipe()?;
        assert!(send(&writer, io::stderr()).is_err());
        Ok(())
    }
}
