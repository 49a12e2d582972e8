//! The HTTP server of the fake AWS: a listener on loopback, a thread for each connection.

use std::io::{self, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::aws_error::Protocol;
use super::fake_aws::{FakeAws, Reaction};
use super::http::Request;

/// Listens until dropped. Connections last until the client closes them.
pub(crate) struct Server {
    address: SocketAddr,
    aws: Arc<FakeAws>,
    closed: Arc<AtomicBool>,
}

impl Server {
    pub(crate) fn open(aws: Arc<FakeAws>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        // The backlog of the standard library is 128. In a burst there are more, and Linux makes
        // those wait for seconds.
        rustix::net::listen(&listener, 4096)?;
        let server = Self {
            address: listener.local_addr()?,
            aws: Arc::clone(&aws),
            closed: Arc::default(),
        };
        let closed = Arc::clone(&server.closed);
        thread::Builder::new()
            .name("lab region".to_owned())
            .spawn(move || {
                for stream in listener.incoming().map_while(Result::ok) {
                    if closed.load(Ordering::Relaxed) {
                        break;
                    }
                    let aws = Arc::clone(&aws);
                    // A client that hangs up early is not an error.
                    thread::spawn(move || {
                        stream.set_nodelay(true)?;
                        converse(stream, &aws)
                    });
                }
            })?;
        Ok(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn aws(&self) -> &Arc<FakeAws> {
        &self.aws
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        // Wakes the listener, which then sees the flag.
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers requests until the connection ends.
pub(super) fn converse(stream: impl Read + Write, aws: &FakeAws) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = Request::read(&mut stream)? {
        match aws.react(&request) {
            Reaction::Send(answer) => answer.send(stream.get_mut())?,
            Reaction::SendSlowly(answer, time) => answer.send_slowly(stream.get_mut(), time)?,
            Reaction::Close => return Ok(()),
            Reaction::SendHalf(answer) => return answer.send_half(stream.get_mut()),
            Reaction::EndlessHead => return endless_head(stream.get_mut()),
            Reaction::Endless(protocol) => return endless(stream.get_mut(), protocol),
            Reaction::Hang => {
                io::copy(&mut stream, &mut io::sink())?;
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Sends an endless answer, some 60 MB a second.
fn endless(to: &mut impl Write, protocol: Protocol) -> io::Result<()> {
    let content_type = protocol.content_type();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    to.write_all(head.as_bytes())?;
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x1_0000));
    loop {
        to.write_all(chunk.as_bytes())?;
        thread::sleep(Duration::from_millis(1));
    }
}

/// Sends headers without an end, some MB a second.
fn endless_head(to: &mut impl Write) -> io::Result<()> {
    to.write_all(b"HTTP/1.1 200 OK\r\n")?;
    let header = format!("x-lab: {}\r\n", "a".repeat(4096));
    loop {
        to.write_all(header.as_bytes())?;
        thread::sleep(Duration::from_millis(1));
    }
}
