//! Standard input as a terminal in raw mode, whose keys go to the far end unchanged.

use std::future;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::termios::{OptionalActions, Termios, isatty, tcgetattr, tcgetwinsize, tcsetattr};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Standard input, if it is a terminal. As in ssh, standard output does not matter.
#[derive(Debug, Default)]
pub(crate) struct InputTerminal(Option<Keyboard>);

#[derive(Debug)]
struct Keyboard {
    terminal: OwnedFd,
    /// Its settings before raw mode.
    before: Termios,
    changes: Signal,
    is_raw: bool,
}

/// Columns and rows.
pub(crate) type Size = (u16, u16);

impl InputTerminal {
    /// Reads the settings of this descriptor. Changes nothing yet.
    ///
    /// # Errors
    /// If the terminal does not report its settings.
    pub(crate) fn of(input: impl AsFd) -> io::Result<Self> {
        if !isatty(&input) {
            return Ok(Self(None));
        }
        let terminal = input.as_fd().try_clone_to_owned()?;
        Ok(Self(Some(Keyboard {
            before: tcgetattr(&terminal)?,
            terminal,
            changes: signal(SignalKind::window_change())?,
            is_raw: false,
        })))
    }

    /// Whether it is a terminal.
    pub(crate) fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// Puts the terminal in raw mode (cfmakeraw(3)) until [`InputTerminal::restore`] or drop.
    pub(crate) fn raw(&mut self) {
        if let Some(keyboard) = &mut self.0 {
            let mut raw = keyboard.before.clone();
            raw.make_raw();
            // Go on without raw mode if the terminal refuses it.
            keyboard.is_raw = tcsetattr(&keyboard.terminal, OptionalActions::Drain, &raw).is_ok();
        }
    }

    /// Leaves raw mode.
    pub(crate) fn restore(&mut self) {
        if let Some(keyboard) = &mut self.0
            && std::mem::take(&mut keyboard.is_raw)
        {
            let _ = tcsetattr(&keyboard.terminal, OptionalActions::Drain, &keyboard.before);
        }
    }

    /// The size of the terminal, if it reports one.
    pub(crate) fn size(&self) -> Option<Size> {
        let size = tcgetwinsize(&self.0.as_ref()?.terminal).ok()?;
        (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
    }

    /// Waits until the size changes.
    pub(crate) async fn changed(&mut self) {
        match &mut self.0 {
            // `None` never comes: the stream has no end.
            Some(keyboard) => drop(keyboard.changes.recv().await),
            None => future::pending().await,
        }
    }
}

impl Drop for InputTerminal {
    fn drop(&mut self) {
        self.restore();
    }
}
