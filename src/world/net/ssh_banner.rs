//! What a port answers: a TCP connection, and the version of an SSH server.
//!
//! <https://www.rfc-editor.org/rfc/rfc4253#section-4.2>

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::plan::doctor::network::facts::PortAnswer;

/// How long a connection may take. A first SYN that is lost is sent again after 1 second.
const CONNECT: Duration = Duration::from_secs(3);

/// How long the version may take. An sshd that looks up the client's name (UseDNS) may be slow.
const BANNER: Duration = Duration::from_secs(3);

/// How many bytes may come before the version, and with it.
pub(crate) const LONGEST: usize = 4096;

/// How many characters of an answer are kept.
const KEPT: usize = 100;

/// Connects, and waits for the version. Sends nothing.
pub(crate) async fn answer(at: SocketAddr) -> PortAnswer {
    match timeout(CONNECT, TcpStream::connect(at)).await {
        Err(_) => PortAnswer::Dropped,
        Ok(Ok(stream)) => version(stream).await,
        Ok(Err(error)) => match error.kind() {
            io::ErrorKind::ConnectionRefused => PortAnswer::Refused,
            io::ErrorKind::TimedOut => PortAnswer::Dropped,
            _ => PortAnswer::NoPath(error.to_string()),
        },
    }
}

/// The local address of connections to there. Sends nothing: connect(2) on a datagram socket only
/// chooses a route.
pub(crate) fn local_address(to: SocketAddr) -> Option<IpAddr> {
    let any: SocketAddr = match to {
        SocketAddr::V4(_) => ([0; 4], 0).into(),
        SocketAddr::V6(_) => ([0; 16], 0).into(),
    };
    let socket = UdpSocket::bind(any).ok()?;
    socket.connect(to).ok()?;
    socket.local_addr().ok().map(|it| it.ip())
}

/// What the server says: lines of any kind may come before its version.
async fn version(mut stream: impl AsyncRead + Unpin) -> PortAnswer {
    let mut said = Vec::new();
    let reading = async {
        let mut buffer = [0; 512];
        while said.len() < LONGEST {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return true,
                Ok(length) => said.extend_from_slice(&buffer[..length]),
            }
            if version_in(&said).is_some() {
                break;
            }
        }
        false
    };
    let is_closed = timeout(BANNER, reading).await.unwrap_or(false);
    match version_in(&said) {
        Some(version) => PortAnswer::Ssh(version),
        None if !said.is_empty() => PortAnswer::Other(shortened(&said)),
        None if is_closed => PortAnswer::Closed,
        None => PortAnswer::Silent,
    }
}

/// The whole line that begins with `SSH-`.
pub(crate) fn version_in(said: &[u8]) -> Option<String> {
    let end = said.iter().rposition(|byte| *byte == b'\n')?;
    let mut lines = said[..end].split(|byte| *byte == b'\n');
    lines.find(|line| line.starts_with(b"SSH-")).map(shortened)
}

/// The beginning of a text, which is shown escaped.
fn shortened(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.trim().chars().take(KEPT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_version_may_come_in_pieces_and_after_other_lines() {
        let long = "x".repeat(LONGEST + 1);
        for (said, answer) in [
            (
                "SSH-2.0-OpenSSH_9.6\r\n",
                PortAnswer::Ssh("SSH-2.0-OpenSSH_9.6".to_owned()),
            ),
            (
                "hello\r\nSSH-2.0-x\n\0\0",
                PortAnswer::Ssh("SSH-2.0-x".to_owned()),
            ),
            ("", PortAnswer::Closed),
            (
                "Not allowed at this time\r\n",
                PortAnswer::Other("Not allowed at this time".to_owned()),
            ),
            ("SSH-2.0-cut", PortAnswer::Other("SSH-2.0-cut".to_owned())),
            (long.as_str(), PortAnswer::Other("x".repeat(KEPT))),
        ] {
            assert_eq!(version(said.as_bytes()).await, answer);
        }
    }

    #[test]
    fn the_local_address_is_that_of_the_route() {
        let here: SocketAddr = "127.0.0.9:22".parse().unwrap();
        assert_eq!(local_address(here), Some("127.0.0.1".parse().unwrap()));
    }
}
