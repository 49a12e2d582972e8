//! Messages for the user. Standard output belongs to the session, so they go to standard error.

use std::error::Error;
use std::io::{self, IsTerminal, Write};

use rustix::termios::{OutputModes, tcgetattr};

use super::printable::{printable, without_numbers};
use super::waiting;
use crate::hint::{self, Hint};
use crate::plan::program::Program;

/// Writes messages to standard error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    program: Program,
    debug: bool,
    verbose: bool,
}

impl Terminal {
    /// Writes errors and warnings only.
    #[must_use]
    pub(crate) const fn new(program: Program) -> Self {
        Self {
            program,
            debug: false,
            verbose: false,
        }
    }

    /// The same with the verbosity that the user asked for: `--debug`, or ssh's `-v`.
    #[must_use]
    pub(crate) const fn with_verbosity(self, debug: bool, verbose: bool) -> Self {
        Self {
            debug,
            verbose,
            ..self
        }
    }

    /// Reports an error: the error, its causes with `--debug`, its details, its hint.
    pub(crate) fn error(self, error: &(impl Error + Hint)) {
        self.print("error: ", &hint::line(error));
        if self.debug {
            self.causes(error);
        }
        for detail in error.details() {
            self.print("  ", &detail);
        }
        if let Some(hint) = error.hint() {
            self.print("hint: ", &hint);
        }
    }

    /// Reports the error of one `peer` of several. Leaves out the hint if it is the same as `before`.
    pub(crate) fn error_of(
        self,
        peer: &str,
        error: &(impl Error + Hint),
        before: &mut Option<String>,
    ) {
        self.print("error: ", &format!("{peer}: {}", hint::line(error)));
        let hint = error.hint();
        if hint != *before
            && let Some(hint) = &hint
        {
            self.print("hint: ", hint);
        }
        *before = hint.or_else(|| before.take());
    }

    /// Prints the causes that the error's own line does not contain.
    fn causes(self, error: &dyn Error) {
        let line = hint::line(error);
        for cause in hint::causes(error).map(ToString::to_string) {
            if !line.contains(&cause) {
                self.print("caused by: ", &cause);
            }
        }
    }

    /// Prints a line in any case.
    pub(crate) fn info(self, text: &str) {
        self.print("", text);
    }

    /// Prints a warning.
    pub(crate) fn warn(self, text: &str) {
        self.print("warning: ", text);
    }

    /// Prints a hint.
    pub(crate) fn hint(self, text: &str) {
        self.print("hint: ", text);
    }

    /// Whether messages go to a terminal.
    pub(crate) fn is_on_terminal() -> bool {
        io::stderr().is_terminal()
    }

    /// Prints a line with `-v` or `--debug`.
    pub(crate) fn verbose(self, text: &str) {
        if self.debug || self.verbose {
            self.print("", text);
        }
    }

    /// Prints a line on a terminal, unless `-v` or `--debug` print more about the same.
    pub(crate) fn info_if_interactive(self, text: &str) {
        if io::stderr().is_terminal() && !(self.debug || self.verbose) {
            self.print("", text);
        }
    }

    /// Prints a line with `--debug`.
    pub(crate) fn debug(self, text: impl FnOnce() -> String) {
        if self.debug {
            self.print("debug: ", &text());
        }
    }

    /// Prints several lines with `--debug`.
    pub(crate) fn debug_lines(self, text: impl FnOnce() -> String) {
        if self.debug {
            for line in text().lines() {
                self.print("debug: ", line);
            }
        }
    }

    /// Awaits a future. Meanwhile a terminal shows what it waits for, unless `quiet`.
    pub(crate) async fn show_wait_during<T>(
        self,
        quiet: bool,
        future: impl Future<Output = T>,
    ) -> T {
        if quiet {
            future.await
        } else {
            waiting::show_during(self.program.name(), future).await
        }
    }

    /// Writes the standard error of a client unchanged.
    pub(crate) fn write_verbatim(stderr: &[u8]) {
        waiting::clear();
        let _ = io::stderr().write_all(stderr);
    }

    /// Prints a text of the far end, line by line.
    pub(crate) fn relay(self, text: &str) {
        for line in text.lines() {
            self.write("", line);
        }
    }

    fn print(self, kind: &str, text: &str) {
        self.write(kind, &without_numbers(text));
    }

    /// Writes one line. Ignores failures: without a terminal, no one reads it.
    fn write(self, kind: &str, text: &str) {
        let (name, text, end) = (self.program.name(), printable(text), line_end());
        let line = format!("{name}: {kind}{text}{end}");
        waiting::clear();
        let _ = io::stderr().write_all(line.as_bytes());
    }
}

/// The end of a line on standard error. In raw mode, a newline does not return the cursor to the left.
fn line_end() -> &'static str {
    match tcgetattr(io::stderr()) {
        Ok(modes) if !modes.output_modes.contains(OutputModes::OPOST) => "\r\n",
        _ => "\n",
    }
}
