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
use crate::plan::cli::invocation::Invocation;
use crate::plan::cli::listen::ListenRequest;
use crate::plan::cli::usage::Usage;
use crate::plan::program::Program;
use crate::plan::route::Route;
use crate::plan::ssh_g::HostConfig;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::resolve::Resolver;
use crate::resolve::host::Settings;
use crate::resolve::lazy_aws::LazyAws;
use crate::resolve::push::KeyPush;
use crate::run::print;
use crate::tunnel;
use crate::world::aws::{Credentials, RefreshingCredentials};
use crate::world::net::forward;
use crate::world::net::listener::{Caller, Listener, Served, capacity};
use crate::world::process::error::IoError;
use crate::world::process::signals::Hangup;
use crate::world::tty::panics;
use crate::world::tty::terminal::Terminal;
use crate::world::{openssh, process};

/// How long everybody may take to end what they have begun, once we are told to go. Most need a
/// moment; a session whose websocket is lost takes a call.
const FAREWELL: Duration = Duration::from_secs(10);

/// Forwards a port of this machine to one of an instance.
///
/// # Errors
/// Whatever is in the way.
pub(crate) async fn run(request: &ListenRequest, terminal: Terminal) -> Result<ExitCode, Error> {
    let options = &request.invocation.options;
    let terminal = terminal.telling(options.debug, request.invocation.is_verbose());
    process::notice_children().map_err(IoError::Start)?;
    // Before it costs a call: the port may be somebody else's.
    let port = Listener::open(&request.bind_address).await?;
    let (route, credentials) = terminal.beside(false, find(request, terminal)).await?;
    let goal = goal(request, &route);
    if options.dry_run {
        let line = format!("listen on {}, forward to {goal}\n", request.bind_address);
        print(line.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let forwarder = Forwarder::new(request, route, credentials, terminal);
    let hangup = Hangup::unless_ignored().await.map_err(IoError::Start)?;
    terminal.announce(&format!(
        "listening on {}, forwarding to {goal}",
        port.address
    ));
    Ok(forwarder.serve(port, hangup).await?.status())
}

/// The route to the instance, and what a tunnel signs with. Nothing is pushed: whatever connects
/// logs in by itself.
async fn find(
    request: &ListenRequest,
    terminal: Terminal,
) -> Result<(Route, Option<Credentials>), Error> {
    let by_host_name = by_host_name(&request.invocation).await?;
    let invocation = by_host_name.as_ref().unwrap_or(&request.invocation);
    let destination = invocation.destinations().next().ok_or(Usage::NoTarget)?;
    let config = HostConfig::given(&destination.host, request.port, None);
    let mut resolver = Resolver {
        invocation,
        settings: Settings::Given(config),
        aws: LazyAws::new(&invocation.options, true, terminal),
        push: KeyPush::of(invocation),
        terminal,
    };
    let resolved = resolver.all().await?.into_iter().next();
    let credentials = match resolver.aws.loaded() {
        Some(aws) => Some(aws.credentials().await?),
        None => None,
    };
    let route = resolved.ok_or(Usage::NoTarget)?.route;
    Ok((route, credentials))
}

/// The same words for the HostName that ssh_config has for a name, if it has one: a target is read
/// as everywhere else. Where ssh does not tell, the name is left to the resolver.
async fn by_host_name(invocation: &Invocation) -> Result<Option<Invocation>, Error> {
    let mut destinations = invocation.destinations();
    let is_name = |it: &&Destination| matches!(it.target, Target::Host(_));
    let Some(destination) = destinations.next().filter(is_name) else {
        return Ok(None);
    };
    match openssh::host_name(invocation, destination).await {
        Ok(hostname) if hostname != destination.host => {
            let destination = Destination::parse(Program::Ssh, hostname.as_ref())?;
            Ok(Some(invocation.with_destination(destination)))
        }
        Ok(_) | Err(_) => Ok(None),
    }
}

/// Where the port leads: the destination as typed, and the route to it.
fn goal(request: &ListenRequest, route: &Route) -> String {
    let mut destinations = request.invocation.destinations();
    let name = destinations.next().map_or("", Destination::name);
    let brackets = if name.contains(':') {
        ("[", "]")
    } else {
        ("", "")
    };
    format!(
        "{}{name}{}:{} ({route})",
        brackets.0, brackets.1, request.port
    )
}

/// Which signal ended it. There is no other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// SIGTERM.
    Terminated,
    /// Any other.
    Interrupted,
}

impl Ended {
    /// The exit status: that of ssh with `-N`, to which SIGTERM alone is no failure.
    fn status(self) -> ExitCode {
        match self {
            Self::Terminated => ExitCode::SUCCESS,
            Self::Interrupted => ExitCode::from(255),
        }
    }
}

/// Where a port leads.
#[derive(Debug)]
struct Forwarder {
    by: Connection,
    /// What was tried to tell about the last failure.
    hint: RefCell<Option<String>>,
    terminal: Terminal,
}

#[derive(Debug)]
enum Connection {
    /// To this host and port, by itself.
    Direct(String, u16),
    /// Through a tunnel, with credentials that are good at the time.
    Tunnel(Box<(TunnelRequest, RefreshingCredentials)>),
}

impl Forwarder {
    fn new(
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
                let current = RefreshingCredentials::new(profile, region, credentials, terminal);
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

    /// Serves whoever connects, until we are told to go.
    ///
    /// # Errors
    /// What keeps the system from telling us of signals.
    async fn serve(self, mut port: Listener, mut hangup: Hangup) -> Result<Ended, IoError> {
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
        let (request, current) = match &self.by {
            Connection::Tunnel(tunnel) => &**tunnel,
            Connection::Direct(host, port) => {
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
