//! Protocols: bytes and time in, bytes and events out. No sockets, and no clock.

pub(crate) mod agent;
pub(crate) mod channel;
pub(crate) mod eice;
mod keepalive;
pub(crate) mod key_exchange;
pub(crate) mod ssm;

use std::time::Duration;

/// A point in time since the Unix epoch that never goes back.
pub(crate) type Time = Duration;
