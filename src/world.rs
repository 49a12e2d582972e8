//! The outside world: AWS, OpenSSH, files, processes, the network, the terminal.

pub(crate) mod agent;
pub(crate) mod aws;
pub(crate) mod cache;
pub(crate) mod config;
pub(crate) mod key;
pub(crate) mod net;
pub(crate) mod openssh;
pub(crate) mod picks;
mod private_file;
pub(crate) mod process;
pub(crate) mod tty;
