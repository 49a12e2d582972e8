//! Every form of a target leads to its instance, as the right user, by the fewest calls.

mod addresses;
mod asking;
mod config;
mod forms;
mod pasted;
