//! The agent, and what it does besides the push.

use std::path::PathBuf;
use std::sync::Arc;

use super::KeyPush;
use crate::agent::client::AgentProcess;
use crate::agent::host_key_check::HostKeyCheck;
use crate::agent::pusher::Pusher;
use crate::error::Error;
use crate::plan::argv::own_connection::OwnConnection;
use crate::plan::os_user::advice::DefaultLogin;

/// The directory that `--dry-run` shows: it starts no agent.
const NO_DIRECTORY: &str = "AGENT_DIRECTORY";

/// The agent that pushes.
#[derive(Clone, Copy)]
pub(crate) enum KeyAgent<'a> {
    /// A process of its own.
    Process(&'a AgentProcess),
    /// This process.
    Here(&'a Arc<Pusher>),
}

impl KeyPush<'_> {
    /// Has the agent check a host key.
    pub(in crate::resolve) fn check_host_key(&self, check: HostKeyCheck) {
        if let Some(KeyAgent::Process(agent)) = self.agent {
            agent.check_host_key(check);
        }
    }

    /// The same for an ssh that reads a file. Returns the number of the answer; `None` without an agent.
    pub(in crate::resolve) fn check_host_key_by_file(&self, check: HostKeyCheck) -> Option<u64> {
        match self.agent {
            Some(KeyAgent::Process(agent)) => Some(agent.check_host_key_by_file(check)),
            Some(KeyAgent::Here(_)) | None => None,
        }
    }

    /// Whether the agent is a process of its own.
    pub(in crate::resolve) fn has_process(&self) -> bool {
        matches!(self.agent, Some(KeyAgent::Process(_)))
    }

    /// Has the agent open a connection for ssh.
    pub(in crate::resolve) fn connect(&self, connection: &OwnConnection) {
        if let Some(KeyAgent::Process(agent)) = self.agent {
            agent.connect(connection);
        }
    }

    /// The agent's directory, in which the agents of hops have their sockets, too.
    ///
    /// # Errors
    /// Why there is no agent.
    pub(in crate::resolve) async fn directory(&self) -> Result<PathBuf, Error> {
        match self.agent {
            Some(KeyAgent::Process(agent)) => agent.directory().await,
            Some(KeyAgent::Here(_)) | None => Ok(NO_DIRECTORY.into()),
        }
    }

    /// Has the agent hint at another user if sshd refuses the key for the default one.
    pub(in crate::resolve) fn suggest(&self, login: DefaultLogin) {
        if let Some(KeyAgent::Process(agent)) = self.agent {
            agent.suggest(login);
        }
    }
}
