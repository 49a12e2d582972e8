//! What only the installed OpenSSH can tell: its answers to `ssh -G` and `ssh -V`.

pub mod config_files;
pub mod error;
pub mod host_names;

mod query;
mod release;
mod temp_config;

use std::os::unix::net::UnixStream;
use std::path::Path;

pub use self::query::{ConfigSource, answer, ask, host_name};
pub use self::release::{grammar, is_older_than, release, release_of};

/// Whether a master connection listens at this socket. What a dead one has left does not answer.
#[must_use]
pub fn master_listens(socket: &Path) -> bool {
    UnixStream::connect(socket).is_ok()
}
