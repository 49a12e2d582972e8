//! mssh's end of its agent: it starts the process, tells it what to push, and hears of the answers.

use std::collections::HashMap;
use std::io::Write;
use std::net::{Shutdown, SocketAddr};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as Socket;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::UnixStream;
use tokio::sync::watch;

use super::control::{Notice, Order};
use super::host_key_check::HostKeyCheck;
use super::process::{DEBUG, OPTION};
use super::push::Push;
use super::ticket::{Progress, Ticket};
use crate::error::{Error, PushError};
use crate::plan::argv::own_connection::OwnConnection;
use crate::plan::key_type::KeyType;
use crate::plan::os_user::advice::DefaultLogin;
use crate::plan::program::Program;
use crate::wire::agent::HostKeyRefusal;
use crate::world::aws::Credentials;
use crate::world::key::error::KeyError;
use crate::world::openssh::error::SshError;
use crate::world::process::inherited::Inherited;
use crate::world::process::own_program;

/// The agent's process. It ends when this is dropped, unless [`AgentProcess::becomes_client`].
#[derive(Debug)]
pub(crate) struct AgentProcess {
    child: Child,
    socket: Socket,
    directory: watch::Receiver<Option<Result<PathBuf, PushError>>>,
    open: Arc<Mutex<OpenPushes>>,
    /// Whether there is a connection to an address, once that is known.
    connections: watch::Receiver<HashMap<SocketAddr, bool>>,
    /// What consoles show, by the number of the check.
    console_keys: watch::Receiver<HashMap<u64, Result<String, HostKeyRefusal>>>,
    waits_for_end: bool,
}

/// The pushes that are not answered, by number.
#[derive(Debug, Default)]
struct OpenPushes {
    next: u64,
    answers: HashMap<u64, watch::Sender<Progress>>,
}

impl OpenPushes {
    /// Adds one, and returns its number.
    fn add(&mut self, answer: watch::Sender<Progress>) -> u64 {
        let number = self.number();
        self.answers.insert(number, answer);
        number
    }

    /// A number that was not used before.
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

fn lock(open: &Mutex<OpenPushes>) -> MutexGuard<'_, OpenPushes> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
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
            let (directory_sender, directory) = watch::channel(None);
            let (connections_sender, connections) = watch::channel(HashMap::new());
            let (keys_sender, console_keys) = watch::channel(HashMap::new());
            let open = Arc::default();
            let receiver = Receiver {
                directory: directory_sender,
                open: Arc::clone(&open),
                connections: connections_sender,
                console_keys: keys_sender,
            };
            tokio::spawn(receiver.listen(UnixStream::from_std(reader)?));
            Ok(Self {
                child,
                socket: ours,
                directory,
                open,
                connections,
                console_keys,
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
        let mut directory = self.directory.clone();
        let known = directory.wait_for(Option::is_some).await;
        match known.as_deref() {
            Ok(Some(directory)) => directory.clone().map_err(Error::from),
            Ok(None) | Err(_) => Err(KeyError::agent_has_ended().into()),
        }
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
        let number = lock(&self.open).add(answer);
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
        let number = lock(&self.open).number();
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
        let mut keys = self.console_keys.clone();
        match keys.wait_for(|it| it.contains_key(&check)).await.as_deref() {
            Ok(keys) => {
                let answer = keys.get(&check).cloned().unwrap_or(Ok(String::new()));
                answer.map_err(|it| SshError::RefusedHostKey(it).into())
            }
            // It has said why it ends.
            Err(_) => Err(KeyError::agent_has_ended().into()),
        }
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
        let mut connections = self.connections.clone();
        let connected = connections.wait_for(|it| it.contains_key(&address)).await;
        connected.is_ok_and(|it| it.get(&address) == Some(&true))
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

/// Receives what the agent says.
struct Receiver {
    directory: watch::Sender<Option<Result<PathBuf, PushError>>>,
    open: Arc<Mutex<OpenPushes>>,
    connections: watch::Sender<HashMap<SocketAddr, bool>>,
    console_keys: watch::Sender<HashMap<u64, Result<String, HostKeyRefusal>>>,
}

impl Receiver {
    /// Listens until the agent ends. What waits for an answer then learns of that.
    async fn listen(self, socket: UnixStream) {
        let mut lines = BufReader::new(socket).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some(notice) = Notice::parse(&line) {
                self.take(notice);
            }
        }
        lock(&self.open).answers.clear();
    }

    fn take(&self, notice: Notice) {
        match notice {
            Notice::Ready(path) => {
                self.directory.send_replace(Some(Ok(path)));
            }
            Notice::Failed(error) => {
                for (_, sender) in lock(&self.open).answers.drain() {
                    sender.send_replace(Progress::Answered(Err(error.clone())));
                }
                self.directory.send_replace(Some(Err(error)));
            }
            Notice::Connected(address, stands) => {
                self.connections.send_modify(|it| {
                    it.insert(address, stands);
                });
            }
            Notice::ConsoleKeys(number, answer) => {
                self.console_keys.send_modify(|it| {
                    it.insert(number, answer);
                });
            }
            Notice::Retried(number, attempts, is_throttled) => {
                if let Some(sender) = lock(&self.open).answers.get(&number) {
                    sender.send_replace(Progress::Retried(attempts, is_throttled));
                }
            }
            Notice::Pushed(number, answer) => {
                if let Some(sender) = lock(&self.open).answers.remove(&number) {
                    sender.send_replace(Progress::Answered(answer));
                }
            }
        }
    }
}
