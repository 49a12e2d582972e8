//! What we receive: put in order, each message once.
//!
//! The agent repeats only the oldest message that it has no acknowledgement for. So whatever is
//! acknowledged must be kept, and whatever comes twice must be acknowledged twice: where one
//! acknowledgement is lost, nothing behind it would ever be repeated.

use std::collections::BTreeMap;

/// How far ahead of its turn a message may come, and how many bytes of such are kept.
const AHEAD: i64 = 16 * 1024;
const KEPT: usize = 4 * 1024 * 1024;

/// The messages of the agent that have come before their turn.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    /// Whose turn it is.
    expected: i64,
    early: BTreeMap<i64, Early>,
    /// Bytes in `early`.
    kept: usize,
}

/// A message before its turn.
#[derive(Debug)]
pub(super) struct Early {
    pub(super) payload_type: u32,
    pub(super) payload: Vec<u8>,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Its turn: take it, acknowledge it, and look for others behind it.
    Now,
    /// It is kept: acknowledge it.
    Kept,
    /// It was here before: acknowledge it again.
    Again,
    /// There is no room: it must come again.
    Refused,
}

impl Inbox {
    /// Whether it is the turn of a message with this number.
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

    /// The message whose turn it was has been taken.
    pub(super) fn advance(&mut self) {
        self.expected += 1;
    }

    /// The message whose turn it is, if it is here already.
    pub(super) fn next(&mut self) -> Option<Early> {
        let early = self.early.remove(&self.expected)?;
        self.kept -= early.payload.len();
        self.expected += 1;
        Some(early)
    }

    /// Whether something is missing before what has come.
    pub(super) fn has_gap(&self) -> bool {
        !self.early.is_empty()
    }
}
