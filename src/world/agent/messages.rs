//! The messages of agents on sockets.

use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;

use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::UnixStream;

use crate::wire::agent;
use crate::world::net::pass_fd;

/// Reads a message. `None` at the end of the stream.
///
/// # Errors
/// If the socket fails, or the message is over the limit.
pub(super) async fn read(stream: &mut UnixStream) -> io::Result<Option<Vec<u8>>> {
    let mut prefix = [0; 4];
    match stream.read_exact(&mut prefix).await {
        Err(cause) if cause.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    };
    let length = agent::length(prefix).ok_or(ErrorKind::InvalidData)?;
    // Memory is taken as the message arrives.
    let mut message = Vec::new();
    let mut limited = stream.take(length as u64);
    limited.read_to_end(&mut message).await?;
    Ok((message.len() == length).then_some(message))
}

/// Writes a message.
///
/// # Errors
/// If the socket fails, or the message is over the limit.
pub(super) async fn write(stream: &mut UnixStream, message: &[u8]) -> io::Result<()> {
    let framed = agent::framed(message).ok_or(ErrorKind::InvalidData)?;
    stream.write_all(&framed).await
}

/// Writes a message, and sends a descriptor with it.
///
/// # Errors
/// If the socket fails, or the message is over the limit.
pub(super) async fn write_with(
    stream: &mut UnixStream,
    message: &[u8],
    descriptor: OwnedFd,
) -> io::Result<()> {
    let framed = agent::framed(message).ok_or(ErrorKind::InvalidData)?;
    let send = || pass_fd::send(&*stream, &framed, &descriptor);
    let written = stream.async_io(Interest::WRITABLE, send).await?;
    stream.write_all(&framed[written..]).await
}
