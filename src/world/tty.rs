//! The terminal, and messages on standard error.

mod changed_modes;
pub(crate) mod color;
pub(crate) mod input_terminal;
pub(crate) mod pager;
pub(crate) mod panics;
pub(crate) mod picker;
pub(crate) mod printable;
pub(crate) mod prompt;
pub(crate) mod terminal;
pub(crate) mod waiting;
