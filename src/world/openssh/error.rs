//! Errors of ssh, and of changes to its configuration.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::hint::Hint;
use crate::plan::ssh_g::bad_value::BadConfigValue;
use crate::wire::agent::HostKeyRefusal;
use crate::world::process::error::ClientError;

/// Why ssh fails, or its configuration cannot be changed.
#[derive(Debug, Error)]
pub(crate) enum SshError {
    /// ssh rejects the command line or its configuration, with its own message.
    #[error("{}", String::from_utf8_lossy(stderr))]
    Refused { stderr: Vec<u8>, status: u8 },
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Config(#[from] BadConfigValue),
    #[error("{shown} is not the host key that AWS publishes for this serial console")]
    OtherHostKey { shown: String },
    #[error("{}", .0.message)]
    RefusedHostKey(HostKeyRefusal),
    #[error("cannot change {}", path.display())]
    File { path: PathBuf, source: io::Error },
}

impl SshError {
    /// The exit status: 127 for a missing client, as in a shell; ssh's own if it refuses.
    pub(crate) fn status(&self) -> Option<u8> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Client(ClientError::NotFound(_)) => Some(127),
            Self::Client(ClientError::CannotRun { .. })
            | Self::Config(_)
            | Self::OtherHostKey { .. }
            | Self::RefusedHostKey(_)
            | Self::File { .. } => None,
        }
    }
}

impl Hint for SshError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Refused { .. } => None,
            Self::Client(error) => error.hint(),
            Self::Config(error) => error.hint(),
            Self::OtherHostKey { .. } => Some(
                "someone may be intercepting the connection; if AWS has announced a new key, \
                 connect once with `-o StrictHostKeyChecking=ask`"
                    .to_owned(),
            ),
            Self::RefusedHostKey(refusal) => Some(refusal.hint.clone()),
            Self::File { .. } => Some(
                "your files are intact; `mssh --ssh-config` prints what to add to them".to_owned(),
            ),
        }
    }
}
