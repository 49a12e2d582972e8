//! How an ssh that we have started is told from others.

/// The variable that is set in the environment of any ssh that we ask or become. There the block
/// does not apply: whoever runs mssh is on the way already.
pub const UNDER_US: &str = "MSSH_RUNS";

/// Which ssh that variable is meant for: not for those which its ProxyCommand or LocalCommand starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Under {
    /// Any: one that is asked (`ssh -G`), or leads through a hop.
    Any,
    /// The client that this process has become.
    Client(u32),
    /// The child of the client that this process has become (scp, sftp).
    ChildOf(u32),
}

impl Under {
    /// The variable's value.
    #[must_use]
    pub fn value(self) -> String {
        match self {
            Self::Any => "any".to_owned(),
            Self::Client(pid) => format!("client {pid}"),
            Self::ChildOf(pid) => format!("child {pid}"),
        }
    }

    /// Reads it.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        match value.split_once(' ') {
            None => (value == "any").then_some(Self::Any),
            Some(("client", pid)) => pid.parse().ok().map(Self::Client),
            Some(("child", pid)) => pid.parse().ok().map(Self::ChildOf),
            Some(_) => None,
        }
    }
}
