//! What the agent has told mssh, for those who wait for it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::UnixStream;
use tokio::sync::watch;

use super::notice::Notice;
use super::ticket::Progress;
use crate::error::{Error, PushError};
use crate::wire::agent::HostKeyRefusal;
use crate::world::key::error::KeyError;
use crate::world::openssh::error::SshError;

/// What has come so far.
#[derive(Debug)]
pub(super) struct Replies {
    directory: watch::Receiver<Option<Result<PathBuf, PushError>>>,
    open: Arc<Mutex<OpenPushes>>,
    /// Whether there is a connection to an address, once that is known.
    connections: watch::Receiver<HashMap<SocketAddr, bool>>,
    /// What consoles show, by the number of the check.
    console_keys: watch::Receiver<HashMap<u64, Result<String, HostKeyRefusal>>>,
}

impl Replies {
    /// Listens to the agent from now on. Call it in the runtime.
    pub(super) fn listen(socket: UnixStream) -> Self {
        let (directory_sender, directory) = watch::channel(None);
        let (connections_sender, connections) = watch::channel(HashMap::new());
        let (keys_sender, console_keys) = watch::channel(HashMap::new());
        let open = Arc::default();
        let reader = ReplyReader {
            directory: directory_sender,
            open: Arc::clone(&open),
            connections: connections_sender,
            console_keys: keys_sender,
        };
        tokio::spawn(reader.all(socket));
        Self {
            directory,
            open,
            connections,
            console_keys,
        }
    }

    /// Has this get the answer to a push. Returns the push's number.
    pub(super) fn expect(&self, answer: watch::Sender<Progress>) -> u64 {
        lock(&self.open).add(answer)
    }

    /// A number for a check.
    pub(super) fn number(&self) -> u64 {
        lock(&self.open).number()
    }

    /// Waits for the agent's directory.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn directory(&self) -> Result<PathBuf, Error> {
        let mut directory = self.directory.clone();
        let known = directory.wait_for(Option::is_some).await;
        match known.as_deref() {
            Ok(Some(directory)) => directory.clone().map_err(Error::from),
            Ok(None) | Err(_) => Err(KeyError::agent_has_ended().into()),
        }
    }

    /// Waits for the answer to the check with this number: lines of known_hosts.
    ///
    /// # Errors
    /// Why ssh must not connect without them.
    pub(super) async fn console_keys(&self, check: u64) -> Result<String, Error> {
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

    /// Waits until it is known whether there is a connection to this address.
    pub(super) async fn has_connected(&self, address: SocketAddr) -> bool {
        let mut connections = self.connections.clone();
        let connected = connections.wait_for(|it| it.contains_key(&address)).await;
        connected.is_ok_and(|it| it.get(&address) == Some(&true))
    }
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

/// Where the replies go.
struct ReplyReader {
    directory: watch::Sender<Option<Result<PathBuf, PushError>>>,
    open: Arc<Mutex<OpenPushes>>,
    connections: watch::Sender<HashMap<SocketAddr, bool>>,
    console_keys: watch::Sender<HashMap<u64, Result<String, HostKeyRefusal>>>,
}

impl ReplyReader {
    /// Takes all until the agent ends. What waits for an answer then learns of that.
    async fn all(self, socket: UnixStream) {
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
