//! The story of a port: whoever connects to it gets a connection to the instance of their own.
//!
//! What befalls one of them is said in a line, and is nothing to the others.

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
use crate::world::aws::{Credentials, RefreshingCredentials};
use crate::world::net::forward;
use crate::world::net::listener::{Caller, Listener, Served, capacity};
use crate::world::process::error::IoError;
use crate::world::process::panics;
use crate::world::process::signals::Hangup;
use crate::world::tty::terminal::Terminal;

/// How long everybody may take to end what they have begun, once we are told to go. Most need a
/// moment; a session whose websocket is lost takes a call.
const FAREWELL: Duration = Duration::from_secs(10);

/// By which signal listening has ended. There is no other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// SIGTERM.
    Terminated,
    /// Any other.
    Interrupted,
}

impl Ended {
    /// The exit status: that of ssh with `-N`, to which SIGTERM alone is no failure.
    #[must_use]
    pub fn status(self) -> ExitCode {
        match self {
            Self::Terminated => ExitCode::SUCCESS,
            Self::Interrupted => ExitCode::from(255),
        }
    }
}

/// Where a port leads.
#[derive(Debug)]
pub struct Destination {
    way: Way,
    /// What was tried to tell about the last failure.
    hint: RefCell<Option<String>>,
    terminal: Terminal,
}

#[derive(Debug)]
enum Way {
    /// To this host and port, by itself.
    Direct(String, u16),
    /// Through a tunnel, with credentials that are good at the time.
    Tunnel(Box<(TunnelRequest, RefreshingCredentials)>),
}

impl Destination {
    /// That of these words, which was found to be reached like this.
    #[must_use]
    pub fn of(
        listening: &ListenRequest,
        (route, credentials): (Route, Option<Credentials>),
        terminal: Terminal,
    ) -> Self {
        let way = match route {
            Route::Through(_, passage) => {
                let request =
                    TunnelRequest::of(&listening.invocation.options, passage, listening.port);
                let region = Some(request.passage.region().clone());
                let profile = request.args.profile.clone();
                let current = RefreshingCredentials::new(profile, region, credentials, terminal);
                Way::Tunnel(Box::new((request, current)))
            }
            direct => Way::Direct(direct.destination(), listening.port),
        };
        Self {
            way,
            hint: RefCell::default(),
            terminal,
        }
    }

    /// Serves whoever connects, until we are told to go.
    ///
    /// # Errors
    /// What keeps the system from telling us of signals.
    pub async fn serve(self, mut port: Listener, mut hangup: Hangup) -> Result<Ended, IoError> {
        let this = Rc::new(self);
        let mut callers = JoinSet::new();
        let serving = async {
            this.admit(&mut port, &mut callers, &mut hangup).await?;
            drop(port);
            let ended = if hangup.is_termination() {
                Ended::Terminated
            } else {
                Ended::Interrupted
            };
            let all = async { while callers.join_next().await.is_some() {} };
            tokio::select! {
                _ = timeout(FAREWELL, all) => {}
                () = hangup.next() => {}
            }
            Ok(ended)
        };
        LocalSet::new().run_until(serving).await
    }

    /// Has those who connect seen to, until we are told to go. Where there is no room for one more,
    /// the next waits until somebody goes.
    async fn admit(
        self: &Rc<Self>,
        port: &mut Listener,
        callers: &mut JoinSet<()>,
        hangup: &mut Hangup,
    ) -> Result<(), IoError> {
        let (most, mut served, mut next) = (capacity(), Served::default(), None);
        loop {
            if callers.len() < most
                && let Some(caller) = next.take()
            {
                let asked = served.add(&caller);
                // From here on it hears what we hear.
                let hangup = hangup.another().map_err(IoError::Start)?;
                callers.spawn_local(Rc::clone(self).attend(caller, hangup, asked));
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

    /// Sees to one of those who connect.
    async fn attend(
        self: Rc<Self>,
        mut caller: Caller,
        mut hangup: Hangup,
        asked: oneshot::Receiver<()>,
    ) {
        let peer = caller.peer;
        self.terminal.debug(|| format!("{peer} connects"));
        let carried = match hangup.another() {
            Ok(ear) => self.carry(&mut caller, ear.or(asked)).await,
            Err(cause) => Err(IoError::Start(cause).into()),
        };
        match carried {
            Ok(()) => tokio::select! {
                () = caller.take_leave() => {}
                () = hangup.next() => {}
            },
            Err(error) => {
                caller.cut_off();
                let hint = &mut *self.hint.borrow_mut();
                self.terminal.error_of(&peer.to_string(), &error, hint);
            }
        }
        self.terminal.debug(|| format!("{peer} is gone"));
    }

    async fn carry(&self, caller: &mut Caller, mut hangup: Hangup) -> Result<(), Error> {
        let (request, current) = match &self.way {
            Way::Tunnel(tunnel) => &**tunnel,
            Way::Direct(host, port) => {
                return tokio::select! {
                    carried = forward::carry(caller, host, *port) => Ok(carried?),
                    () = hangup.next() => Ok(()),
                };
            }
        };
        let credentials = tokio::select! {
            credentials = current.get() => credentials?,
            () = hangup.next() => return Ok(()),
        };
        tunnel::carry(
            request,
            credentials,
            caller.streams(),
            hangup,
            self.terminal,
        )
        .await
    }
}
