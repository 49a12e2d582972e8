//! Modes of the terminal that are changed for a while. They are restored when that ends, however it
//! does: by a panic, too, and by signals. Signals concern the whole process, so the saved state is a
//! static.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rustix::process::Signal;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::{SignalKind, signal};

use crate::world::process::signals;

/// The terminal, and its state before.
static BEFORE: Mutex<Option<Before>> = Mutex::new(None);

/// The fatal signals that have a handler: see [`watch`].
static WATCHED: OnceLock<Vec<Signal>> = OnceLock::new();

struct Before {
    terminal: Arc<File>,
    modes: Termios,
    when: OptionalActions,
    /// What is written before the modes are restored.
    farewell: &'static [u8],
}

/// Opens the terminal of our session, if it has one.
pub(super) fn open() -> Option<Arc<File>> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty");
    Some(Arc::new(terminal.ok()?))
}

/// The changed modes, until dropped.
#[derive(Debug)]
pub(super) struct ChangedModes(());

impl ChangedModes {
    /// Changes the modes. `when` decides what happens to keys that were typed before, when this begins
    /// and ends; `farewell` is written at the end. Call it in the runtime.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub(super) fn begin(
        terminal: &Arc<File>,
        when: OptionalActions,
        farewell: &'static [u8],
        change: impl FnOnce(&mut Termios),
    ) -> io::Result<Self> {
        watched();
        let before = tcgetattr(terminal)?;
        let mut modes = before.clone();
        change(&mut modes);
        tcsetattr(terminal, when, &modes)?;
        *saved() = Some(Before {
            terminal: Arc::clone(terminal),
            modes: before,
            when,
            farewell,
        });
        Ok(Self(()))
    }
}

impl Drop for ChangedModes {
    fn drop(&mut self) {
        restore();
    }
}

fn saved() -> MutexGuard<'static, Option<Before>> {
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Restores the terminal, unless that is done already.
fn restore() {
    if let Some(before) = saved().take() {
        let _ = (&*before.terminal).write_all(before.farewell);
        let _ = tcsetattr(&before.terminal, before.when, &before.modes);
    }
}

/// The fatal signals that restore the terminal before they end the process, from the first call on.
pub(super) fn watched() -> &'static [Signal] {
    WATCHED.get_or_init(watch)
}

/// Ignored signals get no handler: with one, the ssh that we become would not ignore them either.
fn watch() -> Vec<Signal> {
    let watched = signals::not_ignored();
    for &number in &watched {
        if let Ok(mut stream) = signal(SignalKind::from_raw(number.as_raw())) {
            tokio::spawn(async move {
                stream.recv().await;
                restore();
                if !signals::is_handled() {
                    let _ = signals::die_of(number);
                }
            });
        }
    }
    watched
}
