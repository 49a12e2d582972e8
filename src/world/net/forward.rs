//! A client's connection, forwarded over a TCP connection to an instance.

use std::io;

use thiserror::Error;
use tokio::io::{copy_bidirectional_with_sizes, join};

use super::listener::{Caller, is_caller_closed};
use super::tcp::{self, ConnectError};
use crate::hint::Hint;

/// How much is read at once, in bytes.
const CHUNK: usize = 32 << 10;

/// Why there is no connection, or why it ended.
#[derive(Debug, Error)]
pub(crate) enum ForwardError {
    /// It could not be made.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// It broke.
    #[error("the connection is lost")]
    Lost(#[source] io::Error),
}

impl Hint for ForwardError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Connect(error) => error.hint(),
            Self::Lost(_) => None,
        }
    }
}

/// Connects to a port of a host and copies bytes both ways until both directions have ended. The end of
/// each is passed on.
///
/// # Errors
/// [`ForwardError`].
pub(crate) async fn relay(caller: &mut Caller, host: &str, port: u16) -> Result<(), ForwardError> {
    let mut socket = tcp::connect(host, port).await?;
    let streams = caller.streams();
    let mut caller = join(streams.input, streams.output);
    match copy_bidirectional_with_sizes(&mut caller, &mut socket, CHUNK, CHUNK).await {
        Err(cause) if !is_caller_closed(&cause) => Err(ForwardError::Lost(cause)),
        _ => Ok(()),
    }
}
