//! Why a client, or mssh itself, cannot run.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::hint::Hint;

/// Why one of OpenSSH's clients cannot be run.
#[derive(Debug, Error)]
pub(crate) enum ClientError {
    #[error("`{0}` not found on PATH")]
    NotFound(&'static str),
    #[error("cannot run {}", path.display())]
    CannotRun { path: PathBuf, source: io::Error },
}

impl Hint for ClientError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NotFound(_) => {
                Some("install the OpenSSH clients (package openssh-client)".to_owned())
            }
            Self::CannotRun { .. } => None,
        }
    }
}

/// Failures of the process itself, and of its standard output.
#[derive(Debug, Error)]
pub(crate) enum IoError {
    #[error("cannot start")]
    Start(#[source] io::Error),
    #[error("cannot write to standard output")]
    Output(#[source] io::Error),
    #[error("cannot read standard input")]
    Input(#[source] io::Error),
    /// A panic, with its place in the sources.
    #[error("this is a bug in mssh, at {place}: please report it with the output of --debug")]
    Bug { place: String },
}

impl Hint for IoError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Start(_) | Self::Output(_) | Self::Input(_) | Self::Bug { .. } => None,
        }
    }
}
