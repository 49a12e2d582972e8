//! The part of HTTP/1.1 that AWS clients use.

use std::io::{self, BufRead, Read, Write};
use std::thread;
use std::time::{Duration, SystemTime};

use super::clock;

#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) request_id: String,
    /// The time on AWS's clock.
    pub(crate) date: SystemTime,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The next request of a connection, or `None` if the client has closed it.
    pub(crate) fn read(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut first = line.split(' ').map(str::to_owned);
        let (method, target) = (first.next(), first.next());
        let mut headers = Vec::new();
        loop {
            line.clear();
            from.read_line(&mut line)?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut request = Self {
            method: method.unwrap_or_default(),
            target: target.unwrap_or_default(),
            headers,
            body: String::new(),
        };
        let length = request.header("content-length").parse().unwrap_or(0);
        from.take(length).read_to_string(&mut request.body)?;
        Ok(Some(request))
    }

    /// The value of a header, by its lower-case name; empty if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }
}

impl Response {
    pub(crate) fn send(&self, to: &mut impl Write) -> io::Result<()> {
        to.write_all(&[self.head().as_bytes(), &self.body].concat())
    }

    /// Sends its head and half of its body.
    pub(crate) fn send_half(&self, to: &mut impl Write) -> io::Result<()> {
        let half = &self.body[..self.body.len() / 2];
        to.write_all(&[self.head().as_bytes(), half].concat())
    }

    /// Sends it piece by piece, spread over `time`.
    pub(crate) fn send_slowly(&self, to: &mut impl Write, time: Duration) -> io::Result<()> {
        const PIECES: u32 = 10;
        to.write_all(self.head().as_bytes())?;
        let size = self.body.len() / PIECES as usize + 1;
        for piece in self.body.chunks(size) {
            to.flush()?;
            thread::sleep(time / PIECES);
            to.write_all(piece)?;
        }
        Ok(())
    }

    fn head(&self) -> String {
        format!(
            "HTTP/1.1 {} {}\r\nx-amzn-RequestId: {}\r\nDate: {}\r\nContent-Type: {}\r\n\
             Content-Length: {}\r\n\r\n",
            self.status,
            reason(self.status),
            self.request_id,
            clock::http(self.date),
            self.content_type,
            self.body.len()
        )
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}
