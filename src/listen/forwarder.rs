//! Connections to our port. Each gets its own connection to the instance. The failure of one is
//! reported in a line, and does not affect the others.

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::timeout;

use crate::error::Error;
use crate::plan::argv::tunnel::TunnelRequest;
use crate::plan::cli::listen::ListenRequest;
use crate::plan::route::Route;
use crate::tunnel;
use crate::world::aws::{Credentials, Prompts, RefreshingCredentials};
use crate::world::net::forward;
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

/// What a port forwards to.
#[derive(Debug)]
pub(super) struct Forwarder {
    by: Connection,
    /// The last hint that was shown. It is not repeated.
    hint: RefCell<Option<String>>,
    terminal: Terminal,
}

#[derive(Debug)]
enum Connection {
    /// To this host and port, without a tunnel.
    Direct(String, u16),
    /// Through a tunnel, with credentials that are valid when it is opened.
    Tunnel(Box<(TunnelRequest, RefreshingCredentials)>),
}

impl Forwarder {
    pub(super) fn new(
        request: &ListenRequest,
        route: Route,
        credentials: Option<Credentials>,
        terminal: Terminal,
    ) -> Self {
        let by = match route {
            Route::Tunnel(_, tunnel) => {
                let request = TunnelRequest::of(&request.invocation.options, tunnel, request.port);
                let region = Some(request.tunnel.region().clone());
                let profile = request.args.profile.clone();
                let current = RefreshingCredentials::new(
                    profile,
                    region,
                    credentials,
                    Prompts::Allowed,
                    terminal,
                );
                Connection::Tunnel(Box::new((request, current)))
            }
            direct => Connection::Direct(direct.destination(), request.port),
        };
        Self {
            by,
            hint: RefCell::default(),
            terminal,
        }
    }

    /// Serves connections until a signal comes.
    ///
    /// # Errors
    /// If the system refuses a signal handler.
    pub(super) async fn serve(
        self,
        mut port: Listener,
        mut hangup: ShutdownSignals,
    ) -> Result<Ended, IoError> {
        let this = Rc::new(self);
        let mut callers = JoinSet::new();
        let serving = async {
            this.accept_all(&mut port, &mut callers, &mut hangup)
                .await?;
            drop(port);
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

    /// Accepts connections until a signal comes. At the limit, the next one waits.
    async fn accept_all(
        self: &Rc<Self>,
        port: &mut Listener,
        callers: &mut JoinSet<()>,
        hangup: &mut ShutdownSignals,
    ) -> Result<(), IoError> {
        let (most, mut served, mut next) = (capacity(), Connections::default(), None);
        loop {
            if callers.len() < most
                && let Some(caller) = next.take()
            {
                let asked = served.add(&caller);
                // From here on it receives the signals that we receive.
                let hangup = hangup.subscribe().map_err(IoError::Start)?;
                callers.spawn_local(Rc::clone(self).serve_one(caller, hangup, asked));
            }
            tokio::select! {
                biased;
                () = hangup.next() => return Ok(()),
                Some(ended) = callers.join_next(), if !callers.is_empty() => {
                    if ended.is_err() {
                        self.terminal.error(&panics::last());
                    }
                }
                peer = served.make_room(), if next.is_some() => {
                    self.terminal.warn(&format!("{peer} is idle and gives way to another"));
                }
                caller = port.accept(self.terminal), if next.is_none() => next = Some(caller),
            }
        }
    }

    /// Serves one connection.
    async fn serve_one(
        self: Rc<Self>,
        mut caller: Caller,
        mut hangup: ShutdownSignals,
        asked: oneshot::Receiver<()>,
    ) {
        let peer = caller.peer;
        self.terminal.debug(|| format!("{peer} connects"));
        let relayed = match hangup.subscribe() {
            Ok(signals) => self.relay(&mut caller, signals.or(asked)).await,
            Err(cause) => Err(IoError::Start(cause).into()),
        };
        match relayed {
            Ok(()) => tokio::select! {
                () = caller.close() => {}
                () = hangup.next() => {}
            },
            Err(error) => {
                caller.reset();
                let hint = &mut *self.hint.borrow_mut();
                self.terminal.error_of(&peer.to_string(), &error, hint);
            }
        }
        self.terminal.debug(|| format!("{peer} is gone"));
    }

    async fn relay(&self, caller: &mut Caller, mut hangup: ShutdownSignals) -> Result<(), Error> {
        let (request, current) = match &self.by {
            Connection::Tunnel(tunnel) => &**tunnel,
            Connection::Direct(host, port) => {
                return tokio::select! {
                    relayed = forward::relay(caller, host, *port) => Ok(relayed?),
                    () = hangup.next() => Ok(()),
                };
            }
        };
        let credentials = tokio::select! {
            credentials = current.get() => credentials?,
            () = hangup.next() => return Ok(()),
        };
        tunnel::relay(
            request,
            credentials,
            caller.streams(),
            hangup,
            self.terminal,
        )
        .await
    }
}
