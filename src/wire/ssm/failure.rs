//! Why a session failed.

use std::fmt;

/// Why a session failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SessionFailure {
    /// The agent wants the session encrypted with a KMS key. It never does for a port.
    KmsEncryption,
    /// The agent's release, and the oldest that can do this.
    OldAgent(String, &'static str),
    /// Any other reason, in the agent's words or ours.
    Other(String),
}

impl From<String> for SessionFailure {
    fn from(reason: String) -> Self {
        Self::Other(reason)
    }
}

impl From<&str> for SessionFailure {
    fn from(reason: &str) -> Self {
        Self::Other(reason.to_owned())
    }
}

impl fmt::Display for SessionFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KmsEncryption => f.write_str("encryption with KMS is not supported"),
            Self::OldAgent(release, oldest) => write!(
                f,
                "the SSM Agent's release {release} is too old for that: it takes {oldest} or later"
            ),
            Self::Other(reason) => f.write_str(reason),
        }
    }
}
