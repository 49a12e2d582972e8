//! Whether texts on a terminal have colors.

use std::env;

/// Whether the terminal can neither move its cursor nor show colors, as `TERM` says.
pub(crate) fn is_dumb() -> bool {
    env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb")
}

/// Whether there are to be no colors: the terminal has none, or the user wants none (any value of `NO_COLOR` but
/// an empty one, <https://no-color.org>).
pub(crate) fn is_unwanted() -> bool {
    is_dumb() || env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}
