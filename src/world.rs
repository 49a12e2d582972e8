//! The outside world: AWS, OpenSSH, files, processes, the network, the terminal.

#[cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "not wired up yet")
)]
pub(crate) mod agent;
pub(crate) mod aws;
pub(crate) mod key;
pub(crate) mod net;
pub(crate) mod openssh;
pub(crate) mod process;
pub(crate) mod tty;
