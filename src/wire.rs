//! Protocols: bytes and time in, bytes and events out. No sockets, and no clock.

pub mod channel;
pub mod eice;
mod keepalive;
pub mod ssm;

use std::time::Duration;

/// A point in time since the Unix epoch that never goes back.
pub type Time = Duration;
