//! A Session Manager session: start it, keep it running over one websocket after another, and end
//! it.
//!
//! ```text
//! StartSession ─→ websocket ─→ handshake ─→ SSH's banner
//!                     ↑ lost: closed with code 1000 about once an hour, or broken
//!              ResumeSession (fresh credentials, a new URL)
//! ```
//!
//! The process that transfers a session's bytes also starts it, so that it can always end it. The
//! parent could start it during the push and save the child a call. But ssh may never run its
//! ProxyCommand (a master connection, a bad option) or run it twice, and a parent that dies in
//! between would leave the session open.

mod resume;
mod run;

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use self::run::SessionLoop;
use crate::error::{Error, TunnelError};
use crate::hint;
use crate::plan::target::ids::Region;
use crate::wire::ssm::channel::SessionEnd;
use crate::wire::ssm::message::LONGEST;
use crate::world::aws::error::AwsError;
use crate::world::aws::{self, Aws, Prompts, Session, SessionKind};
use crate::world::net::pump::Streams;
use crate::world::net::websocket::{self, DialError, Socket};
use crate::world::process::signals::ShutdownSignals;
use crate::world::tty::input_terminal::InputTerminal;
use crate::world::tty::terminal::Terminal;

/// How long the call that ends a session may take, and a StartSession that is under way when a signal
/// comes.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// A session to run.
#[derive(Debug)]
pub(crate) struct SsmSession<'a> {
    /// The ID of an instance or managed node.
    pub(crate) target: &'a str,
    /// A port or a shell.
    pub(crate) start: SessionKind,
    /// The target's region.
    pub(crate) region: Option<&'a Region>,
    /// The AWS profile to load credentials from when the current ones have expired.
    pub(crate) profile: Option<&'a str>,
    /// Whether ssh goes to the background after the login (`-f`).
    pub(crate) background: bool,
    /// Whether to report errors alone.
    pub(crate) quiet: bool,
    pub(crate) terminal: Terminal,
}

/// A websocket, the token that opens the data channel on it, and the credentials that were loaded for
/// it, if any.
type Connected = (Socket, String, Option<Aws>);

/// A session, and the credentials that were loaded for it, if any.
type Started = (Option<Aws>, Session);

