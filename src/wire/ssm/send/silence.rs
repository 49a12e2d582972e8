//! What it means that the agent says nothing of a message that was sent again.
//!
//! Agents before 3.2.1041.0 (May 2023) drop a message that they have had already, without a word. If
//! the one acknowledgement of a message is lost, with a websocket say, no other ever comes. That
//! later messages are acknowledged proves nothing by itself: the agent also acknowledges what it
//! keeps for later, while the message before is missing. This is what a copy leads to that reaches it:
//!
//! | the agent | what it says |
//! |---|---|
//! | has had the message | an acknowledgement; before 3.2.1041.0: nothing |
//! | waits for it, or for one before it | an acknowledgement |
//! | waits for it, and is not connected to the port yet | nothing, but acknowledges later ones |
//! | has no room to keep it (100,000 messages, ten times what we send) | nothing, of later ones either |
//!
//! So once the agent is connected, which its first output shows, silence about a copy that has arrived
//! means that it has had the message. That a copy has arrived is shown by the acknowledgement of a
//! message that was sent after it, for the first time and on the same websocket: frames keep their
//! order. A copy may still be lost by itself, or with the agent's own websocket; so it takes
//! [`COPIES`], each with an acknowledgement of its own behind it.
//!
//! <https://github.com/aws/amazon-ssm-agent/commit/b0e8d778>

use std::collections::VecDeque;

/// How many copies of a message must have arrived without a word.
pub(super) const COPIES: u32 = 4;

/// How many copies are kept in mind: twice as many as there are messages under way at most. The oldest
/// of more are of messages that were sent yet again since.
const KEPT: usize = 20_000;

/// The copies of messages that nothing has been heard of.
#[derive(Debug, Default)]
pub(super) struct Silence {
    /// Whether it means anything.
    counts: bool,
    /// How many frames were sent.
    sent: u64,
    /// What was sent again, by [`Silence::sent`] and number, and nothing behind it acknowledged yet.
    copies: VecDeque<(u64, u64)>,
    /// A message beyond the window, without which nothing might come behind the copies.
    probe: Option<u64>,
}

impl Silence {
    /// From now on silence counts. What was sent before may have met an agent without a connection.
    pub(super) fn count(&mut self) {
        if !std::mem::replace(&mut self.counts, true) {
            self.copies.clear();
        }
    }

    /// This message is sent, once more perhaps. The count of frames with this one.
    pub(super) fn send(&mut self, sequence: u64, again: bool) -> u64 {
        self.sent += 1;
        if again && self.counts {
            if self.copies.len() >= KEPT {
                self.copies.pop_front();
            }
            self.copies.push_back((self.sent, sequence));
            self.forget_probe(sequence);
        }
        self.sent
    }

    /// The next copy that was sent before the frame of this count, as its count and number.
    pub(super) fn before(&mut self, sent: u64) -> Option<(u64, u64)> {
        self.copies.pop_front_if(|(copy, _)| *copy < sent)
    }

    /// Whether a message beyond the window is needed.
    pub(super) fn needs_probe(&self) -> bool {
        self.probe.is_none() && !self.copies.is_empty()
    }

    /// This message goes beyond the window.
    pub(super) fn probe(&mut self, sequence: u64) {
        self.probe = Some(sequence);
    }

    /// This message is acknowledged, or sent again: another may go beyond the window.
    pub(super) fn forget_probe(&mut self, sequence: u64) {
        self.probe.take_if(|probe| *probe == sequence);
    }

    /// Another websocket: nothing on it has passed what was sent on the last.
    pub(super) fn resume(&mut self) {
        self.copies.clear();
        self.probe = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_that_never_acknowledges_anything_costs_little_memory() {
        let mut silence = Silence::default();
        silence.count();
        for sequence in 0..1_000_000 {
            silence.send(sequence, true);
        }
        assert_eq!(silence.copies.len(), KEPT);
        assert_eq!(silence.before(u64::MAX), Some((980_001, 980_000)));
    }
}
