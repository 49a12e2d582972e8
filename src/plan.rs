//! Decides: what the words mean, what to ask, which route to take, what to spell. No I/O, no
//! environment, no clock.

pub mod argv;
pub mod aws;
pub mod cli;
mod host_port;
pub mod program;
pub mod route;
pub mod ssh_g;
pub mod target;
pub mod way;
