//! A client that has connected to our port.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use rustix::net::sockopt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::time::timeout;

use crate::world::net::pump::Streams;
use crate::world::process::stdio::is_hung_up;

/// How long a caller may be silent before TCP probes whether it is still there, and between probes.
const SILENCE: Duration = Duration::from_secs(30);

/// How long to go on reading after the end of the connection.
const CLOSE: Duration = Duration::from_secs(2);

/// A client that has connected.
#[derive(Debug)]
pub(crate) struct Caller {
    stream: TcpStream,
    /// Its address.
    pub peer: SocketAddr,
    /// When a byte last went either way.
    used: Rc<Cell<Instant>>,
    /// Whether it must close for another client.
    makes_room: Rc<Cell<bool>>,
}

/// What a caller sends. An error counts as the end: the caller may break its connection at any time.
#[derive(Debug)]
pub(crate) struct CallerReader<'a>(ReadHalf<'a>, &'a Cell<Instant>);

/// What a caller receives.
#[derive(Debug)]
pub(crate) struct CallerWriter<'a>(WriteHalf<'a>, &'a Cell<Instant>);

/// The caller has closed its connection.
#[derive(Debug)]
struct CallerClosed;

impl Caller {
    pub(super) fn new(stream: TcpStream, peer: SocketAddr) -> Self {
        // A caller that has closed both directions looks like one that has closed one, until TCP probes
        // it: its system forgets the connection after a minute. These options may fail: they are not
        // essential.
        let _ = stream.set_nodelay(true);
        let _ = sockopt::set_tcp_keepidle(&stream, SILENCE);
        let _ = sockopt::set_tcp_keepintvl(&stream, SILENCE);
        let _ = sockopt::set_socket_keepalive(&stream, true);
        let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
        let used = Rc::new(Cell::new(Instant::now()));
        let makes_room = Rc::default();
        Self {
            stream,
            peer,
            used,
            makes_room,
        }
    }

    /// A flag to set if it must close for another client.
    pub(super) fn makes_room(&self) -> Rc<Cell<bool>> {
        Rc::clone(&self.makes_room)
    }

    /// When a byte last went either way. It has two owners while the caller is connected.
    pub(super) fn used(&self) -> Rc<Cell<Instant>> {
        Rc::clone(&self.used)
    }

    /// Both directions, for a tunnel.
    pub(crate) fn streams(&mut self) -> Streams<CallerReader<'_>, CallerWriter<'_>> {
        let (read, write) = self.stream.split();
        Streams {
            input: CallerReader(read, &self.used),
            output: CallerWriter(write, &self.used),
            input_closed: |reader| is_hung_up(reader.0.as_ref()),
            output_closed: |writer| is_hung_up(writer.0.as_ref()),
        }
    }

    /// Closes the connection after everything was sent. Reads for a moment what the caller still sends:
    /// if it is closed with something unread, the caller may lose what it has not read itself (RFC 2525,
    /// 2.17). Does not do so while another client waits for room.
    pub(crate) async fn close(mut self) {
        let Self {
            stream, makes_room, ..
        } = &mut self;
        if stream.shutdown().await.is_ok() && !makes_room.get() {
            let mut unread = [0; 4096];
            let rest = async { while matches!(stream.read(&mut unread).await, Ok(1..)) {} };
            let _ = timeout(CLOSE, rest).await;
        }
    }

    /// Resets the connection, so that the caller does not mistake a failure for the end of the stream.
    pub(crate) fn reset(self) {
        let _ = self.stream.set_zero_linger();
    }
}

impl AsyncRead for CallerReader<'_> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (Self(reader, used), before) = (self.get_mut(), buffer.filled().len());
        let read = Pin::new(reader).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            used.set(Instant::now());
        }
        read.map(|_| Ok(()))
    }
}

impl AsyncWrite for CallerWriter<'_> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Self(writer, used) = self.get_mut();
        let written = Pin::new(writer).poll_write(cx, bytes);
        if written.is_ready() {
            used.set(Instant::now());
        }
        written.map_err(caller_closed)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0)
            .poll_flush(cx)
            .map_err(caller_closed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.get_mut().0).poll_shutdown(cx);
        shut.map_err(caller_closed)
    }
}

fn caller_closed(_: io::Error) -> io::Error {
    io::Error::other(CallerClosed)
}

/// Whether an error is that the caller has closed its connection.
pub(crate) fn is_caller_closed(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(<dyn Error + Send + Sync>::is::<CallerClosed>)
}

impl fmt::Display for CallerClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client has closed the connection")
    }
}

impl Error for CallerClosed {}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_caller_gets_small_writes_at_once_and_is_probed() -> io::Result<()> {
        let port = TcpListener::bind("127.0.0.1:0").await?;
        let _there = TcpStream::connect(port.local_addr()?).await?;
        let (stream, peer) = port.accept().await?;
        let caller = Caller::new(stream, peer);
        assert!(caller.stream.nodelay()? && sockopt::socket_keepalive(&caller.stream)?);
        Ok(())
    }
}
