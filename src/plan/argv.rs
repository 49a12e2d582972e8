//! The command line that we become, spelled from top to bottom.

pub mod host_key;
pub mod jump;
pub mod quote;
pub mod ssh_config;
pub mod tunnel;

use crate::plan::cli::invocation::{Invocation, Word};
use crate::plan::route::Route;
use crate::plan::target::ids::Login;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// A command line, spelled and not started.
#[derive(Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// The client program.
    pub program: PathBuf,
    /// Its words, without its name.
    pub words: Vec<OsString>,
    /// Whether a ProxyCommand of ours is among them, which ssh gives to a shell.
    pub by_shell: bool,
}

/// The key that the client logs in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity<'a> {
    /// The key in this file, which we made.
    Ephemeral(&'a Path),
    /// The user's, named among the client's own words.
    Own,
    /// None: nobody logs in, or not by a key of ours.
    Unneeded,
}

/// A destination with its route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Who logs in.
    pub login: Login,
    /// The route that is taken.
    pub route: Route,
    /// The ProxyCommand that leads there through hops, where ssh itself does not know the way.
    pub jump: Option<OsString>,
    /// Whether ssh uses a master connection that is running, so that nobody logs in.
    pub by_master: bool,
    /// Whether nobody is to be asked for anything: BatchMode.
    pub batch: bool,
}

/// Spells the client's command line. `resolved` are those of the invocation's destinations, in
/// the same order. `mssh` is our own program, which tells ssh whether a host key that is known by its
/// fingerprint alone is the right one.
///
/// IdentitiesOnly and our key come before the user's words, since in OpenSSH the first value
/// wins: no key of an agent is then tried before ours, which would use up the server's patience
/// (MaxAuthTries in sshd_config(5)). The rest is as typed. The host key of a serial console comes
/// after it: it beats the user's files, and who says otherwise here and now is obeyed.
#[must_use]
pub fn spell(
    client: &Path,
    invocation: &Invocation,
    identity: Identity<'_>,
    proxy: Option<&OsStr>,
    mssh: Option<&Path>,
    resolved: &[Resolved],
) -> CommandLine {
    let hops = through_hops(resolved);
    let proxy = proxy.or(hops);
    let mut words = options(proxy, identity, resolved);
    let mut typed = invocation.words.clone();
    if hops.is_some() {
        typed = jump::without_jump(&typed, &invocation.flags);
    }
    let mut left = resolved.iter();
    words.extend(typed.iter().map(|word| match word {
        Word::Typed(word) => word.clone(),
        Word::Destination(destination) => left.next().map_or_else(OsString::new, |it| {
            let host = it.route.host();
            destination.spell(&it.login, &host, invocation.program)
        }),
    }));
    // What stands behind these dashes is no option. A console has no command that they might be in.
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

/// Our own options.
fn options(proxy: Option<&OsStr>, identity: Identity<'_>, resolved: &[Resolved]) -> Vec<OsString> {
    let mut options: Vec<OsString> = Vec::new();
    if let Some(proxy) = proxy {
        let mut command = OsString::from("ProxyCommand=");
        command.push(proxy);
        // Ours carries bytes, and has no descriptor to pass.
        options.extend([command, "ProxyUseFdpass=no".into()]);
    }
    if identity != Identity::Unneeded {
        options.push("IdentitiesOnly=yes".into());
    }
    if let Identity::Ephemeral(_) = identity {
        // Whatever the user's files and words say: such a key outlives its minute in an agent.
        options.push("AddKeysToAgent=no".into());
    }
    let dashed = |option| [OsString::from("-o"), option];
    let mut words: Vec<OsString> = options.into_iter().flat_map(dashed).collect();
    if let Identity::Ephemeral(key) = identity {
        words.extend(["-i".into(), key.into()]);
    }
    for it in resolved {
        if let Route::ByHostName(_, address) = it.route {
            words.extend(dashed(format!("HostName={address}").into()));
        }
    }
    words
}

/// The ProxyCommand of all destinations: an option is for all of them, so it has to be the same.
fn through_hops(resolved: &[Resolved]) -> Option<&OsStr> {
    let (first, rest) = resolved.split_first()?;
    let same = rest.iter().all(|it| it.jump == first.jump);
    first.jump.as_deref().filter(|_| same)
}

impl CommandLine {
    /// The command line as one would type it into a shell: the client by its bare name.
    #[must_use]
    pub fn quoted(&self) -> OsString {
        let name = self.program.file_name().unwrap_or(OsStr::new("ssh"));
        quote::join(std::iter::once(name).chain(self.words.iter().map(OsString::as_os_str)))
    }
}

#[cfg(test)]
mod tests;
