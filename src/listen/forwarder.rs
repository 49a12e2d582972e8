//! Connections to our port. Each gets its own connection to the instance. The failure of one is
//! reported in a line, and does not affect the others.

use std::cell::RefCell;
use std::rc::Rc;

use tokio::sync::oneshot;

use super::Found;
use crate::error::Error;
use crate::plan::argv::tunnel::TunnelRequest;
use crate::plan::cli::Options;
use crate::plan::cli::listen::Forward;
use crate::plan::route::Route;
use crate::plan::route::tunnel::Tunnel;
use crate::tunnel;
use crate::world::aws::error::{AwsError, Denied};
use crate::world::aws::{Credentials, Prompts, RefreshingCredentials, SessionKind};
use crate::world::net::forward;
use crate::world::net::listener::Caller;
use crate::world::process::error::IoError;
use crate::world::process::signals::ShutdownSignals;
use crate::world::tty::terminal::Terminal;

/// The call that starts a session.
const START_SESSION: &str = "ssm:StartSession";

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
    /// Through a tunnel.
    Tunnel(Box<PortTunnel>),
}

/// Opens a tunnel for each connection.
#[derive(Debug)]
struct PortTunnel {
    request: TunnelRequest,
    /// Valid when a tunnel is opened.
    credentials: RefreshingCredentials,
    /// What sessions are started for, where the tunnel is one.
    start: RefCell<SessionKind>,
}

impl Forwarder {
    pub(super) fn new(forward: &Forward, found: Found, terminal: Terminal) -> Self {
        let port = forward.port;
        let options = Options {
            profile: found.profile,
            ..forward.invocation.options.clone()
        };
        let by = match found.route {
            Route::Tunnel(_, tunnel) => {
                let request = TunnelRequest::of(&options, tunnel, port);
                let region = Some(request.tunnel.region().clone());
                let profile = request.args.profile.clone();
                let current = RefreshingCredentials::new(
                    profile,
                    region,
                    found.credentials,
                    Prompts::Allowed,
                    terminal,
                );
                let start = match &forward.host {
                    None => SessionKind::Port(port),
                    Some(host) => SessionKind::ToHost(host.clone(), port),
                };
                Connection::Tunnel(Box::new(PortTunnel {
                    request,
                    credentials: current,
                    start: RefCell::new(start),
                }))
            }
            direct => Connection::Direct(direct.destination(), port),
        };
        Self {
            by,
            hint: RefCell::default(),
            terminal,
        }
    }

    /// Serves one connection.
    pub(super) async fn serve_one(
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
        let tunnel = match &self.by {
            Connection::Tunnel(tunnel) => tunnel,
            Connection::Direct(host, port) => {
                return tokio::select! {
                    relayed = forward::relay(caller, host, *port) => Ok(relayed?),
                    () = hangup.next() => Ok(()),
                };
            }
        };
        let credentials = tokio::select! {
            credentials = tunnel.credentials.get() => credentials?,
            () = hangup.next() => return Ok(()),
        };
        let (request, terminal) = (&tunnel.request, self.terminal);
        match &request.tunnel {
            Tunnel::Eice(_) => {
                let streams = caller.streams();
                tunnel::relay(request, credentials, streams, hangup, terminal).await
            }
            Tunnel::Ssm(..) => {
                let relay = tunnel.by_session(credentials, caller, hangup, terminal);
                relay.await
            }
        }
    }
}

impl PortTunnel {
    /// By a session. Where the document for SSH is not allowed, the one for forwarding ports may be,
    /// which is remembered.
    async fn by_session(
        &self,
        credentials: Credentials,
        caller: &mut Caller,
        mut hangup: ShutdownSignals,
        terminal: Terminal,
    ) -> Result<(), Error> {
        let start = self.start.borrow().clone();
        let mut relay = async |start: SessionKind, credentials: Credentials| {
            let Tunnel::Ssm(target, region) = &self.request.tunnel else {
                return Ok(());
            };
            let start = (target, region, start);
            let (request, streams) = (&self.request, caller.streams());
            tunnel::by_session(request, start, credentials, streams, &mut hangup, terminal).await
        };
        let relayed = relay(start.clone(), credentials.clone()).await;
        let (denied, port) = match (relayed, start) {
            (Err(Error::Aws(AwsError::Denied(denied))), SessionKind::Port(port))
                if denied.action == START_SESSION =>
            {
                (denied, port)
            }
            (relayed, _) => return relayed,
        };
        self.start.replace(SessionKind::Forward(port));
        match relay(SessionKind::Forward(port), credentials).await {
            Err(Error::Aws(AwsError::Denied(again))) if again.action == START_SESSION => {
                self.start.replace(SessionKind::Port(port));
                let resource = format!("{} or AWS-StartPortForwardingSession", denied.resource);
                Err(AwsError::Denied(Denied { resource, ..denied }).into())
            }
            relayed => relayed,
        }
    }
}
