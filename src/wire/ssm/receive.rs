//! Received messages: put in order, each once.
//!
//! The agent repeats only the oldest message that is not acknowledged. So a message that is
//! acknowledged must be kept, and one that comes twice must be acknowledged twice: if one
//! acknowledgement is lost, no message behind it would ever be repeated.

use std::collections::BTreeMap;

/// How far ahead of the next expected message one may be, and how many bytes of such messages are
/// kept.
const AHEAD: i64 = 16 * 1024;
const KEPT: usize = 4 * 1024 * 1024;

/// The messages of the agent that have come out of order.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    /// The next sequence number.
    expected: i64,
    early: BTreeMap<i64, Early>,
    /// Bytes in `early`.
    kept: usize,
}

/// A message that has come too early.
#[derive(Debug)]
pub(super) struct Early {
    pub(super) payload_type: u32,
    pub(super) payload: Vec<u8>,
}

/// What to do with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It is the next: take it, acknowledge it, and look for kept ones behind it.
    Now,
    /// It is kept for later: acknowledge it.
    Kept,
    /// It has been received before: acknowledge it again.
    Again,
    /// There is no room: do not acknowledge it, so that it comes again.
    Refused,
}

impl Inbox {
    /// Sorts in a message with this sequence number.
    pub(super) fn receive(&mut self, sequence: i64, payload_type: u32, payload: &[u8]) -> Turn {
        if sequence == self.expected {
            return Turn::Now;
        }
        if sequence < self.expected || self.early.contains_key(&sequence) {
            return Turn::Again;
        }
        let room = KEPT.saturating_sub(self.kept);
        if sequence - self.expected > AHEAD || payload.len() > room {
            return Turn::Refused;
        }
        self.kept += payload.len();
        let payload = payload.to_vec();
        let early = Early {
            payload_type,
            payload,
        };
        self.early.insert(sequence, early);
        Turn::Kept
    }

    /// The next message has been taken.
    pub(super) fn advance(&mut self) {
        self.expected += 1;
    }

    /// The next message, if it was kept.
    pub(super) fn next(&mut self) -> Option<Early> {
        let early = self.early.remove(&self.expected)?;
        self.kept -= early.payload.len();
        self.expected += 1;
        Some(early)
    }

    /// Whether a message is missing before one that is kept.
    pub(super) fn has_gap(&self) -> bool {
        !self.early.is_empty()
    }
}
