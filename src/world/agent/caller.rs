//! Who has connected to the agent.

use rustix::process::geteuid;
use tokio::net::UnixStream;

use crate::world::process::parents::{Process, with_parents};

/// What a process may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallerRole {
    /// For signatures by our key. The process is unknown without `/proc`.
    Client(Option<Process>),
    /// What the user's own agent allows.
    PassThrough,
}

/// The role of the process that has connected. `None` if it has nothing to ask here.
///
/// What a client starts before it has `asked` for the list of keys serves its login, like a ProxyJump
/// (since OpenSSH 10.5, its SSH_AUTH_SOCK is ours). What it starts later, like a LocalCommand, is the
/// user's.
pub(super) fn role(
    stream: &UnixStream,
    is_client: impl Fn(u32) -> bool,
    asked: impl Fn(Process) -> bool,
) -> Option<CallerRole> {
    let peer = stream.peer_cred().ok()?;
    if peer.uid() != geteuid().as_raw() {
        return None;
    }
    let pid = u32::try_from(peer.pid().unwrap_or_default()).ok()?;
    match with_parents(pid, &is_client) {
        None => Some(CallerRole::Client(None)),
        Some(line) => role_in(&line, is_client, asked),
    }
}

/// The role of the first of these processes; the others are its parents.
fn role_in(
    line: &[Process],
    is_client: impl Fn(u32) -> bool,
    asked: impl Fn(Process) -> bool,
) -> Option<CallerRole> {
    let client = line.iter().position(|it| is_client(it.pid))?;
    let (caller, parents) = line[..=client].split_first()?;
    let is_of_the_user = parents.iter().any(|it| asked(*it));
    Some(if is_of_the_user {
        CallerRole::PassThrough
    } else {
        CallerRole::Client(Some(*caller))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_client_counts_and_what_has_asked_below_it() {
        let Some(line) = with_parents(std::process::id(), |_| false).filter(|it| it.len() > 1)
        else {
            eprintln!("skipped: no /proc, or no parent");
            return;
        };
        let (own, parent) = (line[0], line[1]);
        let role = |clients: &[Process], asked: &[Process]| {
            let is_client = |pid| clients.iter().any(|it| it.pid == pid);
            role_in(&line, is_client, |process| asked.contains(&process))
        };
        let client = Some(CallerRole::Client(Some(own)));
        assert_eq!(role(&[], &[]), None);
        assert_eq!(role(&[own], &[]), client);
        assert_eq!(role(&[own], &[own]), client);
        assert_eq!(role(&[parent], &[]), client);
        assert_eq!(role(&[parent], &[own]), client);
        assert_eq!(role(&[parent], &[parent]), Some(CallerRole::PassThrough));
        // An ssh of its own that an ssh has started.
        assert_eq!(role(&[own, parent], &[parent]), client);
        assert_eq!(role_in(&[], |_| true, |_| false), None);
    }
}
