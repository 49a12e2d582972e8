//! A TCP connection between standard input and output: a ProxyCommand without a tunnel.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

/// How much is read at once, in bytes: what a pipe holds.
const CHUNK: usize = 64 << 10;

/// Copies bytes both ways until the far end closes the connection, or the reader of `output` is gone.
/// The end of `input` is passed on. The end of the connection ends us: sshd closes both directions at
/// once, and ssh notices that its ProxyCommand exits.
///
/// # Errors
/// When the connection breaks.
pub(crate) fn relay(socket: &TcpStream, input: OwnedFd, output: OwnedFd) -> io::Result<()> {
    let (upward, reader) = (socket.try_clone()?, output.try_clone()?);
    thread::spawn(move || {
        // An error here only means the end: reading from the connection reports what is wrong.
        let _ = copy(&mut File::from(input), &mut &upward);
        let _ = upward.shutdown(Shutdown::Write);
        wait_for_reader_to_go(&reader);
        let _ = upward.shutdown(Shutdown::Both);
    });
    match copy(&mut &*socket, &mut File::from(output)) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(cause),
        _ => Ok(()),
    }
}

/// Copies to the end. [`io::copy`] would let the kernel move the bytes (splice(2)), which waits for one
/// side with the other side's pipe locked, so ssh could not read what is in there already.
fn copy(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
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

/// Waits until the other end of a pipe or socket is closed. Never returns for a file.
fn wait_for_reader_to_go(output: impl AsFd) {
    loop {
        // poll(2) reports errors and hang-ups even if no event is asked for.
        match poll(&mut [PollFd::new(&output, PollFlags::empty())], None) {
            Err(Errno::INTR) => {}
            _ => return,
        }
    }
}
