//! The ports below 1024 that belong to the lab: 22 of its instances, and 443 of its endpoints.
//!
//! They are root's, and the machine's own sshd may listen on 22. Where one cannot be had, another is
//! taken, and every program of the lab that connects to the usual one is led there (`ports.c`). So an
//! instance's sshd is at port 22 for all who look.

use std::ffi::OsString;
use std::sync::atomic::{AtomicU16, Ordering};

pub(crate) const SSH: u16 = 22;
pub(crate) const TLS: u16 = 443;

/// Where they really are. No process has two labs.
static REAL: [(u16, AtomicU16); 2] = [(SSH, AtomicU16::new(SSH)), (TLS, AtomicU16::new(TLS))];

/// Has whatever is usually at one port be at another.
pub(super) fn put(usual: u16, real: u16) {
    for (_, port) in REAL.iter().filter(|(port, _)| *port == usual) {
        port.store(real, Ordering::Relaxed);
    }
}

/// Where to find what is usually at this port.
pub(super) fn real(usual: u16) -> u16 {
    let known = REAL.iter().find(|(port, _)| *port == usual);
    known.map_or(usual, |(_, port)| port.load(Ordering::Relaxed))
}

/// What tells `ports.c`.
pub(super) fn variable() -> (&'static str, OsString) {
    let pairs = REAL
        .each_ref()
        .map(|(usual, _)| format!("{usual}={}", real(*usual)));
    ("LAB_PORTS", pairs.join(" ").into())
}
