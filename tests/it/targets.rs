//! Every form of a target finds its instance, with the right user and the fewest calls.

mod addresses;
mod config;
mod forms;
mod messages;
mod names;
mod pasted;
mod places;
mod proxies;
mod resolver;
mod ssh_g;
mod tasks;
