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

use std::pin::Pin;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep};

use super::nobody;
use crate::error::{Error, Tunnel};
use crate::plan::names::Region;
use crate::wire::ssm::channel::{Channel, End, Purpose};
use crate::world::aws::{self, Aws, Session, Start};
use crate::world::chance;
use crate::world::clock::Clock;
use crate::world::hangup::Hangup;
use crate::world::process;
use crate::world::pump::{Pump, Stop};
use crate::world::terminal::Terminal;
use crate::world::websocket::{self, Failure, Socket};

/// How long a lost session is tried to be resumed: ssh's own timers decide sooner, if they are set.
const PERSEVERANCE: Duration = Duration::from_mins(5);

/// The wait after the first failure, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// What is to be carried where.
#[derive(Debug)]
pub struct Errand<'a> {
    /// An instance or managed node.
    pub target: &'a str,
    /// What to start there.
    pub start: Start,
    /// Where that is.
    pub region: Option<&'a Region>,
    /// Whose credentials to use when those at hand may have expired.
    pub profile: Option<&'a str>,
    /// Whether ssh goes to the background once somebody is logged in.
    pub background: bool,
    /// Who is told what goes on.
    pub terminal: Terminal,
}

/// A websocket and the token to open it with; or why there is none.
type Dialled = Result<(Socket, String), Error>;

impl Errand<'_> {
    /// Runs the errand to its end, whoever brings that about, and gives the exit status of the
    /// command, where there is one that tells. Whoever is told to go while a session starts has to
    /// wait and to end it.
    ///
    /// # Errors
    /// Whatever ended it, other than the far end's own will or ours. No session is left then.
    pub async fn run<R, W>(
        &self,
        aws: &Aws,
        hangup: Hangup,
        input: R,
        output: W,
    ) -> Result<Option<i32>, Error>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let session = aws.region(self.region)?;
        let session = session.start_session(self.target, self.start).await?;
        self.terminal.debug(|| format!("started {session:?}"));
        let end = self.carry(aws, &session, hangup, input, output).await;
        match end {
            Ok(End::Closed(status)) => Ok(status),
            Ok(End::Asked) => Ok(None),
            Ok(End::Failed(reason)) => Err(Error::SessionOver { reason }),
            Ok(End::Unanswered) => {
                self.terminate(aws, &session.id).await;
                Ok(None)
            }
            Err(error) => {
                if !matches!(error, Error::SessionOver { .. }) {
                    self.terminate(aws, &session.id).await;
                }
                Err(error)
            }
        }
    }

    async fn carry<R, W>(
        &self,
        aws: &Aws,
        session: &Session,
        mut hangup: Hangup,
        input: R,
        output: W,
    ) -> Result<End, Error>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let clock = Clock::set();
        let purpose = match self.start {
            Start::Port(_) => Purpose::Port,
            Start::Shell => Purpose::Shell,
        };
        let channel = Channel::new(purpose, chance::number(), clock.now());
        let mut pump = Pump::new(channel, clock, input, output);
        let first = async { Ok((self.dial(aws, session).await?, session.token.clone())) };
        let mut dialling: Option<Pin<Box<dyn Future<Output = Dialled> + '_>>> =
            Some(Box::pin(first));
        loop {
            let mut over = None;
            tokio::select! {
                stop = pump.run() => match stop {
                    Stop::Spoken if self.background => process::leave_stderr(),
                    Stop::Spoken => {}
                    Stop::Over(end) => over = Some(end),
                    Stop::Lost => {
                        self.terminal.debug(|| "the websocket is lost, resuming".to_owned());
                        dialling = Some(Box::pin(self.resume(aws, &session.id)));
                    }
                },
                dialled = some(&mut dialling) => {
                    dialling = None;
                    let (socket, token) = dialled?;
                    pump.connect(socket, &token);
                }
                () = hangup.next() => pump.hang_up().await,
            }
            for text in pump.said() {
                self.terminal.relay(&text);
            }
            if let Some(end) = over {
                return Ok(end);
            }
        }
    }

    async fn dial(&self, aws: &Aws, session: &Session) -> Result<Socket, Error> {
        let headers = aws.region(self.region)?.sign_upgrade(&session.url).await?;
        let network = aws::network(self.profile)?;
        let socket = websocket::dial(&session.url, &headers, &network).await;
        socket.map_err(|failure| match failure {
            Failure::Refused { status, .. } => Tunnel::NoSession { status }.into(),
            Failure::Other(error) => error,
        })
    }

    /// Another websocket for the session, however often that has to be tried. Never another
    /// session: that would be another connection to sshd, in the middle of a stream.
    async fn resume(&self, aws: &Aws, id: &str) -> Dialled {
        let until = Instant::now() + PERSEVERANCE;
        let mut wait = FIRST_WAIT;
        loop {
            let error = match self.try_to_resume(aws, id).await {
                Err(error @ Error::SessionOver { .. }) => return Err(error),
                Err(error) if Instant::now() >= until => return Err(error),
                Err(error) => error,
                dialled => return dialled,
            };
            // Expired credentials are no end: somebody may log in again in the meantime.
            self.terminal
                .note(&format!("cannot resume yet: {}", error.message()));
            sleep(wait.mul_f64(chance::between(0.5, 1.0))).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn try_to_resume(&self, aws: &Aws, id: &str) -> Dialled {
        match self.load().await {
            Ok(fresh) => self.resume_by(&fresh, id).await,
            // Whom nobody can ask for another MFA code may have credentials that are good yet.
            Err(missing) => match self.resume_by(aws, id).await {
                Err(error) if !matches!(error, Error::SessionOver { .. }) => Err(missing),
                dialled => dialled,
            },
        }
    }

    async fn resume_by(&self, aws: &Aws, id: &str) -> Dialled {
        let session = aws.region(self.region)?.resume_session(id).await?;
        let socket = self.dial(aws, &session).await?;
        Ok((socket, session.token))
    }

    /// Ends the session by the API.
    async fn terminate(&self, aws: &Aws, id: &str) {
        let by = async |aws: &Aws| aws.region(self.region)?.terminate_session(id).await;
        if by(aws).await.is_ok() {
            return;
        }
        if let Err(error) = async { by(&self.load().await?).await }.await {
            let text = format!("session {id} could not be ended: {}", error.message());
            self.terminal.note(&text);
        }
    }

    /// The credentials of now: those that started the session may have expired hours ago.
    async fn load(&self) -> Result<Aws, Error> {
        Aws::load(self.profile, self.region, nobody, self.terminal).await
    }
}

/// What the future gives, if there is one.
async fn some<T>(future: &mut Option<Pin<Box<dyn Future<Output = T> + '_>>>) -> T {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}
