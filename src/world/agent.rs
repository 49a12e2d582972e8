//! An ssh agent that holds the key of one run, and passes everything else on to the user's own agent.
//!
//! A process that can sign with the key can log in where it was pushed. So the agent serves only the
//! ssh that mssh started, signs only logins of our users, and hides from what that ssh starts once it has
//! logged in.

mod ask;
mod caller;
mod connection;
mod handover;
mod messages;
#[cfg(test)]
mod tests;
mod users_agent;

use std::cell::RefCell;
use std::collections::HashSet;
use std::convert::Infallible;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::net::{UnixListener, UnixStream};
use tokio::select;
use tokio::time::sleep;

pub(crate) use self::ask::{ask_connection, ask_credentials, ask_host_key};
use self::connection::AgentConnection;
pub(crate) use self::handover::{Handovers, hand_over};
use super::key::ephemeral::EphemeralKey;
use super::process::parents::Process;
use crate::wire::agent::{HostKeyAnswer, HostKeyQuestion};

/// How many connections are served at once. Further ones wait until one of these is closed.
const MOST: usize = 64;

/// How long to wait before the next try if the system is out of descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// What ssh does on the connection on which it got our key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginStep {
    /// It gets the list with our key.
    Listed,
    /// It wants a signature, with whichever key: sshd has accepted that key.
    Signs,
    /// It gets a signature with our key: it has accepted the host key before.
    LogsIn,
    /// It closes the connection: it is logged in, or ends.
    Closed,
}

/// What the agent asks of the run that it belongs to.
pub(crate) trait Hooks {
    /// Whether this process is a client that we log in; it and its descendants are served. Ignored
    /// without `/proc`, where all processes of the user are.
    fn is_client(&self, pid: u32) -> bool;

    /// Waits until the public half of the key is pushed, since sshd does not try again a key that it
    /// has refused. False if it cannot be pushed: the key is then left out of the list.
    async fn may_list(&self) -> bool;

    /// Whether this is a user that we log in as.
    fn is_user(&self, user: &[u8]) -> bool;

    /// AWS credentials, as JSON, for the client's ProxyCommand.
    async fn credentials(&self) -> Option<Vec<u8>>;

    /// What is known about a host key. May take until the instance's console is read. `None` if we have
    /// nothing to say about this host.
    async fn host_key(&self, question: HostKeyQuestion<'_>) -> Option<HostKeyAnswer>;

    /// Notes what ssh does.
    fn note(&self, _: LoginStep) {}

    /// A connection that was opened for the client in advance. Each is given once.
    fn connection(&self, host: &str, port: u16) -> Option<OwnedFd>;
}

/// The agent.
#[derive(Debug)]
pub(crate) struct AgentServer<H> {
    /// Missing if ssh logs in with a key of the user's own.
    key: Option<EphemeralKey>,
    /// The socket of the user's own agent.
    users_agent: Option<PathBuf>,
    hooks: H,
    /// Who has asked for the list of keys.
    asked: RefCell<HashSet<Process>>,
}

impl<H: Hooks> AgentServer<H> {
    pub(crate) fn new(key: Option<EphemeralKey>, users_agent: Option<PathBuf>, hooks: H) -> Self {
        Self {
            key,
            users_agent,
            hooks,
            asked: RefCell::default(),
        }
    }

    /// Serves everyone who connects, until this is dropped.
    pub(crate) async fn serve(&self, listener: &UnixListener) -> Infallible {
        self.serve_from(async || Ok(listener.accept().await?.0))
            .await
    }

    /// Serves all connections that this gives, until this is dropped. It must lose nothing if it is
    /// dropped before its end.
    pub(crate) async fn serve_from(
        &self,
        next: impl AsyncFn() -> io::Result<UnixStream>,
    ) -> Infallible {
        let mut connections = FuturesUnordered::new();
        loop {
            select! {
                accepted = next(), if connections.len() < MOST => match accepted {
                    Ok(stream) => connections.push(self.serve_one(stream)),
                    Err(_) => sleep(PAUSE).await,
                },
                Some(()) = connections.next() => {}
            }
        }
    }

    /// An error of a connection concerns its client only, which has then closed it or broken the
    /// protocol.
    async fn serve_one(&self, stream: UnixStream) {
        let asked = |process| self.asked.borrow().contains(&process);
        let role = caller::role(&stream, |pid| self.hooks.is_client(pid), asked);
        if let Some(role) = role {
            let _ = AgentConnection::new(self, role).serve(stream).await;
        }
    }
}
