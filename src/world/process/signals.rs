//! The signals that end a process. ssh sends SIGHUP to its ProxyCommand.

use std::fs;
use std::future::poll_fn;
use std::io;
use std::os::unix::process::CommandExt;
use std::pin::Pin;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::yield_now;

/// The signals that others send to end us.
pub(crate) const FATAL: [Number; 4] = [Number::HUP, Number::TERM, Number::INT, Number::QUIT];

/// Whether a [`ShutdownSignals`] handles the signals.
static LISTENING: AtomicBool = AtomicBool::new(false);

/// Listens for [`FATAL`] signals, which no longer end the process.
#[derive(Debug)]
pub(crate) struct ShutdownSignals {
    /// Whether another one handled them before this one.
    were_handled: bool,
    kinds: Vec<SignalKind>,
    signals: Vec<Signal>,
    /// The last signal received.
    received: Option<SignalKind>,
    /// A message in the process that counts as SIGHUP.
    message: Option<oneshot::Receiver<()>>,
}

impl ShutdownSignals {
    /// Starts to listen.
    ///
    /// # Errors
    /// If the system refuses a handler.
    pub(crate) fn listen() -> io::Result<Self> {
        Self::to(FATAL.into_iter().map(kind).collect())
    }

    /// Starts to listen for the signals that our parent did not set to ignored (nohup(1), or `&`
    /// without job control). ssh does the same.
    ///
    /// # Errors
    /// If the system refuses a handler.
    pub(crate) fn listen_unless_ignored() -> io::Result<Self> {
        Self::to(not_ignored().into_iter().map(kind).collect())
    }

    /// Another listener for the same signals, from now on.
    ///
    /// # Errors
    /// If the system refuses a handler.
    pub(crate) fn subscribe(&self) -> io::Result<Self> {
        Self::to(self.kinds.clone())
    }

    /// The same listener, which also takes this message for SIGHUP.
    #[must_use]
    pub(crate) fn or(self, message: oneshot::Receiver<()>) -> Self {
        let message = Some(message);
        Self { message, ..self }
    }

    fn to(kinds: Vec<SignalKind>) -> io::Result<Self> {
        let were_handled = LISTENING.swap(true, Ordering::Relaxed);
        let signals = kinds.iter().map(|kind| signal(*kind));
        let signals = signals.collect::<io::Result<_>>()?;
        Ok(Self {
            were_handled,
            kinds,
            signals,
            received: None,
            message: None,
        })
    }

    /// Waits for the next signal. One that came since the last call counts.
    pub(crate) async fn next(&mut self) {
        poll_fn(|cx| {
            let mut signals = self.signals.iter_mut();
            let received = signals.position(|signal| signal.poll_recv(cx).is_ready());
            if let Some(received) = received {
                self.received = Some(self.kinds[received]);
                return Poll::Ready(());
            }
            self.poll_message(cx)
        })
        .await;
    }

    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let message = self.message.as_mut().map(|it| Pin::new(it).poll(cx));
        let Some(Poll::Ready(message)) = message else {
            return Poll::Pending;
        };
        self.message = None;
        // A dropped sender does not count as a message.
        if message.is_err() {
            return Poll::Pending;
        }
        self.received = Some(SignalKind::hangup());
        Poll::Ready(())
    }

    /// Stops listening: the next signal ends the process, as without a handler, unless another
    /// listener handles it then. Call it in the runtime.
    pub(crate) fn hand_back(mut self) {
        LISTENING.store(self.were_handled, Ordering::Relaxed);
        tokio::spawn(async move {
            self.next().await;
            // Others that the signal has woken may have a terminal to restore.
            yield_now().await;
            let received = self.received.map(|it| it.as_raw_value());
            let mut fatal = FATAL.into_iter();
            let number = fatal.find(|it| Some(it.as_raw()) == received);
            if let (Some(number), false) = (number, is_handled()) {
                let _ = die_of(number);
            }
        });
    }

    /// Whether a signal was received.
    pub(crate) fn was_received(&self) -> bool {
        self.received.is_some()
    }

    /// The number of the last signal.
    pub(crate) fn received(&self) -> Option<i32> {
        self.received.map(|it| it.as_raw_value())
    }

    /// Whether the last signal was SIGTERM. ssh without a command takes it for a normal end.
    pub(crate) fn last_was_sigterm(&self) -> bool {
        self.received == Some(SignalKind::terminate())
    }
}

/// Whether a [`ShutdownSignals`] may handle [`FATAL`] signals.
pub(crate) fn is_handled() -> bool {
    LISTENING.load(Ordering::Relaxed)
}

fn kind(number: Number) -> SignalKind {
    SignalKind::from_raw(number.as_raw())
}

/// The [`FATAL`] signals that our parent did not set to ignored, and that the client which we become
/// (execve(2)) does not ignore either. Ask before a signal gets a handler: a handler would take the
/// setting from the client, too.
///
/// Without `/proc`, none counts as ignored.
pub(crate) fn not_ignored() -> Vec<Number> {
    let ignored = ignored_mask(&fs::read_to_string("/proc/self/status").unwrap_or_default());
    let is_ignored = |it: &Number| ignored >> (it.as_raw() - 1) & 1 == 1;
    FATAL.into_iter().filter(|it| !is_ignored(it)).collect()
}

/// The bit mask of ignored signals (`SigIgn` in proc_pid_status(5)), SIGHUP lowest.
fn ignored_mask(status: &str) -> u64 {
    let mut lines = status.lines();
    let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

/// Dies of a signal that has a handler, so that the exit status shows it. Only execve(2) resets a
/// handler without unsafe code: a shell takes our place and sends itself the signal. It writes no
/// core dump (which would hold our environment) and gets no environment.
///
/// Returns only if there is no shell.
pub(crate) fn die_of(signal: Number) -> io::Error {
    let number = format!("-{}", signal.as_raw());
    let script = "ulimit -c 0; kill \"$1\" $$";
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", script, "sh", &number]).env_clear().exec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_bits_of_the_status() {
        let status =
            "SigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\nSigCgt:\t0000000000000002\n";
        assert_eq!(ignored_mask(status), 0x1001);
        assert_eq!(ignored_mask(""), 0);
    }
}
