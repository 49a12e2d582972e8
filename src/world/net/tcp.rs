//! Whether anybody listens at an address.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long an answer is waited for. A first SYN that is lost is sent again after 1 second
/// (RFC 6298, section 2), and no round trip on Earth needs another.
const PATIENCE: Duration = Duration::from_secs(2);

/// Opens a TCP connection and closes it again, without a word. Whoever listens may note that in
/// its log.
///
/// # Errors
/// Why there is none: [`io::ErrorKind::TimedOut`] where there is no answer.
pub(crate) async fn connect(address: SocketAddr) -> io::Result<()> {
    match timeout(PATIENCE, TcpStream::connect(address)).await {
        Ok(connected) => connected.map(drop),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}
