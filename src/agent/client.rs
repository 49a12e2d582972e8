//! mssh's end of its agent: it starts the process, tells it what to push, and hears of the answers.

use std::io::Write;
use std::net::{Shutdown, SocketAddr};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as Socket;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tokio::net::UnixStream;

use super::host_key_check::HostKeyCheck;
use super::order::Order;
use super::process::{DEBUG, OPTION};
use super::push::Push;
use super::replies::Replies;
use super::ticket::Ticket;
use crate::error::Error;
use crate::plan::argv::own_connection::OwnConnection;
use crate::plan::key_type::KeyType;
use crate::plan::os_user::advice::DefaultLogin;
use crate::plan::program::Program;
use crate::world::aws::Credentials;
use crate::world::key::error::KeyError;
use crate::world::process::inherited::Inherited;
use crate::world::process::own_program;

/// The agent's process. It ends when this is dropped, unless [`AgentProcess::becomes_client`].
#[derive(Debug)]
pub(crate) struct AgentProcess {
    child: Child,
    socket: Socket,
    replies: Replies,
    waits_for_end: bool,
}

impl AgentProcess {
    /// Starts the process. Call it in the runtime.
    ///
    /// # Errors
    /// [`KeyError::NoAgent`].
    pub(crate) fn start(program: Program, debug: bool) -> Result<Self, KeyError> {
        let start = || {
            let (ours, theirs) = Socket::pair()?;
            let child = Command::new(own_program::path()?)
                .arg0(program.name())
                .args([OPTION, &std::process::id().to_string()])
                .arg(Inherited::of_this_process().to_string())
                .args(debug.then_some(DEBUG))
                .stdin(OwnedFd::from(theirs))
                .stdout(Stdio::null())
                .spawn()?;
            let reader = ours.try_clone()?;
            reader.set_nonblocking(true)?;
            let replies = Replies::listen(UnixStream::from_std(reader)?);
            Ok(Self {
                child,
                socket: ours,
                replies,
                waits_for_end: true,
            })
        };
        start().map_err(KeyError::NoAgent)
    }

    /// The directory with its socket and the public key, once it listens there.
    ///
    /// # Errors
    /// Why it does not.
    pub(crate) async fn directory(&self) -> Result<PathBuf, Error> {
        // If it is gone, it has said why.
        let _ = self.tell(&Order::Open);
        self.replies.directory().await
    }

    /// Tells it which type of key to make, before anything else.
    ///
    /// # Errors
    /// [`KeyError::NoAgent`], if it is gone.
    pub(crate) fn make_key(&self, kind: KeyType) -> Result<(), Error> {
        self.tell(&Order::KeyType(kind))
    }

    /// Has it push a key.
    ///
    /// # Errors
    /// [`KeyError::NoAgent`], if it is gone.
    pub(crate) async fn push(&self, push: Push) -> Result<Ticket, Error> {
        let (answer, ticket) = Ticket::new(&push);
        let number = self.replies.expect(answer);
        match self.tell(&Order::Push(number, Box::new(push))) {
            Ok(()) => Ok(ticket),
            // It has said why it ends.
            Err(error) => Err(self.directory().await.err().unwrap_or(error)),
        }
    }

    /// Has it forget all pushes so far.
    ///
    /// # Errors
    /// [`KeyError::NoAgent`], if it is gone.
    pub(crate) fn forget(&self) -> Result<(), Error> {
        self.tell(&Order::Forget)
    }

    /// Has it check a host key against the instance's console.
    pub(crate) fn check_host_key(&self, check: HostKeyCheck) {
        // If it is gone, ssh asks the user.
        let _ = self.tell(&Order::CheckHostKey(Box::new(check)));
    }

    /// The same for an ssh that reads a file. Returns the number for [`Self::console_keys`].
    pub(crate) fn check_host_key_by_file(&self, check: HostKeyCheck) -> u64 {
        let number = self.replies.number();
        self.check_host_key(HostKeyCheck {
            by_file: Some(number),
            ..check
        });
        number
    }

    /// Waits for the lines of known_hosts that a console shows, as long as that check may take. Empty if
    /// there are none.
    ///
    /// # Errors
    /// Why ssh must not connect without them.
    pub(crate) async fn console_keys(&self, check: u64) -> Result<String, Error> {
        self.replies.console_keys(check).await
    }

    /// Has it open a connection for ssh.
    pub(crate) fn connect(&self, connection: &OwnConnection) {
        let options = connection.options.socket;
        // If it is gone, there will be no connection, and a better time to say so.
        let _ = self.tell(&Order::Connect(connection.address, options));
    }

    /// Has it hint at another user if sshd refuses the key.
    pub(crate) fn suggest(&self, login: DefaultLogin) {
        // If it is gone, there is no login.
        let _ = self.tell(&Order::Suggest(login));
    }

    /// Waits for a connection that it opens. False if there is none: ssh will say why.
    pub(crate) async fn has_connected(&self, address: SocketAddr) -> bool {
        self.replies.has_connected(address).await
    }

    /// Tells it which agent the user has.
    ///
    /// # Errors
    /// [`KeyError::NoAgent`], if it is gone.
    pub(crate) fn pass_on_to(&self, agent: &Path) -> Result<(), Error> {
        self.tell(&Order::UserAgent(agent.to_owned()))
    }

    /// Gives it the credentials for tunnels.
    ///
    /// # Errors
    /// [`KeyError::NoAgent`], if it is gone.
    pub(crate) fn keep(&self, credentials: &Credentials) -> Result<(), Error> {
        self.tell(&Order::Keep(credentials.clone()))
    }

    /// This process becomes the client: from here on the agent reports errors itself, and stays as
    /// long as the client; its socket `stays` a moment more if the client goes to the background
    /// and forwards an agent.
    ///
    /// # Errors
    /// [`KeyError::NoAgent`], if it is gone.
    pub(crate) fn becomes_client(mut self, stays: bool) -> Result<(), Error> {
        self.tell(&Order::Start { stays })?;
        self.waits_for_end = false;
        Ok(())
    }

    fn tell(&self, order: &Order) -> Result<(), Error> {
        let written = (&self.socket).write_all(order.to_line().as_bytes());
        written.map_err(|cause| KeyError::NoAgent(cause).into())
    }
}

impl Drop for AgentProcess {
    fn drop(&mut self) {
        if self.waits_for_end {
            let _ = self.socket.shutdown(Shutdown::Both);
            // The client must not get a child that it does not know of.
            let _ = self.child.wait();
        }
    }
}
