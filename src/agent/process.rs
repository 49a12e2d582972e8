//! The agent as a process: `mssh --agent PID INHERITED`, with a socket to mssh as its standard input.
//!
//! mssh starts it before anything else, so that its start takes no time of its own, and then becomes
//! the client. The agent stays as long as that process, and removes what it made.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::{UnixListener as Listener, UnixStream as Socket};
use std::sync::Arc;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open, setsid, test_kill_process};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Builder;
use tokio::task::spawn_blocking;

use super::notice::Notice;
use super::order::Order;
use super::run::hooks::RunHooks;
use super::run::{Run, Started, tell};
use crate::error::{Error, PushError};
use crate::plan::key_type::KeyType;
use crate::world::agent::AgentServer;
use crate::world::key::directory::{AgentDirectory, sweep};
use crate::world::key::ephemeral::EphemeralKey;
use crate::world::key::error::KeyError;
use crate::world::process::held_signals::{HeldSignals, readable};
use crate::world::process::inherited::Inherited;
use crate::world::tty::terminal::Terminal;

/// The hidden option.
pub(crate) const OPTION: &str = "--agent";

/// The word after the number for `--debug`.
pub(crate) const DEBUG: &str = "debug";

/// How long a socket stays when ssh goes to the background: before it asks for the forwarding of an
/// agent, a round trip later, it looks whether there is one (`check_agent_present()` in ssh.c).
const SETUP: Duration = Duration::from_secs(5);

/// How often to look whether the client is there, where the kernel does not tell when it ends.
const LOOK: Duration = Duration::from_millis(200);

/// Runs the agent until it is of no more use.
///
/// # Errors
/// Words of another form, and what the system refuses before the agent can tell mssh.
pub(crate) fn run(words: &[OsString], terminal: Terminal) -> io::Result<()> {
    let (pid, inherited, debug) = match words {
        [pid, inherited] => (pid, inherited, false),
        [pid, inherited, word] if word == DEBUG => (pid, inherited, true),
        _ => return Err(io::ErrorKind::InvalidInput.into()),
    };
    let pid = pid.to_str().and_then(|pid| pid.parse().ok());
    let pid = pid.and_then(Pid::from_raw);
    let inherited = inherited.to_str().and_then(Inherited::parse);
    inherited.ok_or(io::ErrorKind::InvalidInput)?.close();
    let client = ClientProcess::of(pid.ok_or(io::ErrorKind::InvalidInput)?);
    let signals = HeldSignals::hold()?;
    // Out of the terminal's reach.
    let _ = setsid();
    let terminal = terminal.with_verbosity(debug, false);
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let end = runtime.block_on(live(client, signals, terminal));
    runtime.shutdown_background();
    end
}

/// The process that starts the agent, and becomes the client.
struct ClientProcess {
    pid: Pid,
    descriptor: Result<OwnedFd, Errno>,
}

impl ClientProcess {
    /// Soon, while no other process can have got the number.
    fn of(pid: Pid) -> Self {
        let descriptor = pidfd_open(pid, PidfdFlags::empty());
        Self { pid, descriptor }
    }

    /// Waits until it has ended.
    async fn end(self) {
        let ended = match self.descriptor {
            Ok(process) => readable(process).await.is_ok(),
            Err(Errno::SRCH) => true,
            // An old kernel, or another system.
            Err(_) => false,
        };
        while !ended && test_kill_process(self.pid).is_ok() {
            tokio::time::sleep(LOOK).await;
        }
    }
}

async fn live(client: ClientProcess, signals: HeldSignals, terminal: Terminal) -> io::Result<()> {
    let socket = Socket::from(io::stdin().as_fd().try_clone_to_owned()?);
    socket.set_nonblocking(true)?;
    let mut orders = BufReader::new(UnixStream::from_std(socket.try_clone()?)?).lines();
    // Without an order there is no login, and nothing to be made.
    let first = tokio::select! {
        first = first_orders(&mut orders) => first?,
        _ = signals.first() => None,
    };
    let Some((first, key)) = first else {
        return Ok(());
    };
    let (directory, key, listener) = match key.and_then(make) {
        Ok(made) => made,
        Err(error) => {
            let error = PushError::from(&Error::from(error));
            tell(&socket, &Notice::Failed(error));
            return Ok(());
        }
    };
    listener.set_nonblocking(true)?;
    let listener = UnixListener::from_std(listener)?;
    tell(&socket, &Notice::Ready(directory.path().to_owned()));
    let run = Run::new(client.pid, key.line(), socket, terminal);
    let work = async {
        let sweep = || sweep::sweep_beside(directory.path());
        if let Some(started) = run.follow(first, orders, sweep).await {
            serve(&run, key, started, &listener, client).await;
        }
    };
    tokio::select! {
        () = work => {}
        _ = signals.first() => {}
    }
    Ok(())
}

/// Serves ssh as long as the client lives, and then says what its end leaves to say.
async fn serve(
    run: &Arc<Run>,
    key: EphemeralKey,
    started: Started,
    listener: &UnixListener,
    client: ClientProcess,
) {
    let key = Some(key).filter(|_| !started.by_own_key);
    let server = AgentServer::new(key, started.users_agent, RunHooks(Arc::clone(run)));
    tokio::select! {
        never = server.serve(listener) => match never {},
        () = client.end() => {}
    }
    // The key ends with the client.
    drop(server);
    run.ends_host_keys().await;
    run.hint_if_refused().await;
    if started.stays {
        tokio::time::sleep(SETUP).await;
    }
}

/// The key, and the orders up to then, the first of which may tell its type; `None` if mssh ends.
async fn first_orders(
    orders: &mut Lines<BufReader<UnixStream>>,
) -> io::Result<Option<(VecDeque<String>, Result<EphemeralKey, KeyError>)>> {
    // Before the first order: it takes no time then.
    let usual = EphemeralKey::generate(KeyType::Ed25519);
    let Some(first) = orders.next_line().await? else {
        return Ok(None);
    };
    let Some(Order::KeyType(kind @ KeyType::Rsa)) = Order::parse(&first) else {
        return Ok(Some(([first].into(), usual)));
    };
    let mut making = spawn_blocking(move || EphemeralKey::generate(kind));
    let mut read: VecDeque<String> = [first].into();
    loop {
        tokio::select! {
            key = &mut making => return Ok(Some((read, key?))),
            // mssh waits for our end.
            order = orders.next_line() => match order? {
                Some(order) => read.push_back(order),
                None => return Ok(None),
            },
        }
    }
}

/// The directory and the socket.
fn make(key: EphemeralKey) -> Result<(AgentDirectory, EphemeralKey, Listener), KeyError> {
    let directory = AgentDirectory::make()?;
    directory.write_public_key(key.line())?;
    let listener = directory.listen()?;
    Ok((directory, key, listener))
}
