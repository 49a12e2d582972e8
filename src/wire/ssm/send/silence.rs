//! What it means that the agent does not acknowledge a message that was sent again.
//!
//! Agents before 3.2.1041.0 (May 2023) drop a message that they receive again, and send nothing. If
//! the one acknowledgement of a message is lost, for example with a websocket, no other ever comes.
//! Acknowledgements of later messages prove nothing by themselves: the agent also acknowledges what it
//! keeps for later, while the message before is missing. This is how it reacts to a copy:
//!
//! | the agent | its reaction |
//! |---|---|
//! | has received the message before | an acknowledgement; before 3.2.1041.0: nothing |
//! | waits for it, or for one before it | an acknowledgement |
//! | waits for it, and has not connected to the port yet | nothing, but acknowledges later ones |
//! | has no room to keep it (100,000 messages, ten times what we send) | nothing, of later ones either |
//!
//! So once the agent has connected, which its first output shows, no answer to a copy that has
//! arrived means that it has received the message before. A copy has arrived if a frame sent after
//! it on the same websocket is acknowledged for the first time: frames keep their order. A copy may
//! still be lost on its own, or with the agent's own websocket; so it takes [`COPIES`] of them,
//! each followed by an acknowledged frame.
//!
//! <https://github.com/aws/amazon-ssm-agent/commit/b0e8d778>

use std::collections::VecDeque;

/// How many copies of a message must have arrived unanswered.
pub(super) const COPIES: u32 = 4;

/// How many copies are remembered: twice as many as there are messages in flight at most. If there are
/// more, the oldest are of messages that were sent yet again since.
const KEPT: usize = 20_000;

/// The copies that have not been answered.
#[derive(Debug, Default)]
pub(super) struct Silence {
    /// Whether copies count.
    counts: bool,
    /// How many frames were sent.
    sent: u64,
    /// The copies behind which nothing is acknowledged yet, by [`Silence::sent`] and sequence number.
    copies: VecDeque<(u64, u64)>,
    /// A message beyond the window. Without it, there might be none to acknowledge behind the copies.
    probe: Option<u64>,
}

impl Silence {
    /// From now on copies count. The agent may not have been connected when earlier ones arrived.
    pub(super) fn count(&mut self) {
        if !std::mem::replace(&mut self.counts, true) {
            self.copies.clear();
        }
    }

    /// Records that this message is sent, perhaps again. Returns the count of frames, including
    /// this one.
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

    /// The next copy that was sent before the frame of this count, as its count and sequence number.
    pub(super) fn before(&mut self, sent: u64) -> Option<(u64, u64)> {
        self.copies.pop_front_if(|(copy, _)| *copy < sent)
    }

    /// Whether a message beyond the window is needed.
    pub(super) fn needs_probe(&self) -> bool {
        self.probe.is_none() && !self.copies.is_empty()
    }

    /// This message is sent beyond the window.
    pub(super) fn probe(&mut self, sequence: u64) {
        self.probe = Some(sequence);
    }

    /// This message is acknowledged, or sent again: another may be sent beyond the window.
    pub(super) fn forget_probe(&mut self, sequence: u64) {
        self.probe.take_if(|probe| *probe == sequence);
    }

    /// There is another websocket, and no order between its frames and those on the last.
    pub(super) fn reconnected(&mut self) {
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
