//! Why there is no websocket.

use std::io;

use thiserror::Error;

use crate::hint::Hint;
use crate::plan::aws::clock::Offset;
use crate::world::net::error::NetworkError;
use crate::world::net::tcp::ConnectError;

/// Why there is no websocket.
#[derive(Debug, Error)]
pub(crate) enum DialError {
    /// The server answers the upgrade with a status other than 101.
    #[error("HTTP {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The beginning of the body.
        body: Vec<u8>,
        /// How far this machine's clock is off, by the answer's Date.
        off: Option<Offset>,
    },
    /// No TCP connection, or it has ended early.
    #[error("cannot reach {host}")]
    Unreachable {
        /// The server.
        host: String,
        /// What the system says.
        source: io::Error,
    },
    /// A step took too long.
    #[error("{}", step.late(host))]
    TimedOut {
        /// Which one.
        step: DialStep,
        /// The server.
        host: String,
    },
    /// What the server says is not the upgrade of RFC 6455.
    #[error("cannot open a websocket at {host}: {cause}")]
    NoWebsocket {
        /// The server.
        host: String,
        /// What is wrong.
        cause: String,
    },
    /// Proxies and TLS.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// A step on the way to a websocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DialStep {
    /// Name and TCP.
    Connect,
    /// A proxy's CONNECT.
    Proxy,
    Tls,
    /// The upgrade from HTTP to a websocket.
    Upgrade,
    /// The answer to a request.
    Answer,
}

impl DialStep {
    fn late(self, host: &str) -> String {
        match self {
            Self::Connect => format!("timed out connecting to {host}"),
            Self::Proxy => format!("the proxy did not connect to {host} in time"),
            Self::Tls => format!("{host} did not answer to TLS in time"),
            Self::Upgrade => format!("{host} did not open the tunnel in time"),
            Self::Answer => format!("{host} did not answer in time"),
        }
    }
}

impl From<ConnectError> for DialError {
    fn from(error: ConnectError) -> Self {
        let ConnectError { host, source, .. } = error;
        if source.kind() == io::ErrorKind::TimedOut {
            let step = DialStep::Connect;
            return Self::TimedOut { step, host };
        }
        Self::Unreachable { host, source }
    }
}

impl Hint for DialError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Refused { .. } => return None,
            Self::Unreachable { .. }
            | Self::TimedOut {
                step: DialStep::Connect,
                ..
            } => "check the network; if only a proxy leads out, set HTTPS_PROXY",
            Self::TimedOut { .. } => "check the network, and try again",
            Self::NoWebsocket { .. } => "does a proxy or a firewall block websockets?",
            Self::Network(error) => return error.hint(),
        };
        Some(hint.to_owned())
    }
}
