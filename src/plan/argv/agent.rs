//! ssh's options for the agent that holds the key.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use super::quote;

/// What ssh is told about the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AgentOptions {
    /// The agent's socket.
    pub socket: PathBuf,
    /// The public half of its key; `None` if ssh logs in with the user's own.
    pub public_key: Option<PathBuf>,
    /// The agent to forward instead of this one, if ssh is to forward its own.
    pub forwarded: Option<Forwarded>,
    /// The values of `-o` about the host key, if ssh is to learn of it from the agent.
    pub host_key: Vec<OsString>,
}

/// The agent that ssh forwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Forwarded {
    /// The user's own, at this socket.
    Users(PathBuf),
    /// None: the user has none. ssh would forward ours.
    Nothing,
}

/// Instead of a socket: nothing answers there, and ssh says nothing about it. `-a` behind the user's
/// options has ssh not even ask for the forwarding, but a `-A` after the destination comes later still.
const NO_SOCKET: &str = "/dev/null";

impl AgentOptions {
    /// Whether ssh would forward an agent, and there is none.
    pub(super) fn forwards_nothing(&self) -> bool {
        self.forwarded == Some(Forwarded::Nothing)
    }

    /// The values of `-o`. IdentityAgent names the agent for ssh and for all that it starts, so
    /// ForwardAgent must name another one (ssh_config(5)).
    pub(crate) fn options(&self) -> Vec<OsString> {
        let mut options = vec![option("IdentityAgent", self.socket.as_os_str())];
        match &self.forwarded {
            Some(Forwarded::Users(socket)) => {
                let socket = quote::doubled(socket.as_os_str().as_bytes());
                options.push(option("ForwardAgent", &OsString::from_vec(socket)));
            }
            Some(Forwarded::Nothing) => options.push(option("ForwardAgent", NO_SOCKET.as_ref())),
            None => {}
        }
        options.extend_from_slice(&self.host_key);
        options
    }
}

/// An option with a path.
fn option(keyword: &str, value: &OsStr) -> OsString {
    let mut option = OsString::from(keyword);
    option.push("=");
    option.push(quoted(value));
    option
}

/// A path, quoted where ssh would take it for several words. ssh has no escape for a quote.
pub(super) fn quoted(path: &OsStr) -> OsString {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+:@,%~".contains(byte);
    if path.as_bytes().iter().all(is_plain) {
        return path.to_owned();
    }
    let mut quoted = OsString::from("\"");
    quoted.push(path);
    quoted.push("\"");
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_where_needed() {
        let options = |socket: &str, forwarded| {
            AgentOptions {
                socket: socket.into(),
                public_key: None,
                forwarded,
                host_key: Vec::new(),
            }
            .options()
        };
        assert_eq!(options("/run/a", None), ["IdentityAgent=/run/a"]);
        let users = Forwarded::Users("/tmp/50% of/agent.1".into());
        assert_eq!(
            options("/a b", Some(users)),
            [
                "IdentityAgent=\"/a b\"",
                "ForwardAgent=\"/tmp/50%% of/agent.1\""
            ]
        );
        assert_eq!(
            options("/a", Some(Forwarded::Nothing)),
            ["IdentityAgent=/a", "ForwardAgent=/dev/null"]
        );
    }
}
