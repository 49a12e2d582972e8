//! The signals by which others tell us that we are to go: ssh sends SIGHUP to its ProxyCommand.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use crate::world::process;

/// The names of the signals.
const NAMES: [&str; 4] = ["HUP", "TERM", "INT", "QUIT"];

/// Whether anybody has begun to listen.
static LISTENING: AtomicBool = AtomicBool::new(false);

/// From when it is made on, these signals end nothing by themselves.
#[derive(Debug)]
pub struct ShutdownSignals {
    kinds: Vec<SignalKind>,
    signals: Vec<Signal>,
    /// The last that has come.
    heard: Option<SignalKind>,
    /// By which one of us is told the same without a signal.
    told: Option<oneshot::Receiver<()>>,
}

impl ShutdownSignals {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn listen() -> io::Result<Self> {
        Self::to(NAMES.map(kind).to_vec())
    }

    /// Begins to listen to those that who called us does not have us ignore (nohup(1), a `&`
    /// without job control), as ssh does.
    ///
    /// # Errors
    /// When the system does not let us.
    pub async fn listen_unless_ignored() -> io::Result<Self> {
        let mut kinds = Vec::new();
        for name in ["HUP", "TERM", "INT"] {
            if !process::is_ignored(name).await {
                kinds.push(kind(name));
            }
        }
        // Shells ignore both together; to try this one might leave a core.
        if kinds.contains(&SignalKind::interrupt()) {
            kinds.push(SignalKind::quit());
        }
        Self::to(kinds)
    }

    /// Another ear for what comes from now on.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn subscribe(&self) -> io::Result<Self> {
        Self::to(self.kinds.clone())
    }

    /// The same, which also hears of it in this way.
    #[must_use]
    pub fn or(self, told: oneshot::Receiver<()>) -> Self {
        let told = Some(told);
        Self { told, ..self }
    }

    fn to(kinds: Vec<SignalKind>) -> io::Result<Self> {
        LISTENING.store(true, Ordering::Relaxed);
        let signals = kinds.iter().map(|kind| signal(*kind));
        let signals = signals.collect::<io::Result<_>>()?;
        Ok(Self {
            kinds,
            signals,
            heard: None,
            told: None,
        })
    }

    /// Waits for the next of them. None is lost while nobody waits.
    pub async fn next(&mut self) {
        poll_fn(|cx| {
            let mut signals = self.signals.iter_mut();
            let heard = signals.position(|signal| signal.poll_recv(cx).is_ready());
            if let Some(heard) = heard {
                self.heard = Some(self.kinds[heard]);
                return Poll::Ready(());
            }
            self.poll_told(cx)
        })
        .await;
    }

    /// Nobody is left who could tell us: that is no word.
    fn poll_told(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let told = self.told.as_mut().map(|told| Pin::new(told).poll(cx));
        let Some(Poll::Ready(said)) = told else {
            return Poll::Pending;
        };
        self.told = None;
        if said.is_err() {
            return Poll::Pending;
        }
        self.heard = Some(SignalKind::hangup());
        Poll::Ready(())
    }

    /// Whether any has come.
    pub fn was_received(&self) -> bool {
        self.heard.is_some()
    }

    /// Whether the last was SIGTERM: to ssh without a command the end that somebody wants, and no
    /// failure.
    pub fn last_was_sigterm(&self) -> bool {
        self.heard == Some(SignalKind::terminate())
    }
}

/// Whether somebody listens to the signal of this name, and will see to our end.
pub fn is_handled(name: &str) -> bool {
    NAMES.contains(&name) && LISTENING.load(Ordering::Relaxed)
}

fn kind(name: &str) -> SignalKind {
    match name {
        "HUP" => SignalKind::hangup(),
        "TERM" => SignalKind::terminate(),
        "QUIT" => SignalKind::quit(),
        _ => SignalKind::interrupt(),
    }
}
