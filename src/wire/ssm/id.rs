//! The names of messages and clients.

use std::fmt;

/// The name of a message: a UUID of version 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id(pub u128);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        let parts = [
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..],
        ];
        f.write_str(&parts.join("-"))
    }
}

/// A source of names. They have to be distinct, and nothing more; the generator is SplitMix64
/// (Steele, Lea and Flood, 2014), twice.
#[derive(Debug)]
pub struct Ids {
    state: u64,
}

impl Ids {
    /// Another source for each seed.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// One that was not there before.
    #[expect(clippy::should_implement_trait, reason = "it never ends")]
    pub fn next(&mut self) -> Id {
        let (high, low) = (self.number(), self.number());
        let random = u128::from(high) << 64 | u128::from(low);
        let version = random & !(0xf << 76) | 4 << 76;
        Id(version & !(3 << 62) | 2 << 62)
    }

    fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
}
