//! A session is carried: between our ends, over as many websockets as it takes.

use std::pin::Pin;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep_until};

use super::{Dialled, SsmSession};
use crate::error::Error;
use crate::wire::ssm::channel::{Purpose, SessionEnd, SsmChannel};
use crate::wire::ssm::retry::Retry;
use crate::world::aws::{Aws, Session, SessionKind};
use crate::world::net::pump::Streams;
use crate::world::net::pump::{Pump, Stop};
use crate::world::net::websocket::Io;
use crate::world::process;
use crate::world::process::clock::Clock;
use crate::world::process::random;
use crate::world::process::signals::Hangup;
use crate::world::tty::raw_mode::Screen;

/// How long whoever types waits for another websocket before anything is said.
const PATIENCE: Duration = Duration::from_secs(5);

/// A session under way.
pub(super) struct SessionLoop<'a, R, W> {
    ssm: &'a SsmSession<'a>,
    aws: &'a Aws,
    session: &'a Session,
    pump: Pump<SsmChannel, Io, R, W>,
    screen: Screen,
    dialling: Option<Pin<Box<dyn Future<Output = Dialled> + 'a>>>,
    clock: Clock,
    retry: Retry,
    /// The credentials that were loaded since.
    fresh: Option<Aws>,
    /// Until when to say nothing of a websocket that is lost.
    patience: Option<Instant>,
    /// Whether it was said.
    is_told: bool,
}

impl<'a, R: AsyncRead + Unpin, W: AsyncWrite + Unpin> SessionLoop<'a, R, W> {
    pub(super) fn new(
        ssm: &'a SsmSession<'a>,
        aws: &'a Aws,
        session: &'a Session,
        (ends, screen): (Streams<R, W>, Screen),
    ) -> Self {
        let clock = Clock::set();
        let purpose = match ssm.start {
            SessionKind::Port(_) => Purpose::Port,
            SessionKind::Shell => Purpose::Shell,
        };
        let channel = SsmChannel::new(purpose, random::number(), clock.now());
        let first = async move {
            let socket = ssm.dial(aws, session).await?;
            Ok((socket, session.token.clone(), None))
        };
        Self {
            ssm,
            aws,
            session,
            pump: Pump::new(channel, clock, ends),
            screen,
            dialling: Some(Box::pin(first)),
            clock,
            retry: Retry::default(),
            fresh: None,
            patience: None,
            is_told: false,
        }
    }

    /// Carries until the session is over. A terminal is as it was by then.
    pub(super) async fn run(mut self, hangup: &mut Hangup) -> Result<SessionEnd, Error> {
        loop {
            let mut over = None;
            tokio::select! {
                // First of all: whoever floods us is not to keep us from going.
                biased;
                () = hangup.next() => {
                    self.screen.restore();
                    self.pump.hang_up().await;
                }
                stop = self.pump.run() => match stop {
                    Stop::Begun => self.begun(),
                    Stop::Unanswered => self.silent(),
                    Stop::Lost(cause) => self.lost(cause),
                    Stop::Ended(end) => over = Some(end),
                },
                dialled = some(&mut self.dialling) => self.dialled(dialled)?,
                () = self.screen.changed() => self.resize(),
                () = until(self.patience) => self.impatient(),
            }
            for text in self.pump.messages() {
                self.ssm.terminal.relay(&text);
            }
            if let Some(end) = over {
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

    /// The terminal is left alone until there is a shell: so long, Ctrl-C is for us.
    fn begun(&mut self) {
        if self.ssm.background {
            process::leave_stderr();
        }
        self.screen.raw();
        self.resize();
    }

    /// Where nobody listens, the agent says so after a minute, and ssh does not say what it waits for.
    fn silent(&self) {
        if let SessionKind::Port(port) = self.ssm.start {
            let text = format!("no answer from port {port} yet: does anything listen on it there?");
            if !self.ssm.quiet {
                self.ssm.terminal.remark(&text);
            }
            self.ssm.terminal.note(&text);
        }
    }

    fn lost(&mut self, cause: String) {
        let terminal = self.ssm.terminal;
        terminal.debug(|| format!("the websocket is lost ({cause}), resuming"));
        self.retry
            .lost(self.pump.channel.has_moved(), self.clock.now());
        let aws = (self.aws, self.fresh.take());
        let retry = (self.retry, self.clock);
        let resuming = self.ssm.resume(aws, &self.session.id, retry, cause);
        self.dialling = Some(Box::pin(resuming));
        self.patience = self.screen.is_there().then(|| Instant::now() + PATIENCE);
    }

    fn dialled(&mut self, dialled: Dialled) -> Result<(), Error> {
        self.dialling = None;
        self.patience = None;
        let (socket, token, fresh) = dialled?;
        self.fresh = fresh;
        self.retry.opened(self.clock.now());
        self.pump.channel.connected(&token, self.clock.now());
        self.pump.connect(socket);
        if std::mem::take(&mut self.is_told) {
            self.ssm.terminal.relay("the shell goes on");
            self.begun();
        }
        Ok(())
    }

    /// Nobody is to sit before keys that do nothing.
    fn impatient(&mut self) {
        self.patience = None;
        self.is_told = true;
        self.screen.restore();
        let text = "the connection is lost, and tried again; Ctrl-C gives up";
        self.ssm.terminal.relay(text);
    }
}

/// What the future gives, if there is one.
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
