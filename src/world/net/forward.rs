//! A client's connection, forwarded over a TCP connection to an instance.

use tokio::io::{copy_bidirectional_with_sizes, join};

use super::listener::{Caller, is_caller_closed};
use super::tcp;
use crate::error::{Error, Tunnel};

/// How much is read at once, in bytes.
const CHUNK: usize = 32 << 10;

/// Connects to a port of a host and copies bytes both ways until both directions have ended. The end of
/// each is passed on.
///
/// # Errors
/// [`tcp::ConnectError`], and [`Tunnel::Lost`] when the connection breaks.
pub(crate) async fn carry(caller: &mut Caller, host: &str, port: u16) -> Result<(), Error> {
    let mut socket = tcp::connect(host, port).await?;
    let streams = caller.streams();
    let mut caller = join(streams.input, streams.output);
    match copy_bidirectional_with_sizes(&mut caller, &mut socket, CHUNK, CHUNK).await {
        Err(cause) if !is_caller_closed(&cause) => Err(Tunnel::Lost(cause.to_string()).into()),
        _ => Ok(()),
    }
}
