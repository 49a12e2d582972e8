//! Random numbers, for what has to differ and is no secret.

use std::hash::{BuildHasher, RandomState};

/// Any number. The standard library seeds its hash maps from the system's randomness.
#[must_use]
pub fn number() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

/// Any number between these two.
#[must_use]
pub fn between(low: f64, high: f64) -> f64 {
    let part = u32::try_from(number() >> 32).unwrap_or_default();
    low + (high - low) * f64::from(part) / f64::from(u32::MAX)
}
