//! A line on standard error that is drawn again and again in its place.

use std::io::{self, Write};

use rustix::process::getpgrp;
use rustix::termios::{tcgetpgrp, tcgetwinsize};

/// The width if the terminal reports none.
const USUAL_WIDTH: u16 = 80;

/// The line on the terminal; empty if there is none.
pub(super) struct DrawnLine(String);

impl DrawnLine {
    pub(super) const NONE: Self = Self(String::new());

    /// Draws this in its place, as far as it fits.
    pub(super) fn draw(&mut self, text: &str) {
        let visible = text.chars().filter(|c| !c.is_control());
        let line: String = visible.take(width()).collect();
        if line != self.0 {
            // Spaces erase the rest of a longer line: every terminal understands them.
            let columns = line.chars().count();
            let rest = self.0.chars().count().saturating_sub(columns);
            write(&format!("\r{line}{:rest$}", ""));
            self.0 = line;
        }
    }

    /// Erases it.
    pub(super) fn clear(&mut self) {
        if !self.0.is_empty() {
            let width = self.0.chars().count();
            write(&format!("\r{:width$}\r", ""));
            self.0.clear();
        }
    }
}

/// Whether our process group is in the foreground: in the background, the line would garble what the
/// shell shows. If this terminal does not control our session, it counts as foreground.
pub(super) fn may_be_drawn() -> bool {
    tcgetpgrp(io::stderr()).map_or(true, |foreground| foreground == getpgrp())
}

/// How many characters fit into a line without wrapping the cursor.
fn width() -> usize {
    let columns = tcgetwinsize(io::stderr()).map_or(0, |size| size.ws_col);
    let columns = if columns == 0 { USUAL_WIDTH } else { columns };
    usize::from(columns - 1)
}

/// Ignores failures: without a terminal, no one reads it.
fn write(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
