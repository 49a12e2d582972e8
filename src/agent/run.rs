//! What the agent's process knows of the run that it belongs to.

pub(super) mod hooks;

use std::collections::VecDeque;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream as Socket;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::Pid;
use tokio::io::{BufReader, Lines};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::host_key::HostKeyChecks;
use super::host_key_check::HostKeyCheck;
use super::notice::Notice;
use super::order::Order;
use super::push::Push;
use super::pusher::Pusher;
use super::refusal::LoginWatch;
use super::ticket::Progress;
use crate::error::PushError;
use crate::plan::argv::own_connection::SocketOptions;
use crate::plan::os_user::by_software;
use crate::world::aws::Credentials;
use crate::world::net::ssh_socket;
use crate::world::process::clock::took;
use crate::world::process::ending::Ending;
use crate::world::tty::terminal::Terminal;

/// How long a hint may take after ssh has ended.
const LIMIT: Duration = Duration::from_secs(1);

/// The run.
pub(super) struct Run {
    client: Pid,
    pusher: Arc<Pusher>,
    host_keys: HostKeyChecks,
    socket: Socket,
    state: Mutex<RunState>,
    terminal: Terminal,
}

#[derive(Default)]
struct RunState {
    /// Whether mssh has become the client, and does not report errors any more.
    is_started: bool,
    /// The errors that mssh was told of, and may not have heard.
    untold: Vec<PushError>,
    credentials: Option<Credentials>,
    /// The connections that ssh has not taken.
    connections: Vec<(SocketAddr, TcpStream)>,
    login: LoginWatch,
}

/// What mssh has said by the time that it becomes the client.
#[derive(Default)]
pub(super) struct Started {
    /// The user's own agent, if there is one.
    pub(super) users_agent: Option<PathBuf>,
    /// Whether ssh logs in with a key of the user's.
    pub(super) by_own_key: bool,
    /// Whether ssh looks for the agent once more after it has gone to the background.
    pub(super) stays: bool,
}

impl Run {
    pub(super) fn new(client: Pid, key: &str, socket: Socket, terminal: Terminal) -> Arc<Self> {
        Arc::new(Self {
            client,
            pusher: Arc::new(Pusher::new(key.to_owned(), terminal)),
            host_keys: HostKeyChecks::new(terminal),
            socket,
            state: Mutex::default(),
            terminal,
        })
    }

    /// Does what mssh says, beginning with the orders that were read already, until it has become the
    /// client; `None` if it is dead. Does something else `meanwhile`, after the first order.
    pub(super) async fn follow(
        self: &Arc<Self>,
        mut next: VecDeque<String>,
        mut orders: Lines<BufReader<UnixStream>>,
        meanwhile: impl FnOnce(),
    ) -> Option<Started> {
        let mut said = Started::default();
        let mut meanwhile = Some(meanwhile);
        while let Some(line) = next.pop_front() {
            match Order::parse(&line) {
                Some(Order::Push(number, push)) => {
                    said.by_own_key |= push.own_key.is_some();
                    self.push(number, *push);
                }
                Some(Order::Connect(address, options)) => self.connect(address, options),
                Some(Order::Keep(credentials)) => self.state().credentials = Some(credentials),
                Some(Order::UserAgent(path)) => said.users_agent = Some(path),
                Some(Order::CheckHostKey(check)) => self.check_host_key(*check),
                Some(Order::Suggest(login)) => self.state().login.expect(login),
                Some(Order::Forget) => self.forget(),
                Some(Order::Start { stays }) => {
                    self.start();
                    return Some(Started { stays, ..said });
                }
                Some(Order::Open | Order::KeyType(_)) | None => {}
            }
            meanwhile.take().into_iter().for_each(|it| it());
            if next.is_empty() {
                next.extend(orders.next_line().await.ok().flatten());
            }
        }
        None
    }

    fn push(self: &Arc<Self>, number: u64, push: Push) {
        let ticket = self.pusher.begin(push);
        let run = Arc::clone(self);
        tokio::spawn(async move {
            let mut progress = ticket.progress();
            while progress.changed().await.is_ok() {
                let now = progress.borrow_and_update().clone();
                match now {
                    Progress::Begun => {}
                    Progress::Retried(attempts, throttled) => {
                        tell(&run.socket, &Notice::Retried(number, attempts, throttled));
                    }
                    Progress::Answered(answer) => return run.report(number, answer.err()),
                }
            }
        });
    }

    fn check_host_key(self: &Arc<Self>, check: HostKeyCheck) {
        let number = check.by_file;
        let begun = self.host_keys.begin(check);
        if let Some(number) = number {
            let run = Arc::clone(self);
            tokio::spawn(async move {
                let answer = begun.console_keys(run.terminal).await;
                tell(&run.socket, &Notice::ConsoleKeys(number, answer));
            });
        }
    }

    fn connect(self: &Arc<Self>, address: SocketAddr, options: SocketOptions) {
        let run = Arc::clone(self);
        tokio::spawn(async move {
            let began = Instant::now();
            let connected = ssh_socket::connect(address, options).await;
            let stands = connected.is_ok();
            run.terminal.debug(|| match &connected {
                Ok(_) => format!("connected to {address} in {}, for ssh", took(began)),
                Err(cause) => format!("ssh connects itself: {address}: {cause}"),
            });
            let mut state = run.state();
            state
                .connections
                .extend(connected.ok().map(|it| (address, it)));
            tell(&run.socket, &Notice::Connected(address, stands));
        });
    }

    /// Tells mssh how a push ended; or the user, if mssh is the client already.
    fn report(&self, number: u64, error: Option<PushError>) {
        let mut state = self.state();
        match error {
            Some(error) if state.is_started => self.terminal.error(&error),
            error => {
                state.untold.extend(error.clone());
                tell(
                    &self.socket,
                    &Notice::Pushed(number, error.map_or(Ok(()), Err)),
                );
            }
        }
    }

    fn forget(&self) {
        self.state().untold.clear();
        self.pusher.forget();
        self.host_keys.forget();
    }

    fn start(&self) {
        let mut state = self.state();
        state.is_started = true;
        for error in state.untold.drain(..) {
            self.terminal.error(&error);
        }
        self.pusher.has_all();
    }

    /// Hints at another user, or at what the image lacks, if sshd has refused our key. To be called
    /// when ssh has ended.
    pub(super) async fn hint_if_refused(&self) {
        let refused = self.state().login.refused(|| self.ending());
        let Some(login) = refused else {
            return;
        };
        let guess = match by_software(&login.software) {
            None => timeout(LIMIT, self.pusher.image_of(&login))
                .await
                .ok()
                .flatten(),
            known => known,
        };
        let Some(guess) = guess else {
            return;
        };
        self.terminal
            .debug(|| format!("sshd has refused our key; {}", guess.reason));
        if let Some(hint) = login.hint(&guess) {
            self.terminal.hint(&hint);
        }
    }

    /// Ends what there is to do about host keys. To be called when ssh has ended.
    pub(super) async fn ends_host_keys(&self) {
        self.host_keys.remembers().await;
        self.host_keys.explain_refusal().await;
    }

    fn ending(&self) -> Ending {
        Ending::of(self.client.as_raw_nonzero().get())
    }

    fn state(&self) -> MutexGuard<'_, RunState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends a line to mssh. If it is gone, nobody waits for the line.
pub(super) fn tell(mut socket: &Socket, notice: &Notice) {
    // The socket does not block, and has room for all that is told.
    let _ = socket.write_all(notice.to_line().as_bytes());
}
