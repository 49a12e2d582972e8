//! The terminal of somebody who types: every key is to reach the far end as it is.

use std::future;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::termios::{OptionalActions, Termios, isatty, tcgetattr, tcgetwinsize, tcsetattr};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What is typed at: a terminal, or something that is none. As in ssh, it is standard input that
/// decides.
#[derive(Debug, Default)]
pub struct InputTerminal(Option<Keyboard>);

#[derive(Debug)]
struct Keyboard {
    terminal: OwnedFd,
    /// How it is set, but for us.
    before: Termios,
    changes: Signal,
    is_raw: bool,
}

/// Columns and rows.
pub type Size = (u16, u16);

impl InputTerminal {
    /// Looks what this is, and changes nothing yet.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn of(typed: impl AsFd) -> io::Result<Self> {
        if !isatty(&typed) {
            return Ok(Self(None));
        }
        let terminal = typed.as_fd().try_clone_to_owned()?;
        Ok(Self(Some(Keyboard {
            before: tcgetattr(&terminal)?,
            terminal,
            changes: signal(SignalKind::window_change())?,
            is_raw: false,
        })))
    }

    /// Whether there is a terminal.
    pub fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// From now on the terminal does nothing about any key or byte (cfmakeraw(3)), until
    /// [`InputTerminal::restore`] or the end of this.
    pub fn raw(&mut self) {
        if let Some(keyboard) = &mut self.0 {
            let mut raw = keyboard.before.clone();
            raw.make_raw();
            // One that does not let us is used as it is.
            keyboard.is_raw = tcsetattr(&keyboard.terminal, OptionalActions::Drain, &raw).is_ok();
        }
    }

    /// Leaves raw mode.
    pub fn restore(&mut self) {
        if let Some(keyboard) = &mut self.0
            && std::mem::take(&mut keyboard.is_raw)
        {
            let _ = tcsetattr(&keyboard.terminal, OptionalActions::Drain, &keyboard.before);
        }
    }

    /// How large it is, if it says so.
    pub fn size(&self) -> Option<Size> {
        let size = tcgetwinsize(&self.0.as_ref()?.terminal).ok()?;
        (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
    }

    /// Waits until it has another size.
    pub async fn changed(&mut self) {
        match &mut self.0 {
            // The stream has no end.
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
