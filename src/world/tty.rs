//! The terminal, and messages on standard error.

pub mod input_terminal;
pub mod pager;
pub mod panics;
pub mod prompt;
pub mod terminal;
pub mod waiting;
