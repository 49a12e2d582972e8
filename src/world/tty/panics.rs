//! Turns a panic, which is a bug in mssh, into an error message instead of a backtrace.

use std::backtrace::Backtrace;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

use super::terminal::Terminal;
use crate::world::process::error::IoError;

/// The place of the last panic in our sources or a library's.
static LAST: Mutex<String> = Mutex::new(String::new());

/// Makes panics print nothing, unless this terminal shows `--debug` messages.
pub(crate) fn record(terminal: Terminal) {
    panic::set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
        let place = panic.location().map(ToString::to_string);
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = place.unwrap_or_default();
        terminal.debug(|| format!("panic: {}", panic.payload_as_str().unwrap_or("of no text")));
        terminal.debug_lines(|| Backtrace::force_capture().to_string());
    }));
}

/// Runs `run` and returns a panic as an error, after unwinding: the key is deleted by then.
///
/// # Errors
/// Those of `run`, and [`IoError::Bug`].
pub(crate) fn caught<T, E: From<IoError>>(run: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err(last().into()))
}

/// The last panic as an error.
pub(crate) fn last() -> IoError {
    let place = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    IoError::Bug {
        place: place.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::program::Program;

    #[test]
    fn a_panic_is_an_error_with_its_place() {
        record(Terminal::new(Program::Ssh));
        let caught = caught::<(), IoError>(|| panic!("at the disco"));
        drop(panic::take_hook());
        let message = caught.expect_err("a bug").to_string();
        assert!(message.contains("src/world/tty/panics.rs:"), "{message}");
        assert!(!message.contains("disco"), "{message}");
    }
}
