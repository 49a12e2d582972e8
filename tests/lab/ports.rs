//! The ports below 1024 in the lab: 22 of the instances, and 443 of the endpoints.
//!
//! Only root may listen there, and the machine's own sshd may have port 22. If one is not free, the
//! lab takes another, and redirects programs in the lab that connect to the usual one (`ports.c`):
//! for them, every sshd is at port 22.

use std::ffi::OsString;
use std::sync::atomic::{AtomicU16, Ordering};

pub(crate) const SSH: u16 = 22;
pub(crate) const TLS: u16 = 443;

/// The usual and the real ports. A process has one lab at most.
static REAL: [(u16, AtomicU16); 2] = [(SSH, AtomicU16::new(SSH)), (TLS, AtomicU16::new(TLS))];

/// Replaces a usual port.
pub(super) fn replace(usual: u16, real: u16) {
    for (_, port) in REAL.iter().filter(|(port, _)| *port == usual) {
        port.store(real, Ordering::Relaxed);
    }
}

/// The real port for a usual one.
pub(super) fn real(usual: u16) -> u16 {
    let known = REAL.iter().find(|(port, _)| *port == usual);
    known.map_or(usual, |(_, port)| port.load(Ordering::Relaxed))
}

/// The environment variable that `ports.c` reads.
pub(super) fn variable() -> (&'static str, OsString) {
    let pairs = REAL
        .each_ref()
        .map(|(usual, _)| format!("{usual}={}", real(*usual)));
    ("LAB_PORTS", pairs.join(" ").into())
}
