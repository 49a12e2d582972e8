//! Why a port cannot be listened on.

use std::io;

use thiserror::Error;

use crate::hint::Hint;

/// The port, and what the system says.
#[derive(Debug, Error)]
#[error("cannot listen on {address}")]
pub(crate) struct ListenError {
    /// As the user wrote it.
    pub address: String,
    /// Why not (bind(2)).
    pub source: io::Error,
}

impl Hint for ListenError {
    fn hint(&self) -> Option<String> {
        let hint = match self.source.kind() {
            io::ErrorKind::AddrInUse => {
                "another program uses that port: choose another, or 0 for any free one"
            }
            io::ErrorKind::AddrNotAvailable => "this machine has no such address: leave it out",
            io::ErrorKind::PermissionDenied => "ports below 1024 need root: choose another",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}
