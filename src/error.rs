//! Everything that can go wrong: the message, the hint, and the exit status.
//!
//! Each variant names the mistake or the failed condition, not the call that noticed it.

mod push;
mod tunnel;

use thiserror::Error;

pub(crate) use self::push::{Cause, PushError};
pub(crate) use self::tunnel::TunnelError;
use crate::hint::Hint;
use crate::plan::argv::host_key_check::CannotVerify;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::cli::config::error::ConfigError;
use crate::plan::cli::usage::Usage;
use crate::plan::route::eice::NoEndpoint;
use crate::plan::route::error::RouteError;
use crate::plan::ssh_g::bad_value::BadConfigValue;
use crate::plan::target::bad_name::BadName;
use crate::world::aws::error::{AwsError, StaleSession};
use crate::world::config::ConfigFileError;
use crate::world::key::error::KeyError;
use crate::world::net::forward::ForwardError;
use crate::world::net::listener::ListenError;
use crate::world::net::tcp::ConnectError;
use crate::world::net::websocket::DialError;
use crate::world::openssh::error::SshError;
use crate::world::process::error::{ClientError, IoError};
use crate::world::process::output_dir::OutputDirError;

/// Why mssh cannot do what the user asked for.
#[derive(Debug, Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Usage(#[from] Usage),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    ConfigFile(#[from] ConfigFileError),
    #[error(transparent)]
    Ssh(#[from] SshError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error(transparent)]
    Io(#[from] IoError),
    #[error(transparent)]
    OutputDir(#[from] OutputDirError),
    #[error(transparent)]
    Instance(#[from] InstanceError),
    #[error(transparent)]
    Route(#[from] RouteError),
    #[error(transparent)]
    Aws(AwsError),
    #[error(transparent)]
    CannotVerify(#[from] CannotVerify),
    #[error(transparent)]
    Push(#[from] PushError),
    #[error(transparent)]
    Tunnel(#[from] TunnelError),
}

impl From<ClientError> for Error {
    fn from(error: ClientError) -> Self {
        Self::Ssh(error.into())
    }
}

impl From<BadConfigValue> for Error {
    fn from(error: BadConfigValue) -> Self {
        Self::Ssh(error.into())
    }
}

impl From<NoEndpoint> for Error {
    fn from(error: NoEndpoint) -> Self {
        Self::Route(error.into())
    }
}

impl From<ConnectError> for Error {
    fn from(error: ConnectError) -> Self {
        Self::Tunnel(ForwardError::from(error).into())
    }
}

impl From<ForwardError> for Error {
    fn from(error: ForwardError) -> Self {
        Self::Tunnel(error.into())
    }
}

impl From<DialError> for Error {
    fn from(error: DialError) -> Self {
        Self::Tunnel(error.into())
    }
}

impl From<BadName> for Error {
    fn from(name: BadName) -> Self {
        Self::Usage(name.into())
    }
}

impl From<AwsError> for Error {
    fn from(error: AwsError) -> Self {
        match error {
            AwsError::Instance(error) => Self::Instance(error),
            AwsError::Console(error) => Self::Route(error.into()),
            other => Self::Aws(other),
        }
    }
}

impl Error {
    /// The cached session that AWS has refused, if it has been deleted from the cache.
    #[must_use]
    pub(crate) fn dropped_session(&self) -> Option<&StaleSession> {
        match self {
            Self::Aws(error) => error.dropped_session(),
            Self::Push(error) => error.stale.as_ref().filter(|it| it.is_deleted),
            _ => None,
        }
    }

    fn phase(&self) -> &dyn Hint {
        match self {
            Self::Usage(error) => error,
            Self::Config(error) => error,
            Self::ConfigFile(error) => error,
            Self::Ssh(error) => error,
            Self::Key(error) => error,
            Self::Listen(error) => error,
            Self::Io(error) => error,
            Self::OutputDir(error) => error,
            Self::Instance(error) => error,
            Self::Route(error) => error,
            Self::Aws(error) => error,
            Self::CannotVerify(error) => error,
            Self::Push(error) => error,
            Self::Tunnel(error) => error,
        }
    }

    /// The exit status: 255, as of ssh when it cannot connect; or the client's own, if it refused
    /// or is missing; or that of the picker, if nothing is chosen.
    pub(crate) fn status(&self) -> u8 {
        match self {
            Self::Ssh(error) => error.status().unwrap_or(255),
            Self::Instance(InstanceError::NotChosen) => 130,
            _ => 255,
        }
    }
}

impl Hint for Error {
    fn hint(&self) -> Option<String> {
        self.phase().hint()
    }

    fn details(&self) -> Vec<String> {
        self.phase().details()
    }
}
