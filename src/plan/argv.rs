//! The command line of the client that mssh becomes.

pub(crate) mod agent;
pub(crate) mod console_keys;
pub(crate) mod host_key;
pub(crate) mod host_key_check;
pub(crate) mod host_key_name;
pub(crate) mod jump;
pub(crate) mod own_connection;
pub(crate) mod quote;
pub(crate) mod ssh_config;
pub(crate) mod tunnel;

use self::agent::AgentOptions;
use self::host_key_check::AskAgent;
use self::host_key_name::HostKeyName;
use self::own_connection::OwnConnection;
use crate::plan::cli::invocation::{Invocation, Word};
use crate::plan::program::Program;
use crate::plan::route::Route;
use crate::plan::ssh_g::AgentConfig;
use crate::plan::target::ids::Login;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// A command line that is ready to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CommandLine {
    /// The client program.
    pub program: PathBuf,
    /// Its arguments, without its name.
    pub words: Vec<OsString>,
    /// Whether they include our ProxyCommand, which ssh runs in a shell.
    pub by_shell: bool,
}

/// mssh as ssh's ProxyCommand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ProxyCommand {
    /// It copies the bytes.
    Copies(OsString),
    /// It passes the descriptor of an open connection (ProxyUseFdpass).
    Passes(OsString),
}

/// The key that the client logs in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identity<'a> {
    /// A key of the agent that mssh has started.
    Ephemeral(&'a AgentOptions),
    /// The user's own, named by `-i` among the typed words; the agent only pushes it.
    Own(Option<&'a AgentOptions>),
    /// None: there is no login, or mssh does not know with which key.
    Unneeded,
}

impl<'a> Identity<'a> {
    fn agent(self) -> Option<&'a AgentOptions> {
        match self {
            Self::Ephemeral(agent) => Some(agent),
            Self::Own(agent) => agent,
            Self::Unneeded => None,
        }
    }
}

/// A destination with its route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// Who logs in.
    pub login: Login,
    /// The route that is taken.
    pub route: Route,
    /// The ProxyCommand through hops, if ssh's own ProxyJump cannot reach them.
    pub jump: Option<OsString>,
    /// Whether ssh uses a running master connection, so that no login follows.
    pub by_master: bool,
    /// BatchMode: ask the user nothing.
    pub batch: bool,
    /// What ssh would do with the user's agent.
    pub agent: AgentConfig,
    /// The name of the host key in known_hosts; `None` for a serial console, where no login follows, and
    /// where ssh's settings are not known.
    pub host_key: Option<HostKeyName>,
    /// How ssh learns from our agent about the host key, if it does.
    pub asks_agent: Option<AskAgent>,
    /// The connection that mssh may open itself.
    pub connection: Option<OwnConnection>,
}

/// Builds the client's command line. `resolved` has the invocation's destinations in the same order.
/// ssh asks the program `mssh` about a host key that is known by its fingerprint only.
///
/// In OpenSSH the first value wins. IdentitiesOnly and our key come before the user's words, so that
/// keys of an agent do not use up the server's MaxAuthTries (sshd_config(5)) first. The rest is as
/// typed. The host key options of a serial console come last: they override the user's files, and an
/// option on the command line overrides them.
#[must_use]
pub(crate) fn build(
    client: &Path,
    invocation: &Invocation,
    identity: Identity<'_>,
    proxy: Option<&ProxyCommand>,
    mssh: Option<&Path>,
    resolved: &[Resolved],
) -> CommandLine {
    let hops = through_hops(resolved).map(|it| ProxyCommand::Copies(it.to_owned()));
    let proxy = proxy.or(hops.as_ref());
    let mut words = options(proxy, identity, resolved);
    let mut typed = invocation.words.clone();
    if hops.is_some() {
        typed = jump::without_jump(&typed, &invocation.flags);
    }
    let forwards_nothing = identity.agent().is_some_and(AgentOptions::forwards_nothing);
    if invocation.program == Program::Ssh && forwards_nothing {
        let at = end_of_options(&typed);
        typed.insert(at, Word::Typed("-a".into()));
    }
    let mut left = resolved.iter();
    words.extend(typed.iter().map(|word| match word {
        Word::Typed(word) => word.clone(),
        Word::Destination(destination) => left.next().map_or_else(OsString::new, |it| {
            let host = it.route.host();
            destination.for_client(&it.login, &host, invocation.program)
        }),
    }));
    // Options end at `--`. A serial console takes no command, so the dashes cannot be part of one.
    let at = words.iter().position(|word| word == "--");
    let at = at.unwrap_or(words.len());
    for it in resolved {
        if let (Some(mssh), Some(fingerprint)) = (mssh, it.route.host_key()) {
            words.splice(at..at, host_key::options(fingerprint, mssh));
        }
    }
    CommandLine {
        program: client.to_owned(),
        words,
        by_shell: proxy.is_some(),
    }
}

/// Where options before the destination end.
fn end_of_options(words: &[Word]) -> usize {
    let is_destination = |word: &Word| matches!(word, Word::Destination(_));
    let at = words.iter().position(is_destination).unwrap_or_default();
    match at.checked_sub(1).and_then(|before| words.get(before)) {
        Some(Word::Typed(word)) if word == "--" => at - 1,
        _ => at,
    }
}

/// Our own options.
fn options(
    proxy: Option<&ProxyCommand>,
    identity: Identity<'_>,
    resolved: &[Resolved],
) -> Vec<OsString> {
    let mut options: Vec<OsString> = Vec::new();
    if let Some(proxy) = proxy {
        let (ProxyCommand::Copies(words) | ProxyCommand::Passes(words)) = proxy;
        let mut command = OsString::from("ProxyCommand=");
        command.push(words);
        let passes = match proxy {
            ProxyCommand::Copies(_) => "ProxyUseFdpass=no",
            ProxyCommand::Passes(_) => "ProxyUseFdpass=yes",
        };
        options.extend([command, passes.into()]);
    }
    let agent = identity.agent();
    options.extend(agent.into_iter().flat_map(AgentOptions::options));
    if identity != Identity::Unneeded {
        options.push("IdentitiesOnly=yes".into());
    }
    // It is the same for all, or there is none.
    let host_key = resolved.first().and_then(|it| it.host_key.as_ref());
    options.extend(host_key.into_iter().flat_map(HostKeyName::options));
    let dashed = |option| [OsString::from("-o"), option];
    let mut words: Vec<OsString> = options.into_iter().flat_map(dashed).collect();
    if let Some(key) = agent.and_then(|it| it.public_key.as_ref()) {
        words.extend(["-i".into(), key.into()]);
    }
    for it in resolved {
        if let Route::ByHostName(_, address) = it.route {
            words.extend(dashed(format!("HostName={address}").into()));
        }
    }
    words
}

/// The ProxyCommand for all destinations. ssh takes one for all, so it must be the same for each.
fn through_hops(resolved: &[Resolved]) -> Option<&OsStr> {
    let (first, rest) = resolved.split_first()?;
    let same = rest.iter().all(|it| it.jump == first.jump);
    first.jump.as_deref().filter(|_| same)
}

impl CommandLine {
    /// The command line quoted for a shell, with the bare name of the client.
    #[must_use]
    pub(crate) fn quoted(&self) -> OsString {
        let name = self.program.file_name().unwrap_or(OsStr::new("ssh"));
        quote::join(std::iter::once(name).chain(self.words.iter().map(OsString::as_os_str)))
    }
}

#[cfg(test)]
mod tests;
