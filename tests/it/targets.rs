//! Every form of a target finds its instance, with the right user and the fewest calls.

mod addresses;
mod asking;
mod config;
mod forms;
mod messages;
mod pasted;
mod proxies;
