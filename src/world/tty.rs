//! The terminal, and what we write to standard error.

pub mod pager;
pub mod panics;
pub mod prompt;
pub mod raw_mode;
pub mod terminal;
pub mod waiting;
