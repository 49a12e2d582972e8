//! Non-blocking standard input and output.
//!
//! ssh gives pipes to a ProxyCommand (other programs: sockets). Only we use our ends of them, so they
//! can be set non-blocking. A regular file or /dev/null does not support epoll(7), and never blocks.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::pin::Pin;
use std::task::{Context, Poll};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl, open};
use rustix::io::{dup, fcntl_setfd};
use rustix::termios::ttyname;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::unix::pipe;

/// A source of bytes.
#[derive(Debug)]
pub(crate) enum Input {
    /// A pipe, socket or terminal.
    Pipe(pipe::Receiver),
    /// A file that never blocks.
    File(File),
}

/// A sink of bytes.
#[derive(Debug)]
pub(crate) enum Output {
    /// A pipe, socket or terminal.
    Pipe(pipe::Sender),
    /// A file that never blocks.
    File(File),
}

/// The status flags of a descriptor, restored when this is dropped: O_NONBLOCK belongs to the open
/// file description, which the calling shell goes on to use.
#[derive(Debug)]
pub(crate) struct FlagsGuard(OwnedFd, OFlags);

impl FlagsGuard {
    /// Saves the flags.
    ///
    /// # Errors
    /// If the descriptor is closed.
    pub(crate) fn of(fd: impl AsFd) -> io::Result<Self> {
        let fd = fd.as_fd().try_clone_to_owned()?;
        let flags = fcntl_getfl(&fd)?;
        Ok(Self(fd, flags))
    }
}

impl Drop for FlagsGuard {
    fn drop(&mut self) {
        let _ = fcntl_setfl(&self.0, self.1);
    }
}

/// Opens a terminal again, so that its flags are not shared with other processes. Returns a copy of any
/// other descriptor, and of a terminal that we may not open.
///
/// # Errors
/// If the descriptor is closed.
pub(crate) fn reopen_terminal(fd: impl AsFd) -> io::Result<OwnedFd> {
    let opened = ttyname(&fd, Vec::new()).and_then(|name| {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        open(name.as_c_str(), flags, Mode::empty())
    });
    opened.or_else(|_| fd.as_fd().try_clone_to_owned())
}

impl Input {
    /// Whether the writer has closed it, even if something is left to read.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Pipe(pipe) => is_hung_up(pipe),
            Self::File(_) => false,
        }
    }

    /// Reads from a copy of this descriptor.
    ///
    /// # Errors
    /// If it is closed.
    pub(crate) fn of(fd: impl AsFd) -> io::Result<Self> {
        let fd = nonblocking_copy(fd)?;
        let file = File::from(fd.try_clone()?);
        Ok(pipe::Receiver::from_owned_fd_unchecked(fd).map_or(Self::File(file), Self::Pipe))
    }
}

impl Output {
    /// Whether the reader has closed it.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Pipe(pipe) => is_hung_up(pipe),
            Self::File(_) => false,
        }
    }

    /// Writes to a copy of this descriptor.
    ///
    /// # Errors
    /// If it is closed.
    pub(crate) fn of(fd: impl AsFd) -> io::Result<Self> {
        let fd = nonblocking_copy(fd)?;
        let file = File::from(fd.try_clone()?);
        Ok(pipe::Sender::from_owned_fd_unchecked(fd).map_or(Self::File(file), Self::Pipe))
    }
}

/// Whether the other end of a pipe is closed; of a socket, in both directions.
pub(crate) fn is_hung_up(end: impl AsFd) -> bool {
    let mut polled = [PollFd::new(&end, PollFlags::empty())];
    let at_once = Timespec::default();
    let found = poll(&mut polled, Some(&at_once));
    let over = PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL;
    found.is_ok() && polled[0].revents().intersects(over)
}

fn nonblocking_copy(fd: impl AsFd) -> io::Result<OwnedFd> {
    let fd = dup(fd)?;
    fcntl_setfd(&fd, rustix::io::FdFlags::CLOEXEC)?;
    let flags = fcntl_getfl(&fd)?;
    fcntl_setfl(&fd, flags | OFlags::NONBLOCK)?;
    Ok(fd)
}

impl AsyncRead for Input {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Pipe(pipe) => Pin::new(pipe).poll_read(cx, buffer),
            Self::File(file) => {
                let bytes = file.read(buffer.initialize_unfilled())?;
                buffer.advance(bytes);
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl AsyncWrite for Output {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Pipe(pipe) => Pin::new(pipe).poll_write(cx, bytes),
            Self::File(file) => Poll::Ready(file.write(bytes)),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
