//! A TCP connection for ssh, with the options that ssh itself would set; and TCP_NODELAY from the
//! start.
//!
//! ssh sets TCP_NODELAY only when a session begins (`apply_qos()` in OpenSSH's `packet.c`). Until then
//! one small write of the login waits for the server's delayed acknowledgement: 40 ms on Linux.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::sockopt;
use tokio::time::timeout;

use crate::plan::argv::own_connection::SocketOptions;

/// How long our own attempt may take. After it, ssh connects by itself, with all of its own time.
const LIMIT: Duration = Duration::from_secs(1);

/// How long ssh waits between attempts.
const PAUSE: Duration = Duration::from_secs(1);

/// Connects to an address, in one attempt of at most a second. Call it in the runtime.
///
/// # Errors
/// [`io::ErrorKind::TimedOut`] if there is no answer in time; else why there is none.
pub(crate) async fn connect(address: SocketAddr, options: SocketOptions) -> io::Result<TcpStream> {
    let connecting = tokio::net::TcpStream::connect(address);
    let connected = timeout(LIMIT, connecting).await;
    let stream = connected.map_err(|_| io::Error::from(Errno::TIMEDOUT))??;
    // The process that gets the descriptor shares this flag.
    let stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    Ok(prepared(stream, options))
}

/// Connects as ssh does, in its time and as often (`ssh_connect_direct()` in OpenSSH's `sshconnect.c`).
///
/// # Errors
/// Why the last attempt fails.
pub(crate) fn connect_blocking(
    address: SocketAddr,
    options: SocketOptions,
    (limit, attempts): (Option<Duration>, u32),
) -> io::Result<TcpStream> {
    let mut left = attempts.max(1);
    loop {
        let connected = match limit.filter(|it| !it.is_zero()) {
            Some(limit) => TcpStream::connect_timeout(&address, limit),
            None => TcpStream::connect(address),
        };
        left -= 1;
        match connected {
            Ok(stream) => return Ok(prepared(stream, options)),
            // The library's own error for a time-out has no number.
            Err(cause) if left == 0 && cause.kind() == io::ErrorKind::TimedOut => {
                return Err(Errno::TIMEDOUT.into());
            }
            Err(cause) if left == 0 => return Err(cause),
            Err(_) => thread::sleep(PAUSE),
        }
    }
}

/// Sets the options. None is essential: a failure does no harm.
fn prepared(stream: TcpStream, options: SocketOptions) -> TcpStream {
    let _ = stream.set_nodelay(true);
    if options.keepalive {
        let _ = sockopt::set_socket_keepalive(&stream, true);
    }
    if let Some(tos) = options.tos {
        let _ = match stream.peer_addr() {
            Ok(SocketAddr::V6(_)) => sockopt::set_ipv6_tclass(&stream, tos.into()),
            _ => sockopt::set_ip_tos(&stream, tos),
        };
    }
    stream
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::time::Instant;

    use super::*;

    const NONE: SocketOptions = SocketOptions {
        keepalive: false,
        tos: None,
    };

    #[tokio::test]
    async fn a_connection_has_what_ssh_would_set() -> io::Result<()> {
        for place in ["127.0.0.1:0", "[::1]:0"] {
            let server = TcpListener::bind(place)?;
            let address = server.local_addr()?;
            let wanted = SocketOptions {
                keepalive: true,
                tos: Some(0x48),
            };
            let blocking = connect_blocking(address, wanted, (None, 1))?;
            for stream in [connect(address, wanted).await?, blocking] {
                assert!(stream.nodelay()? && sockopt::socket_keepalive(&stream)?);
                let tos = match address {
                    SocketAddr::V4(_) => sockopt::ip_tos(&stream)?.into(),
                    SocketAddr::V6(_) => sockopt::ipv6_tclass(&stream)?,
                };
                assert_eq!(tos, 0x48);
                let flags = rustix::fs::fcntl_getfl(&stream)?;
                assert!(!flags.contains(rustix::fs::OFlags::NONBLOCK));
            }
            let plain = connect(address, NONE).await?;
            assert!(plain.nodelay()? && !sockopt::socket_keepalive(&plain)?);
        }
        Ok(())
    }

    #[tokio::test]
    async fn an_attempt_that_fails_says_why() -> io::Result<()> {
        let server = TcpListener::bind("127.0.0.1:0")?;
        let closed = server.local_addr()?;
        drop(server);
        let refused = connect(closed, NONE).await.expect_err("refused");
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        let begin = Instant::now();
        let refused = connect_blocking(closed, NONE, (None, 2)).expect_err("refused");
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        assert!(begin.elapsed() >= PAUSE, "two attempts");
        Ok(())
    }
}
