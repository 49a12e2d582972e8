//! The ports: accepts connections on all of them until a signal comes.

use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::select_all;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::timeout;

use super::forwarder::Forwarder;
use crate::world::net::listener::{Caller, Connections, Listener, capacity};
use crate::world::process::error::IoError;
use crate::world::process::signals::ShutdownSignals;
use crate::world::tty::panics;
use crate::world::tty::terminal::Terminal;

/// How long connections may take to end after a signal. Most need a moment; a session whose
/// websocket is lost takes a call.
const GRACE: Duration = Duration::from_secs(10);

/// The signal that ended it. Nothing else does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// SIGTERM.
    Terminated,
    /// Any other.
    Interrupted,
}

impl Ended {
    /// The exit status: that of ssh with `-N`, for which only SIGTERM is no failure.
    pub(super) fn status(self) -> ExitCode {
        match self {
            Self::Terminated => ExitCode::SUCCESS,
            Self::Interrupted => ExitCode::from(255),
        }
    }
}

/// Serves the connections to these ports until a signal comes.
///
/// # Errors
/// If the system refuses a signal handler.
pub(super) async fn serve(
    ports: Vec<(Listener, Forwarder)>,
    mut hangup: ShutdownSignals,
    terminal: Terminal,
) -> Result<Ended, IoError> {
    let (listeners, forwarders): (Vec<_>, Vec<_>) = ports.into_iter().unzip();
    let mut ports = Ports {
        listeners,
        forwarders: forwarders.into_iter().map(Rc::new).collect(),
        terminal,
    };
    let mut callers = JoinSet::new();
    let serving = async {
        ports.accept_all(&mut callers, &mut hangup).await?;
        drop(ports);
        let ended = if hangup.last_was_sigterm() {
            Ended::Terminated
        } else {
            Ended::Interrupted
        };
        let all = async { while callers.join_next().await.is_some() {} };
        tokio::select! {
            _ = timeout(GRACE, all) => {}
            () = hangup.next() => {}
        }
        Ok(ended)
    };
    LocalSet::new().run_until(serving).await
}

struct Ports {
    listeners: Vec<Listener>,
    /// What each of them forwards to.
    forwarders: Vec<Rc<Forwarder>>,
    terminal: Terminal,
}

impl Ports {
    /// Accepts connections until a signal comes. At the limit, the next one waits.
    async fn accept_all(
        &mut self,
        callers: &mut JoinSet<()>,
        hangup: &mut ShutdownSignals,
    ) -> Result<(), IoError> {
        let (most, mut served, mut next) = (capacity(), Connections::default(), None);
        loop {
            if callers.len() < most
                && let Some((caller, forwarder)) = next.take()
            {
                let asked = served.add(&caller);
                // From here on it receives the signals that we receive.
                let hangup = hangup.subscribe().map_err(IoError::Start)?;
                callers.spawn_local(Forwarder::serve_one(forwarder, caller, hangup, asked));
            }
            let terminal = self.terminal;
            tokio::select! {
                biased;
                () = hangup.next() => return Ok(()),
                Some(ended) = callers.join_next(), if !callers.is_empty() => {
                    if ended.is_err() {
                        terminal.error(&panics::last());
                    }
                }
                peer = served.make_room(), if next.is_some() => {
                    terminal.warn(&format!("{peer} is idle and gives way to another"));
                }
                accepted = self.accept(), if next.is_none() => next = Some(accepted),
            }
        }
    }

    /// Waits for a client at any of the ports. May be dropped and called again at any time.
    async fn accept(&mut self) -> (Caller, Rc<Forwarder>) {
        let terminal = self.terminal;
        let accepting = self.listeners.iter_mut();
        let accepting = accepting.map(|it| Box::pin(it.accept(terminal)));
        let (caller, at, _) = select_all(accepting).await;
        (caller, Rc::clone(&self.forwarders[at]))
    }
}
