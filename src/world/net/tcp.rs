//! TCP connections.

use std::io;
use std::net;
use std::net::SocketAddr;
use std::time::Duration;

use thiserror::Error;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use crate::hint::Hint;

/// How long the name and all of its addresses may take.
const LIMIT: Duration = Duration::from_secs(10);

/// How long each address but the last may take.
const TRY: Duration = Duration::from_secs(3);

/// How long a probe may take. A first SYN that is lost is sent again after 1 second (RFC 6298,
/// section 2), and no round trip on Earth takes more than another second.
const PROBE: Duration = Duration::from_secs(2);

/// A connection that could not be made.
#[derive(Debug, Error)]
#[error("cannot connect to {host} port {port}")]
pub(crate) struct ConnectError {
    /// The host's name or address.
    pub host: String,
    pub port: u16,
    /// Why its last address does not answer; [`io::ErrorKind::TimedOut`] if the time is up.
    pub source: io::Error,
}

impl Hint for ConnectError {
    fn hint(&self) -> Option<String> {
        let hint = "does a security group block the port? --via chooses another way";
        Some(hint.to_owned())
    }
}

/// Connects to the first of a host's addresses that answers.
///
/// # Errors
/// [`ConnectError`], after 10 seconds at the latest.
pub(crate) async fn connect(host: &str, port: u16) -> Result<TcpStream, ConnectError> {
    let connected = timeout(LIMIT, first_to_answer(host, port)).await;
    let connected = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    connected.map_err(|source| failed(host, port, source))
}

/// The same without a time limit, for a ProxyCommand: ssh ends it after its ConnectTimeout.
///
/// # Errors
/// [`ConnectError`].
pub(crate) fn connect_blocking(host: &str, port: u16) -> Result<net::TcpStream, ConnectError> {
    let connected = net::TcpStream::connect((host, port));
    let connected = connected.and_then(|stream| stream.set_nodelay(true).map(|()| stream));
    connected.map_err(|source| failed(host, port, source))
}

/// Connects to an address and closes the connection at once, which the server may log.
///
/// # Errors
/// Why there is no connection: [`io::ErrorKind::TimedOut`] if there is no answer.
pub(crate) async fn probe(address: SocketAddr) -> io::Result<()> {
    match timeout(PROBE, TcpStream::connect(address)).await {
        Ok(connected) => connected.map(drop),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

async fn first_to_answer(host: &str, port: u16) -> io::Result<TcpStream> {
    let addresses: Vec<_> = lookup_host((host, port)).await?.collect();
    let mut failure = io::ErrorKind::NotFound.into();
    for (at, address) in addresses.iter().enumerate() {
        let is_last = at + 1 == addresses.len();
        let limit = if is_last { LIMIT } else { TRY };
        match timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Keystrokes must not wait for each other.
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Ok(Err(cause)) => failure = cause,
            Err(_) => failure = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(failure)
}

fn failed(host: &str, port: u16, source: io::Error) -> ConnectError {
    let host = host.to_owned();
    ConnectError { host, port, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_connection_holds_small_writes_back() -> io::Result<()> {
        let server = net::TcpListener::bind("127.0.0.1:0")?;
        let port = server.local_addr()?.port();
        let relayed = connect_blocking("127.0.0.1", port).expect("a connection");
        let waited = connect("127.0.0.1", port).await.expect("a connection");
        assert!(relayed.nodelay()? && waited.nodelay()?);
        Ok(())
    }
}
