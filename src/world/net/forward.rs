//! A TCP connection to an instance, for somebody who has connected to a port of ours.

use std::io;
use std::time::Duration;

use tokio::io::{copy_bidirectional_with_sizes, join};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::listener::{Caller, is_deaf};
use crate::error::{Error, Tunnel};

/// How long to wait for a connection.
const LIMIT: Duration = Duration::from_secs(10);

/// How much is read at once, in bytes.
const CHUNK: usize = 32 << 10;

/// Connects to a port of a host, and carries bytes both ways until both have come to their end. The
/// end of either is passed on.
///
/// # Errors
/// [`Error::NoConnection`], and [`Tunnel::Lost`] when the connection breaks.
pub(crate) async fn carry(caller: &mut Caller, host: &str, port: u16) -> Result<(), Error> {
    let connected = timeout(LIMIT, TcpStream::connect((host, port))).await;
    let connected = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    let connected = connected.and_then(|socket| socket.set_nodelay(true).map(|()| socket));
    let mut socket = connected.map_err(|source| Error::NoConnection {
        host: host.to_owned(),
        port,
        source,
    })?;
    let ends = caller.ends();
    let mut caller = join(ends.input, ends.output);
    match copy_bidirectional_with_sizes(&mut caller, &mut socket, CHUNK, CHUNK).await {
        Err(cause) if !is_deaf(&cause) => Err(Tunnel::Lost(cause.to_string()).into()),
        _ => Ok(()),
    }
}
