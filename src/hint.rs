//! An error in one line, and what to try.

use std::error::Error;
use std::iter;

/// What an error reports beyond its one line.
pub(crate) trait Hint {
    /// What to try, in one line.
    fn hint(&self) -> Option<String>;

    /// What was found, a line each.
    fn details(&self) -> Vec<String> {
        Vec::new()
    }
}

/// An error in one line: its message and its innermost cause, which names what failed, unless the
/// message repeats that. `--debug` shows the causes in between.
pub(crate) fn line(error: &dyn Error) -> String {
    let message = error.to_string();
    match causes(error).last().map(ToString::to_string) {
        Some(cause) if !message.contains(&cause) => format!("{message}: {cause}"),
        _ => message,
    }
}

/// The causes of an error, the innermost last.
pub(crate) fn causes(error: &dyn Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    iter::successors(error.source(), |&cause| cause.source())
}
