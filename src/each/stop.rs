//! The end of all logins at once: by a signal, or because nobody reads the output.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::error::Error;
use crate::world::process::error::IoError;

/// How long the children may take to end, and once more after SIGKILL.
const PATIENCE: Duration = Duration::from_secs(5);

/// What has been sent to all children.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sent {
    #[default]
    Nothing,
    Term,
    Kill,
}

/// The children, and how far their end has come.
#[derive(Debug, Default)]
pub(super) struct Stop {
    /// Those that run. A number is removed when its process is reaped, before another can get it.
    children: RefCell<HashMap<usize, Pid>>,
    sent: Cell<Sent>,
    /// When to press again.
    until: Cell<Option<Instant>>,
    request: Notify,
    error: RefCell<Option<io::Error>>,
}

impl Stop {
    /// A child that has begun.
    pub(super) fn add(&self, at: usize, pid: Option<u32>) {
        let pid = pid.and_then(|it| Pid::from_raw(it.cast_signed()));
        self.children.borrow_mut().extend(pid.map(|pid| (at, pid)));
    }

    /// The child has ended.
    pub(super) fn remove(&self, at: usize) {
        self.children.borrow_mut().remove(&at);
    }

    /// The children that have not ended.
    pub(super) fn left(&self) -> Vec<usize> {
        self.children.borrow().keys().copied().collect()
    }

    /// Whether no child is to begin any more.
    pub(super) fn is_begun(&self) -> bool {
        self.sent.get() != Sent::Nothing
    }

    /// The output cannot be written: requests the end.
    pub(super) fn fail(&self, error: io::Error) {
        self.error.borrow_mut().get_or_insert(error);
        self.request.notify_one();
    }

    /// Waits for a request.
    pub(super) async fn requested(&self) {
        self.request.notified().await;
        if self.is_begun() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits until the children have had their time to end.
    pub(super) async fn late(&self) {
        match self.until.get() {
            Some(until) => sleep_until(until).await,
            None => std::future::pending().await,
        }
    }

    /// Ends the children: by SIGTERM first, and then by SIGKILL.
    pub(super) fn press(&self) {
        let (sent, signal) = match self.sent.get() {
            Sent::Nothing => (Sent::Term, Signal::TERM),
            Sent::Term | Sent::Kill => (Sent::Kill, Signal::KILL),
        };
        self.sent.set(sent);
        self.until.set(Some(Instant::now() + PATIENCE));
        for pid in self.children.borrow().values() {
            let _ = kill_process(*pid, signal);
        }
    }

    /// The same once it is late; `false` if nothing is left to try.
    pub(super) fn press_again(&self) -> bool {
        let is_last = self.sent.get() == Sent::Kill;
        self.press();
        !is_last
    }

    /// Why the output cannot be written, unless its reader has had enough.
    ///
    /// # Errors
    /// [`IoError::Output`].
    pub(super) fn error(&self) -> Result<(), Error> {
        match self.error.take() {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(IoError::Output(error).into())
            }
            _ => Ok(()),
        }
    }
}
