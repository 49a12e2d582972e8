//! The modes of the program: for the user, and the hidden ones for ssh and for mssh itself.

use std::ffi::{OsStr, OsString};

use crate::agent::process;
use crate::plan::argv::ssh_config::{SKIP_BLOCK, TAKES_NAME};
use crate::plan::argv::{host_key, tunnel};
use crate::plan::cli::complete;

/// What the command line asks for.
pub(crate) enum Mode<'a> {
    /// The ssh agent that holds a key.
    Agent(&'a [OsString]),
    /// ssh's KnownHostsCommand.
    HostKey(&'a [OsString]),
    /// ssh's KnownHostsCommand that asks the agent.
    KnownHost(&'a [OsString]),
    /// ssh's `Match exec` for IDs.
    SkipBlock(&'a [OsString]),
    /// The same for names.
    TakesName(&'a [OsString]),
    /// The ProxyCommand of the ssh that mssh became.
    Tunnel(&'a [OsString]),
    /// Completion of the last of these words.
    Complete(&'a [OsString]),
    /// Completion of this line, for bash, which will replace its end.
    CompleteLine(&'a OsStr, Option<&'a OsStr>),
    /// The refresh of the cached list of these words of `--list`.
    Refresh(&'a [OsString]),
    /// The user's command line.
    User(&'a [OsString]),
}

impl<'a> Mode<'a> {
    pub(crate) fn of(words: &'a [OsString]) -> Self {
        let Some((first, rest)) = words.split_first() else {
            return Self::User(words);
        };
        match (first.to_str(), rest) {
            (Some(process::OPTION), _) => Self::Agent(rest),
            (Some(host_key::OPTION), _) => Self::HostKey(rest),
            (Some(host_key::ASK_OPTION), _) => Self::KnownHost(rest),
            (Some(SKIP_BLOCK), _) => Self::SkipBlock(rest),
            (Some(TAKES_NAME), _) => Self::TakesName(rest),
            (Some(tunnel::OPTION), _) => Self::Tunnel(rest),
            (Some(complete::OPTION), _) => Self::Complete(rest),
            (Some(complete::LINE_OPTION), [line]) => Self::CompleteLine(line, None),
            (Some(complete::LINE_OPTION), [line, end]) => Self::CompleteLine(line, Some(end)),
            (Some(complete::REFRESH_OPTION), _) => Self::Refresh(rest),
            _ => Self::User(words),
        }
    }

    /// Whether to show the details of a panic. Works for arguments that do not parse, too.
    pub(crate) fn asks_for_debug(&self) -> bool {
        let has = |words: &[OsString], known: &[&str]| {
            words.iter().any(|word| known.iter().any(|it| word == it))
        };
        match self {
            Self::Agent(words) | Self::Tunnel(words) => has(words, &["--debug", "-d", "debug"]),
            Self::HostKey(words)
            | Self::KnownHost(words)
            | Self::SkipBlock(words)
            | Self::TakesName(words)
            | Self::Complete(words)
            | Self::User(words) => has(words, &["--debug", "-d"]),
            Self::CompleteLine(..) | Self::Refresh(_) => false,
        }
    }
}
