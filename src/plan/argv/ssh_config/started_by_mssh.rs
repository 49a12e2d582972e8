//! Distinguishes an ssh that mssh has started from others.

/// Which ssh mssh has started, from an environment variable. The block of `--ssh-config` does
/// not apply to that ssh: mssh has already chosen its route. It does apply to what that ssh's own
/// ProxyCommand or LocalCommand starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StartedByMssh {
    /// Any: for `ssh -G`, or an ssh that connects to a jump host.
    AnySsh,
    /// The client that this process has become.
    Client(u32),
    /// The child of the client that this process has become (scp, sftp).
    ChildOf(u32),
}

impl StartedByMssh {
    /// The name of the variable.
    pub(crate) const ENV: &str = "MSSH_RUNS";

    /// The value of the variable.
    #[must_use]
    pub(crate) fn value(self) -> String {
        match self {
            Self::AnySsh => "any".to_owned(),
            Self::Client(pid) => format!("client {pid}"),
            Self::ChildOf(pid) => format!("child {pid}"),
        }
    }

    /// Parses the value of the variable.
    #[must_use]
    pub(crate) fn parse(value: &str) -> Option<Self> {
        match value.split_once(' ') {
            None => (value == "any").then_some(Self::AnySsh),
            Some(("client", pid)) => pid.parse().ok().map(Self::Client),
            Some(("child", pid)) => pid.parse().ok().map(Self::ChildOf),
            Some(_) => None,
        }
    }
}
