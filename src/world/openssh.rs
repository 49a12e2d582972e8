//! The installed OpenSSH: `ssh -G`, `ssh -V` and its configuration files.

pub(crate) mod config_files;
pub(crate) mod error;
pub(crate) mod host_names;
pub(crate) mod keyscan;
pub(crate) mod known_hosts;
pub(crate) mod over_master;
pub(crate) mod own_connection;

mod query;
mod release;
pub(crate) mod remember;
mod run_ssh;
mod temp_config;
pub(crate) mod user_agent;

use std::os::unix::net::UnixStream;
use std::path::Path;

pub(crate) use self::query::{ConfigSource, answer, ask, host_name};
pub use self::release::grammar;
pub(crate) use self::release::{is_older_than, release, release_of, version};

/// Whether a master connection listens at this socket (ControlPath). A stale socket refuses.
#[must_use]
pub(crate) fn master_listens(socket: &Path) -> bool {
    UnixStream::connect(socket).is_ok()
}
