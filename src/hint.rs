//! What is wrong, in one line, and what to try.

use std::error::Error;

/// What an error has to say beyond its one line.
pub trait Hint {
    /// What to try, in one line.
    fn hint(&self) -> Option<String>;

    /// What was found, a line each.
    fn details(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What an error says in one line: its message and its cause, unless the message repeats that.
/// What lies deeper is for `--debug`.
pub fn line(error: &dyn Error) -> String {
    let message = error.to_string();
    match error.source().map(ToString::to_string) {
        Some(cause) if !message.contains(&cause) => format!("{message}: {cause}"),
        _ => message,
    }
}
