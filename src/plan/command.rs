//! The command line that we become, spelled from top to bottom.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::cli::{Invocation, Word};
use super::quote;
use super::route::Route;
use super::target::Login;

/// A command line, spelled and not started.
#[derive(Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// The client program.
    pub program: PathBuf,
    /// Its words, without its name.
    pub words: Vec<OsString>,
}

/// The key that the client logs in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity<'a> {
    /// The key in this file, which we made.
    Ephemeral(&'a Path),
    /// The user's, named among the client's own words.
    Own,
    /// None: nobody logs in.
    Unneeded,
}

/// Where a destination is found, and as whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The user whose key was pushed.
    pub login: Login,
    /// The way that is taken.
    pub route: Route,
}

/// Spells the client's command line. `arrivals` are those of the invocation's destinations, in
/// the same order.
///
/// IdentitiesOnly and our key come before the user's words, since in OpenSSH the first value
/// wins: no key of an agent is then tried before ours, which would use up the server's patience
/// (MaxAuthTries in sshd_config(5)). The rest is as typed.
#[must_use]
pub fn spell(
    client: &Path,
    invocation: &Invocation,
    identity: Identity<'_>,
    arrivals: &[Arrival],
) -> CommandLine {
    let mut words: Vec<OsString> = Vec::new();
    if identity != Identity::Unneeded {
        words.extend(["-o".into(), "IdentitiesOnly=yes".into()]);
    }
    if let Identity::Ephemeral(key) = identity {
        words.extend(["-i".into(), key.into()]);
    }
    for arrival in arrivals {
        if let Route::Alias(_, address) = arrival.route {
            words.extend(["-o".into(), format!("HostName={address}").into()]);
        }
    }
    let mut arrivals = arrivals.iter();
    words.extend(invocation.words.iter().map(|word| match word {
        Word::Typed(word) => word.clone(),
        Word::Destination(destination) => arrivals.next().map_or_else(OsString::new, |arrival| {
            destination.spell(&arrival.login, &arrival.route.host(), invocation.program)
        }),
    }));
    CommandLine {
        program: client.to_owned(),
        words,
    }
}

impl CommandLine {
    /// The command line as one would type it into a shell: the client by its bare name.
    #[must_use]
    pub fn quoted(&self) -> OsString {
        let name = self.program.file_name().unwrap_or(OsStr::new("ssh"));
        quote::join(std::iter::once(name).chain(self.words.iter().map(OsString::as_os_str)))
    }
}