impl SsmSession<'_> {
    /// Runs the session to its end, between these streams; the screen is the terminal, if there is one.
    /// If a signal comes while it starts, waits up to [`END_TIMEOUT`] to end it.
    ///
    /// # Errors
    /// Why it ended, unless we or the far end ended it as intended. No session is left then.
    pub(crate) async fn run<R, W>(
        &self,
        aws: &Aws,
        hangup: &mut ShutdownSignals,
        (streams, screen): (Streams<R, W>, InputTerminal),
    ) -> Result<(), Error>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let Some((anew, session)) = self.start_unless_interrupted(aws, hangup).await? else {
            return self.interrupted();
        };
        let aws = anew.as_ref().unwrap_or(aws);
        self.terminal
            .debug(|| format!("started session {}", session.id));
        let session_loop = SessionLoop::new(self, aws, &session, (streams, screen));
        let end = session_loop.run(hangup).await;
        let is_left = match &end {
            // A forwarding session goes on, and waits for another connection.
            Ok(SessionEnd::NoConnection(_)) if self.forwards() => true,
            Ok(SessionEnd::Unconfirmed | SessionEnd::Refused(_)) => true,
            Ok(
                SessionEnd::Closed(_)
                | SessionEnd::Terminated
                | SessionEnd::Failed(_)
                | SessionEnd::NoConnection(_),
            ) => false,
            Err(error) => !is_over(error),
        };
        if is_left {
            Box::pin(self.terminate(aws, &session.id)).await;
        }
        match end? {
            SessionEnd::Failed(failure) | SessionEnd::Refused(failure) => {
                Err(TunnelError::SessionOver(failure).into())
            }
            SessionEnd::NoConnection(reason) => Err(self.no_connection(reason).into()),
            _ if hangup.was_received() => self.interrupted(),
            SessionEnd::Closed(_) | SessionEnd::Terminated | SessionEnd::Unconfirmed => Ok(()),
        }
    }

    /// Whether the session forwards connections.
    fn forwards(&self) -> bool {
        matches!(
            self.start,
            SessionKind::Forward(_) | SessionKind::ToHost(..)
        )
    }

    /// The error for an agent that could not connect.
    fn no_connection(&self, reason: String) -> TunnelError {
        match &self.start {
            SessionKind::Port(port) => TunnelError::NothingListens {
                port: *port,
                reason,
            },
            SessionKind::Shell => TunnelError::SessionOver(reason.into()),
            SessionKind::Forward(port) => TunnelError::NotForwarded {
                from: self.target.to_owned(),
                host: None,
                port: *port,
            },
            SessionKind::ToHost(host, port) => TunnelError::NotForwarded {
                from: self.target.to_owned(),
                host: Some(host.clone()),
                port: *port,
            },
        }
    }

    /// Starts the session; `None` if a signal comes meanwhile. The session is ended then, if it starts
    /// in time.
    async fn start_unless_interrupted(
        &self,
        aws: &Aws,
        hangup: &mut ShutdownSignals,
    ) -> Result<Option<Started>, Error> {
        let mut starting = Box::pin(self.start(aws));
        tokio::select! {
            started = &mut starting => return started.map(Some),
            () = hangup.next() => {}
        }
        if let Ok(started) = timeout(END_TIMEOUT, starting).await {
            let (anew, session) = started?;
            let aws = anew.as_ref().unwrap_or(aws);
            Box::pin(self.terminate(aws, &session.id)).await;
        }
        Ok(None)
    }

    /// The result after a signal. ssh itself reports that its ProxyCommand has ended.
    fn interrupted(&self) -> Result<(), Error> {
        match self.start {
            SessionKind::Shell => Err(TunnelError::Interrupted.into()),
            _ => Ok(()),
        }
    }

    /// Starts the session. If AWS refuses credentials from the AWS CLI's cache, loads others, which are
    /// returned as well.
    async fn start(&self, aws: &Aws) -> Result<Started, Error> {
        let start = async |aws: &Aws| {
            let region = aws.region(self.region)?;
            let starting = Box::pin(region.start_session(self.target, &self.start));
            // The terminal of a ProxyCommand belongs to ssh.
            let quiet = self.start != SessionKind::Shell;
            self.terminal.show_wait_during(quiet, starting).await
        };
        let error = match start(aws).await {
            Ok(session) => return Ok((None, session)),
            Err(error) => error,
        };
        let Some(stale) = error.dropped_session() else {
            return Err(error.into());
        };
        self.terminal.warn(&stale.to_string());
        let fresh = Box::pin(self.load()).await?;
        let session = start(&fresh).await?;
        Ok((Some(fresh), session))
    }

    async fn dial(&self, aws: &Aws, session: &Session) -> Result<Socket, Error> {
        let headers = aws.region(self.region)?.sign_upgrade(&session.url).await?;
        let network = aws::network(self.profile)?;
        let socket = websocket::dial(&session.url, &headers, LONGEST, &network).await;
        socket.map_err(|error| match error {
            DialError::Refused { status, off, .. } => TunnelError::NoSession { status, off }.into(),
            error => error.into(),
        })
    }

    /// Ends the session through the API.
    async fn terminate(&self, aws: &Aws, id: &str) {
        let terminate = async |aws: &Aws| aws.region(self.region)?.terminate_session(id).await;
        let ending = Box::pin(async {
            match terminate(aws).await {
                Err(AwsError::Expired { .. } | AwsError::BadCredentials { .. }) => {
                    terminate(&self.load().await?).await
                }
                ended => ended,
            }
        });
        let cause = match timeout(END_TIMEOUT, ending).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => hint::line(&error),
            Err(_) => "no answer in time".to_owned(),
        };
        let text = format!("session {id} could not be ended: {cause}");
        self.terminal.verbose(&text);
    }

    /// Loads credentials again: those that started the session may have expired hours ago.
    async fn load(&self) -> Result<Aws, AwsError> {
        // The shell reads what the user types, so a question could not be answered.
        let prompts = match self.start {
            SessionKind::Shell => Prompts::Forbidden,
            _ => Prompts::Allowed,
        };
        Aws::load(self.profile, self.region, prompts, self.terminal).await
    }
}

/// Whether AWS says that a session is over.
fn is_over(error: &Error) -> bool {
    matches!(
        error,
        Error::Aws(AwsError::SessionTimedOut | AwsError::SessionGone)
    )
}
