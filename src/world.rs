//! The outside world: AWS, OpenSSH, files, processes, the network, the terminal.

pub(crate) mod agent;
pub(crate) mod aws;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the picker and completion will read it")
)]
pub(crate) mod cache;
pub(crate) mod config;
pub(crate) mod key;
pub(crate) mod net;
pub(crate) mod openssh;
pub(crate) mod process;
pub(crate) mod tty;
