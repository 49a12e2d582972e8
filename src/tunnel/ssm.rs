//! The story of a Session Manager session: start it, carry it over as many websockets as it
//! takes, and see that it ends.
//!
//! ```text
//! StartSession ─→ websocket ─→ handshake ─→ SSH's banner
//!                     ↑ lost: by code 1000 about once an hour, or by an accident
//!              ResumeSession (fresh credentials, a new URL)
//! ```
//!
//! The process that starts a session is the one that carries it, so that there is always somebody
//! to end it. The parent could start it beside the push and save the child a call; but ssh may
//! never run its ProxyCommand (a master connection, an error in the words) or run it twice, and
//! whoever dies in between would leave a session that nobody owns.

mod resume;
mod run;

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use self::run::SessionLoop;
use crate::error::{Error, Tunnel};
use crate::hint;
use crate::plan::target::ids::Region;
use crate::wire::ssm::channel::SessionEnd;
use crate::wire::ssm::message::LONGEST;
use crate::world::aws;
use crate::world::aws::error::AwsError;
use crate::world::aws::{Aws, Prompts, Session, SessionKind};
use crate::world::net::pump::Streams;
use crate::world::net::websocket;
use crate::world::net::websocket::{DialError, Socket};
use crate::world::process::signals::Hangup;
use crate::world::tty::raw_mode::Screen;
use crate::world::tty::terminal::Terminal;

/// How long the call may take that ends a session, and another that is under way when we are told to
/// go.
const FAREWELL: Duration = Duration::from_secs(5);

/// What is to be carried where.
#[derive(Debug)]
pub struct SsmSession<'a> {
    /// An instance or managed node.
    pub target: &'a str,
    /// What to start there.
    pub start: SessionKind,
    /// Where that is.
    pub region: Option<&'a Region>,
    /// Whose credentials to use when those at hand may have expired.
    pub profile: Option<&'a str>,
    /// Whether ssh goes to the background once somebody is logged in.
    pub background: bool,
    /// Whether only errors are to be told.
    pub quiet: bool,
    /// Who is told what goes on.
    pub terminal: Terminal,
}

/// A websocket, the token to open it with, and the credentials that were loaded for that, if any
/// were; or why there is none.
type Dialled = Result<(Socket, String, Option<Aws>), Error>;

/// A session, and the credentials that were loaded for it, if any were.
type Begun = (Option<Aws>, Session);

impl SsmSession<'_> {
    /// Runs the session to its end, between these streams, and the screen where
    /// keys are typed. Whoever is told to go while a session starts waits a little, to end it.
    ///
    /// # Errors
    /// Whatever ended it, other than the far end's own will or ours. No session is left then.
    pub async fn run<R, W>(
        &self,
        aws: &Aws,
        mut hangup: Hangup,
        ends: (Streams<R, W>, Screen),
    ) -> Result<(), Error>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let Some((anew, session)) = self.begin(aws, &mut hangup).await? else {
            return self.told_to_go();
        };
        let aws = anew.as_ref().unwrap_or(aws);
        self.terminal
            .debug(|| format!("started session {}", session.id));
        let carriage = SessionLoop::new(self, aws, &session, ends);
        let end = carriage.run(&mut hangup).await;
        let is_left = match &end {
            Ok(SessionEnd::Unconfirmed | SessionEnd::Refused(_)) => true,
            Ok(
                SessionEnd::Closed(_)
                | SessionEnd::Terminated
                | SessionEnd::Failed(_)
                | SessionEnd::NoConnection(_),
            ) => false,
            Err(error) => !matches!(error, Error::SessionOver { .. }),
        };
        if is_left {
            Box::pin(self.terminate(aws, &session.id)).await;
        }
        match end? {
            SessionEnd::Failed(reason) | SessionEnd::Refused(reason) => {
                Err(Error::SessionOver { reason })
            }
            SessionEnd::NoConnection(reason) => Err(match self.start {
                SessionKind::Port(port) => Error::NothingListens { port, reason },
                SessionKind::Shell => Error::SessionOver { reason },
            }),
            _ if hangup.has_come() => self.told_to_go(),
            SessionEnd::Closed(_) | SessionEnd::Terminated | SessionEnd::Unconfirmed => Ok(()),
        }
    }

    /// Starts the session; `None` if we were told to go meanwhile. It is ended then, unless it does
    /// not come about in the time for that.
    async fn begin(&self, aws: &Aws, hangup: &mut Hangup) -> Result<Option<Begun>, Error> {
        let mut starting = Box::pin(self.start(aws));
        tokio::select! {
            started = &mut starting => return started.map(Some),
            () = hangup.next() => {}
        }
        if let Ok(started) = timeout(FAREWELL, starting).await {
            let (anew, session) = started?;
            let aws = anew.as_ref().unwrap_or(aws);
            Box::pin(self.terminate(aws, &session.id)).await;
        }
        Ok(None)
    }

    /// What there is to say where a signal has ended it: ssh, whose ProxyCommand we are, has its own
    /// word for that.
    fn told_to_go(&self) -> Result<(), Error> {
        match self.start {
            SessionKind::Port(_) => Ok(()),
            SessionKind::Shell => Err(Error::SessionOver {
                reason: "a signal has ended it".to_owned(),
            }),
        }
    }

    /// Starts the session; if the credentials come from the AWS CLI's cache and are refused, with
    /// others, which are returned as well.
    async fn start(&self, aws: &Aws) -> Result<Begun, Error> {
        let start = async |aws: &Aws| {
            let region = aws.region(self.region)?;
            let starting = Box::pin(region.start_session(self.target, self.start));
            // ssh has the terminal of its ProxyCommand.
            let quiet = self.start != SessionKind::Shell;
            self.terminal.beside(quiet, starting).await
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
        socket.map_err(|failure| match failure {
            DialError::Refused { status, off, .. } => Tunnel::NoSession { status, off }.into(),
            DialError::Other(error) => error,
        })
    }

    /// Ends the session through the API.
    async fn terminate(&self, aws: &Aws, id: &str) {
        let by = async |aws: &Aws| aws.region(self.region)?.terminate_session(id).await;
        let ending = Box::pin(async {
            match by(aws).await {
                Err(AwsError::Expired { .. } | AwsError::BadCredentials { .. }) => {
                    by(&self.load().await?).await
                }
                ended => ended,
            }
        });
        let cause = match timeout(FAREWELL, ending).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => hint::line(&error),
            Err(_) => "no answer in time".to_owned(),
        };
        let text = format!("session {id} could not be ended: {cause}");
        self.terminal.note(&text);
    }

    /// The credentials of now: those that started the session may have expired hours ago.
    async fn load(&self) -> Result<Aws, AwsError> {
        // The shell reads what is typed: a question could not be answered.
        let prompts = match self.start {
            SessionKind::Port(_) => Prompts::Allowed,
            SessionKind::Shell => Prompts::Forbidden,
        };
        Aws::load(self.profile, self.region, prompts, self.terminal).await
    }
}
