//! A TCP connection, carried over standard input and output: what ssh wants of a ProxyCommand.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use crate::error::Error;

/// How much is read at once, in bytes: what a pipe holds.
const CHUNK: usize = 64 << 10;

/// Connects to a port of a host, at the first of its addresses that answers. How long to wait is
/// ssh's to decide (ConnectTimeout), which ends us.
///
/// # Errors
/// [`Error::NoConnection`].
pub(crate) fn connect(host: &str, port: u16) -> Result<TcpStream, Error> {
    let connected = TcpStream::connect((host, port));
    let connected = connected.and_then(|socket| socket.set_nodelay(true).map(|()| socket));
    connected.map_err(|source| Error::NoConnection {
        host: host.to_owned(),
        port,
        source,
    })
}

/// Carries bytes both ways until the far end has had enough, or nobody reads `output` any more.
/// The end of `input` is passed on. That of the connection is ours: sshd closes both ways at once,
/// and our own end tells ssh.
///
/// # Errors
/// When the connection breaks.
pub(crate) fn carry(socket: &TcpStream, input: OwnedFd, output: OwnedFd) -> io::Result<()> {
    let (upward, reader) = (socket.try_clone()?, output.try_clone()?);
    thread::spawn(move || {
        // An end and an error are the same here: that of the connection tells.
        let _ = pour(&mut File::from(input), &mut &upward);
        let _ = upward.shutdown(Shutdown::Write);
        wait_for_reader_to_go(&reader);
        let _ = upward.shutdown(Shutdown::Both);
    });
    match pour(&mut &*socket, &mut File::from(output)) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(cause),
        _ => Ok(()),
    }
}

/// Reads and writes to the end. Not by [`io::copy`], which has the kernel move the bytes
/// (splice(2)): that waits for the one side with the other side's pipe locked, so that ssh cannot
/// read what is in there already.
fn pour(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => to.write_all(&buffer[..count])?,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
}

/// Waits until the other end of a pipe or socket is closed; for ever, at a file.
fn wait_for_reader_to_go(output: impl AsFd) {
    loop {
        // Errors and hang-ups are told unasked (poll(2)).
        match poll(&mut [PollFd::new(&output, PollFlags::empty())], None) {
            Err(Errno::INTR) => {}
            _ => return,
        }
    }
}
