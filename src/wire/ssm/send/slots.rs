//! The messages that are not acknowledged yet, by their sequence numbers.

use std::collections::VecDeque;

use super::{RoundTrip, Time};

/// One slot for each message from the first that is not acknowledged.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// The number of the first slot.
    first: u64,
    /// Empty where a message is acknowledged.
    slots: VecDeque<Option<Slot>>,
}

/// A message.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) frame: Vec<u8>,
    /// Its bytes of the stream.
    pub(super) size: usize,
    /// When it was sent last.
    pub(super) sent: Option<Time>,
    /// The count of all frames when it was sent last.
    pub(super) count: u64,
    pub(super) repeated: u32,
    /// How many copies of it have arrived without an acknowledgement.
    pub(super) unanswered: u32,
}

impl Slot {
    pub(super) fn new(frame: Vec<u8>, size: usize) -> Self {
        Self {
            frame,
            size,
            sent: None,
            count: 0,
            repeated: 0,
            unanswered: 0,
        }
    }

    /// When to send it again. A copy that has arrived unanswered does not double the timeout.
    pub(super) fn due(&self, trip: &RoundTrip) -> Option<Time> {
        let repeated = if self.unanswered > 0 {
            0
        } else {
            self.repeated
        };
        self.sent.map(|sent| sent + trip.timeout(repeated))
    }

    /// Marks the message to be sent; again if it was sent before.
    pub(super) fn requeue(&mut self) {
        self.repeated += u32::from(self.sent.take().is_some());
    }
}

impl Slots {
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// The number that the next message must have.
    pub(super) fn next(&self) -> u64 {
        self.first + self.slots.len() as u64
    }

    /// How many there are from the first to the last, including acknowledged ones in between.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn push(&mut self, slot: Slot) {
        self.slots.push_back(Some(slot));
    }

    pub(super) fn get(&mut self, sequence: u64) -> Option<&mut Slot> {
        let at = usize::try_from(sequence.checked_sub(self.first)?).ok()?;
        self.slots.get_mut(at)?.as_mut()
    }

    pub(super) fn remove(&mut self, sequence: u64) -> Option<Slot> {
        let at = usize::try_from(sequence.checked_sub(self.first)?).ok()?;
        let slot = self.slots.get_mut(at)?.take()?;
        while let Some(None) = self.slots.front() {
            self.slots.pop_front();
            self.first += 1;
        }
        Some(slot)
    }

    /// All that are not acknowledged, with their numbers.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (u64, &mut Slot)> {
        let numbered = (self.first..).zip(&mut self.slots);
        numbered.filter_map(|(at, slot)| Some((at, slot.as_mut()?)))
    }
}
