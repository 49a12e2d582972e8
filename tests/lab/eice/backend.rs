//! The server at port 3389 of every instance: it receives and sends bytes on request.
//!
//! The first line is a command: `echo`, `sink COUNT` (answers `ok` after that many bytes of the
//! pattern), `source COUNT` (sends that many, and closes), `quit` (closes).

use std::io;
use std::sync::OnceLock;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const BLOCK: usize = 1 << 20;

/// A mebibyte of random bytes; the pattern repeats it.
pub(crate) fn pattern() -> &'static [u8] {
    static PATTERN: OnceLock<Vec<u8>> = OnceLock::new();
    PATTERN.get_or_init(|| {
        let mut bytes = vec![0; BLOCK];
        fastrand::Rng::with_seed(7).fill(&mut bytes);
        bytes
    })
}

pub(super) async fn serve(stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::with_capacity(256 * 1024, stream);
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let (word, count) = line.trim().split_once(' ').unwrap_or((line.trim(), "0"));
    let count: usize = count.parse().unwrap_or(0);
    match word {
        "echo" => {
            let mut buffer = vec![0; 64 * 1024];
            loop {
                match stream.read(&mut buffer).await? {
                    0 => return Ok(()),
                    bytes => stream.write_all(&buffer[..bytes]).await?,
                }
            }
        }
        "sink" => {
            let answer = if takes(&mut stream, count).await? {
                "ok\n"
            } else {
                "changed\n"
            };
            stream.write_all(answer.as_bytes()).await?;
            // The client ends it.
            stream.read_to_end(&mut Vec::new()).await.map(drop)
        }
        "source" => {
            let mut left = count;
            while left > 0 {
                let bytes = left.min(BLOCK);
                stream.write_all(&pattern()[..bytes]).await?;
                left -= bytes;
            }
            stream.shutdown().await
        }
        _ => Ok(()),
    }
}

/// Whether that many bytes arrive and match the pattern.
async fn takes(stream: &mut BufReader<TcpStream>, count: usize) -> io::Result<bool> {
    let (mut at, mut same) = (0, true);
    while at < count {
        let bytes = stream.fill_buf().await?;
        if bytes.is_empty() {
            return Ok(false);
        }
        let taken = bytes.len().min(BLOCK - at % BLOCK).min(count - at);
        same &= bytes[..taken] == pattern()[at % BLOCK..at % BLOCK + taken];
        stream.consume(taken);
        at += taken;
    }
    Ok(same)
}
