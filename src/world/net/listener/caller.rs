//! Somebody who has connected to a port of ours: what they say, and what they hear.

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

/// How long a caller who says nothing is believed to be there, if the system does not hear of it.
const SILENCE: Duration = Duration::from_secs(30);

/// How long to listen to somebody who does not see that it is over.
const FAREWELL: Duration = Duration::from_secs(2);

/// Somebody who has connected.
#[derive(Debug)]
pub struct Caller {
    stream: TcpStream,
    /// Who that is.
    pub peer: SocketAddr,
    /// When a byte went either way.
    used: Rc<Cell<Instant>>,
    /// Whether it is to make room for somebody else.
    gives_way: Rc<Cell<bool>>,
}

/// What a caller says. An error is an end of it: it is not ours.
#[derive(Debug)]
pub struct Said<'a>(ReadHalf<'a>, &'a Cell<Instant>);

/// What a caller hears.
#[derive(Debug)]
pub struct Heard<'a>(WriteHalf<'a>, &'a Cell<Instant>);

/// That a caller hears no more.
#[derive(Debug)]
struct Deaf;

impl Caller {
    pub(super) fn new(stream: TcpStream, peer: SocketAddr) -> Self {
        // Who has closed both ways looks like who has closed one, until the system asks: it has
        // forgotten the former after a minute. Without these options everything works, too.
        let _ = stream.set_nodelay(true);
        let _ = sockopt::set_tcp_keepidle(&stream, SILENCE);
        let _ = sockopt::set_tcp_keepintvl(&stream, SILENCE);
        let _ = sockopt::set_socket_keepalive(&stream, true);
        let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
        let used = Rc::new(Cell::new(Instant::now()));
        let gives_way = Rc::default();
        Self {
            stream,
            peer,
            used,
            gives_way,
        }
    }

    /// To be set where it is to make room for somebody else.
    pub(super) fn gives_way(&self) -> Rc<Cell<bool>> {
        Rc::clone(&self.gives_way)
    }

    /// When a byte went either way. There is another holder of it as long as the caller is there.
    pub(super) fn used(&self) -> Rc<Cell<Instant>> {
        Rc::clone(&self.used)
    }

    /// Both ways, for a tunnel.
    pub(crate) fn ends(&mut self) -> Streams<Said<'_>, Heard<'_>> {
        let (said, heard) = self.stream.split();
        Streams {
            input: Said(said, &self.used),
            output: Heard(heard, &self.used),
            input_closed: |said| is_hung_up(said.0.as_ref()),
            output_closed: |heard| is_hung_up(heard.0.as_ref()),
        }
    }

    /// It is over, and the caller has all of it. Who still speaks is listened to for a moment: a
    /// connection that is closed with something unread takes from the other side what it has not
    /// read, either (RFC 2525, 2.17). But not while somebody else waits for the room.
    pub async fn take_leave(mut self) {
        let Self {
            stream, gives_way, ..
        } = &mut self;
        if stream.shutdown().await.is_ok() && !gives_way.get() {
            let mut unread = [0; 4096];
            let rest = async { while matches!(stream.read(&mut unread).await, Ok(1..)) {} };
            let _ = timeout(FAREWELL, rest).await;
        }
    }

    /// It is over before its end, and the caller shall see that: by a reset, and not by the end of
    /// the stream.
    pub fn cut_off(self) {
        let _ = self.stream.set_zero_linger();
    }
}

impl AsyncRead for Said<'_> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (Self(said, used), before) = (self.get_mut(), buffer.filled().len());
        let read = Pin::new(said).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            used.set(Instant::now());
        }
        read.map(|_| Ok(()))
    }
}

impl AsyncWrite for Heard<'_> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Self(heard, used) = self.get_mut();
        let written = Pin::new(heard).poll_write(cx, bytes);
        if written.is_ready() {
            used.set(Instant::now());
        }
        written.map_err(deaf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(cx).map_err(deaf)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.get_mut().0).poll_shutdown(cx);
        shut.map_err(deaf)
    }
}

fn deaf(_: io::Error) -> io::Error {
    io::Error::other(Deaf)
}

/// Whether an error is that a caller hears no more.
pub fn is_deaf(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(<dyn Error + Send + Sync>::is::<Deaf>)
}

impl fmt::Display for Deaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody hears what is written")
    }
}

impl Error for Deaf {}
