//! Running a session between the local end and one websocket after another.

use std::pin::Pin;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep_until};

use super::{Connected, SsmSession};
use crate::error::Error;
use crate::wire::ssm::channel::{Purpose, SessionEnd, SsmChannel};
use crate::wire::ssm::retry::Retry;
use crate::world::aws::{Aws, Session, SessionKind};
use crate::world::net::pump::Streams;
use crate::world::net::pump::{Pump, Stop};
use crate::world::net::websocket::Io;
use crate::world::process;
use crate::world::process::clock::Clock;
use crate::world::process::signals::ShutdownSignals;
use crate::world::tty::input_terminal::InputTerminal;

/// How soon after the loss of a websocket a message appears on the terminal.
const REPORT_AFTER: Duration = Duration::from_secs(5);

/// Another websocket that is being opened.
type Connecting<'a> = Pin<Box<dyn Future<Output = Result<Connected, Error>> + 'a>>;

/// A session that has been started.
pub(super) struct SessionLoop<'a, R, W> {
    ssm: &'a SsmSession<'a>,
    aws: &'a Aws,
    session: &'a Session,
    pump: Pump<SsmChannel, Io, R, W>,
    screen: InputTerminal,
    connecting: Option<Connecting<'a>>,
    clock: Clock,
    retry: Retry,
    /// The credentials that were loaded after `aws`.
    fresh: Option<Aws>,
    /// When to report that the websocket is lost.
    report_at: Option<Instant>,
    /// Whether the loss has been reported.
    is_reported: bool,
}

impl<'a, R: AsyncRead + Unpin, W: AsyncWrite + Unpin> SessionLoop<'a, R, W> {
    pub(super) fn new(
        ssm: &'a SsmSession<'a>,
        aws: &'a Aws,
        session: &'a Session,
        (streams, screen): (Streams<R, W>, InputTerminal),
    ) -> Self {
        let clock = Clock::start();
        let purpose = match ssm.start {
            SessionKind::Port(_) => Purpose::Port,
            SessionKind::Forward(_) => Purpose::Forward {
                to_other_host: false,
            },
            SessionKind::ToHost(..) => Purpose::Forward {
                to_other_host: true,
            },
            SessionKind::Shell => Purpose::Shell,
        };
        let channel = SsmChannel::new(purpose, fastrand::u64(..), clock.now());
        let first = async move {
            let socket = ssm.dial(aws, session).await?;
            Ok((socket, session.token.clone(), None))
        };
        Self {
            ssm,
            aws,
            session,
            pump: Pump::new(channel, clock, streams),
            screen,
            connecting: Some(Box::pin(first)),
            clock,
            retry: Retry::default(),
            fresh: None,
            report_at: None,
            is_reported: false,
        }
    }

    /// Copies bytes until the session ends, and restores the terminal.
    pub(super) async fn run(mut self, hangup: &mut ShutdownSignals) -> Result<SessionEnd, Error> {
        loop {
            let mut ended = None;
            tokio::select! {
                // Signals first: a flood of data must not delay them.
                biased;
                () = hangup.next() => {
                    self.screen.restore();
                    self.pump.hang_up().await;
                }
                stop = self.pump.run() => match stop {
                    Stop::Begun => self.begin(),
                    Stop::Unanswered => self.report_no_answer(),
                    Stop::Lost(cause) => self.resume(cause),
                    Stop::Ended(end) => ended = Some(end),
                },
                connected = some(&mut self.connecting) => self.connected(connected)?,
                () = self.screen.changed() => self.resize(),
                () = until(self.report_at) => self.report_loss(),
            }
            for text in self.pump.messages() {
                self.ssm.terminal.relay(&text);
            }
            if let Some(end) = ended {
                return Ok(end);
            }
        }
    }

    /// Sends the size of the terminal, if there is one and the agent is ready.
    fn resize(&mut self) {
        if let Some((columns, rows)) = self.screen.size()
            && self.pump.channel.is_ready()
        {
            let now = self.clock.now();
            self.pump.channel.resize(columns, rows, now);
        }
    }

    /// The terminal becomes raw only when there is a shell: until then, Ctrl-C ends mssh.
    fn begin(&mut self) {
        if self.ssm.background {
            process::close_stderr();
        }
        self.screen.raw();
        self.resize();
    }

    /// If nothing listens on the port, the agent says so only after a minute, and ssh does not say what
    /// it waits for.
    fn report_no_answer(&self) {
        if let Some((host, port)) = self.ssm.start.port() {
            let place = host.map_or(format!("port {port}"), |host| {
                format!("{} port {port}", host.as_str())
            });
            let text = format!("no answer from {place} yet: does anything listen on it there?");
            if !self.ssm.quiet {
                self.ssm.terminal.info_if_interactive(&text);
            }
            self.ssm.terminal.verbose(&text);
        }
    }

    fn resume(&mut self, cause: String) {
        let terminal = self.ssm.terminal;
        terminal.debug(|| format!("the websocket is lost ({cause}), resuming"));
        self.retry
            .lost(self.pump.channel.has_moved(), self.clock.now());
        let aws = (self.aws, self.fresh.take());
        let retry = (self.retry, self.clock);
        let resuming = self.ssm.resume(aws, &self.session.id, retry, cause);
        self.connecting = Some(Box::pin(resuming));
        self.report_at = self
            .screen
            .is_there()
            .then(|| Instant::now() + REPORT_AFTER);
    }

    fn connected(&mut self, connected: Result<Connected, Error>) -> Result<(), Error> {
        self.connecting = None;
        self.report_at = None;
        let (socket, token, fresh) = connected?;
        self.fresh = fresh;
        self.retry.opened(self.clock.now());
        self.pump.channel.connected(&token, self.clock.now());
        self.pump.connect(socket);
        if std::mem::take(&mut self.is_reported) {
            self.ssm.terminal.relay("the shell goes on");
            self.begin();
        }
        Ok(())
    }

    /// Explains why the keys do nothing.
    fn report_loss(&mut self) {
        self.report_at = None;
        self.is_reported = true;
        self.screen.restore();
        let text = "the connection is lost, and tried again; Ctrl-C gives up";
        self.ssm.terminal.relay(text);
    }
}

/// The output of the future, if there is one.
async fn some<T>(future: &mut Option<Pin<Box<dyn Future<Output = T> + '_>>>) -> T {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

/// Waits for this moment, if there is one.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
