//! Everything that can go wrong: what is said, what to try, and the exit status.
//!
//! Each variant names the mistake or the state of the world, not the call that noticed it.

mod hint;
mod tunnel;

use std::io;
use std::path::PathBuf;

use thiserror::Error;

pub use self::tunnel::{Step, Tunnel};
use crate::plan::aws::region::ChosenRegion;
use crate::plan::cli::usage::Usage;
use crate::plan::route::NoAddress;
use crate::plan::route::no_console::NoConsole;
use crate::plan::route::race::Shut;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::ids::{InstanceId, Region};
use crate::plan::target::instance::State;
use crate::world::aws::error::{AwsError, StaleSession};
use crate::world::net::error::NetworkError;

/// Why we cannot do what we were asked.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the text of each variant stands beside it")]
pub enum Error {
    #[error(transparent)]
    Usage(#[from] Usage),
    /// The client refused the words, and said so itself on its standard error.
    #[error("{}", String::from_utf8_lossy(stderr))]
    ClientRefused { stderr: Vec<u8>, status: u8 },
    #[error("`{0}` is not to be found on PATH")]
    NoClient(&'static str),
    #[error("cannot run {}: {}", .0.display(), .1)]
    CannotRun(PathBuf, io::Error),
    #[error("no directory for the key ({})", causes(.0))]
    NoRoom(Vec<(PathBuf, io::Error)>),
    #[error("cannot start the keeper of the key: {0}")]
    NoKeeper(io::Error),
    #[error("the key's minute was over before the instance was found")]
    TooLate,
    #[error("cannot write the key {}: {}", .0.display(), .1)]
    Key(PathBuf, io::Error),
    #[error("no key can be in {}: {}", .0.display(), .1)]
    KeyDir(PathBuf, io::Error),
    #[error("cannot change {}: {}", .0.display(), .1)]
    SshFile(PathBuf, io::Error),
    #[error("no connection to {host} port {port}: {cause}")]
    NoConnection {
        host: String,
        port: u16,
        cause: io::Error,
    },
    /// No mistake, and nothing is said: it is what was wanted.
    #[error("told to go")]
    Hangup,
    #[error("cannot listen on {place}: {cause}")]
    NoListener { place: String, cause: io::Error },
    #[error("cannot start: {0}")]
    Runtime(io::Error),
    /// A panic, at this place in the sources.
    #[error("this is a bug in mssh, at {place}: please report it, with what --debug says")]
    Bug { place: String },
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
    #[error("cannot read the key {}: {}", .0.display(), .1)]
    OwnKeyUnreadable(PathBuf, io::Error),
    #[error("no public half to be found for the key {}", .0.display())]
    NoPublicHalf(PathBuf),
    /// A key, and its type.
    #[error("EC2 Instance Connect does not take {} keys: {}", .1, .0.display())]
    UnpushableKey(PathBuf, String),
    #[error(transparent)]
    Aws(AwsError),
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Tunnel(#[from] Tunnel),
    #[error("cannot find the address of {host}: {cause}")]
    Unresolvable { host: String, cause: String },
    #[error("instance {id} is {state}")]
    NotRunning {
        id: InstanceId,
        state: State,
        region: Region,
    },
    #[error("the session is over: {reason}")]
    SessionOver { reason: String },
    /// A session that is over because its agent could not connect to the port.
    #[error("the session is over: {reason}")]
    NothingListens { port: u16, reason: String },
    #[error("instance {id} has no {missing}")]
    NoAddress { id: InstanceId, missing: NoAddress },
    #[error("no way leads to instance {id}")]
    NoWay {
        id: InstanceId,
        shut: Vec<(&'static str, Shut)>,
    },
    #[error("{}", why.message(id, region))]
    NoConsole {
        id: InstanceId,
        region: Box<ChosenRegion>,
        why: NoConsole,
    },
    #[error("{shown} is not the host key that AWS publishes for this serial console")]
    OtherHostKey { shown: String },
}

impl From<BadName> for Error {
    fn from(name: BadName) -> Self {
        Self::Usage(name.into())
    }
}

impl From<AwsError> for Error {
    fn from(error: AwsError) -> Self {
        match error {
            AwsError::SessionOver { reason } => Self::SessionOver { reason },
            other => Self::Aws(other),
        }
    }
}

impl Error {
    /// The session that AWS has refused, if it came from the cache and is gone from there now.
    #[must_use]
    pub fn dropped_session(&self) -> Option<&StaleSession> {
        match self {
            Self::Aws(error) => error.dropped_session(),
            _ => None,
        }
    }

    /// The exit status: 255, as of ssh when it cannot connect; 127 for a missing client, as of
    /// a shell; and the client's own where the client has refused.
    pub fn status(&self) -> u8 {
        match self {
            Self::NoClient(_) => 127,
            Self::ClientRefused { status, .. } => *status,
            _ => 255,
        }
    }
}

fn causes(tried: &[(PathBuf, io::Error)]) -> String {
    let causes: Vec<String> = tried
        .iter()
        .map(|(path, cause)| format!("{}: {cause}", path.display()))
        .collect();
    causes.join("; ")
}
