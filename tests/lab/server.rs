//! The fake AWS's door: a listener on loopback, a thread for each connection.

use std::io::{self, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::aws_error::Protocol;
use super::fake_aws::{FakeAws, Reaction};
use super::http::Request;

/// Open until dropped. Connections end with their clients.
pub(crate) struct Server {
    address: SocketAddr,
    region: Arc<FakeAws>,
    closed: Arc<AtomicBool>,
}

impl Server {
    pub(crate) fn open(region: Arc<FakeAws>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        // The standard library lets 128 wait. In a burst more come at once, and Linux has those
        // wait for seconds.
        rustix::net::listen(&listener, 4096)?;
        let server = Self {
            address: listener.local_addr()?,
            region: Arc::clone(&region),
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
                    let region = Arc::clone(&region);
                    // A client who has gone away in the middle is no concern of ours.
                    thread::spawn(move || {
                        stream.set_nodelay(true)?;
                        converse(stream, &region)
                    });
                }
            })?;
        Ok(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn region(&self) -> &Arc<FakeAws> {
        &self.region
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        // Wakes the listener, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers one request after the other until either side has enough.
pub(super) fn converse(stream: impl Read + Write, region: &FakeAws) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = Request::read(&mut stream)? {
        match region.react(&request) {
            Reaction::Send(answer) => answer.send(stream.get_mut())?,
            Reaction::SendSlowly(answer, time) => answer.send_slowly(stream.get_mut(), time)?,
            Reaction::Close => return Ok(()),
            Reaction::Endless(protocol) => return endless(stream.get_mut(), protocol),
            Reaction::Hang => {
                io::copy(&mut stream, &mut io::sink())?;
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Answers for as long as that is taken, some 60 MB a second.
fn endless(to: &mut impl Write, protocol: Protocol) -> io::Result<()> {
    let content_type = protocol.content_type();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    to.write_all(head.as_bytes())?;
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x1_0000));
    loop {
        to.write_all(chunk.as_bytes())?;
        thread::sleep(std::time::Duration::from_millis(1));
    }
}
