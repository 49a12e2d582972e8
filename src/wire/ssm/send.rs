//! What we send: cut into messages, numbered, kept until each is acknowledged.
//!
//! The agent buffers what comes out of order and acknowledges it, so every message has a timer of
//! its own and one that is lost holds up no other. The protocol has no window; without one, a fast
//! sender only fills the gateway, which then pauses it. Ours counts bytes, like TCP's.

mod pause;

use std::collections::VecDeque;

use self::pause::Pause;
use super::Time;
use super::rtt::RoundTrip;

/// Bytes in one message. The plugin has never sent more; two other clients send 1536, and what
/// the gateway takes beyond that nobody has said.
pub(super) const PAYLOAD: usize = 1024;

/// The window at first, and its bounds.
const WINDOW: usize = 64 * 1024;
const NARROWEST: usize = 8 * 1024;
const WIDEST: usize = 1024 * 1024;

/// How many messages may be under way, however small: a tenth of what the agent keeps.
const MESSAGES: usize = 10_000;

/// The messages that are not acknowledged yet.
#[derive(Debug)]
pub(super) struct Outbox {
    /// The number of the first slot.
    first: u64,
    /// One slot for each message since, empty when it is acknowledged.
    slots: VecDeque<Option<Slot>>,
    /// The numbers of those that are to be sent, or sent again, now.
    ready: VecDeque<u64>,
    /// Bytes of the stream that are not acknowledged.
    under_way: usize,
    window: usize,
    /// Losses among messages before this number have narrowed the window already.
    narrowed_at: u64,
    /// No message is due before this.
    next_due: Option<Time>,
    trip: RoundTrip,
    paused: Option<Pause>,
}

#[derive(Debug)]
struct Slot {
    frame: Vec<u8>,
    /// Its bytes of the stream.
    size: usize,
    /// When it was sent last.
    sent: Option<Time>,
    repeated: u32,
}

impl Outbox {
    pub(super) fn new() -> Self {
        Self {
            first: 0,
            slots: VecDeque::new(),
            ready: VecDeque::new(),
            under_way: 0,
            window: WINDOW,
            narrowed_at: 0,
            next_due: None,
            trip: RoundTrip::default(),
            paused: None,
        }
    }

    /// The number that the next message must have.
    pub(super) fn next_sequence(&self) -> u64 {
        self.first + self.slots.len() as u64
    }

    /// Takes the next message, which holds `size` bytes of the stream (none, if it is not of the
    /// stream).
    pub(super) fn push(&mut self, frame: Vec<u8>, size: usize) {
        self.ready.push_back(self.next_sequence());
        self.under_way += size;
        self.slots.push_back(Some(Slot {
            frame,
            size,
            sent: None,
            repeated: 0,
        }));
    }

    /// How many bytes more may be on their way. During a pause, one message: without anything to
    /// try, nobody would notice that it is over.
    pub(super) fn room(&self) -> usize {
        let free = self.window.saturating_sub(self.under_way);
        match self.paused {
            _ if self.slots.len() >= MESSAGES => 0,
            Some(_) if self.slots.is_empty() => PAYLOAD,
            Some(_) => 0,
            None => free,
        }
    }

    /// Whether everything is acknowledged.
    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// That a message is acknowledged, once more perhaps. A window that was made use of widens by
    /// what has arrived: TCP, below, looks after the network. Says whether that was new.
    pub(super) fn acknowledged(&mut self, sequence: u64, now: Time) -> bool {
        self.paused = None;
        let slot = sequence.checked_sub(self.first);
        let slot = slot.and_then(|at| self.slots.get_mut(usize::try_from(at).ok()?)?.take());
        let Some(slot) = slot else {
            return false;
        };
        if self.under_way * 2 > self.window {
            self.window = (self.window + slot.size).min(WIDEST);
        }
        self.under_way -= slot.size;
        if let (Some(sent), 0) = (slot.sent, slot.repeated) {
            self.trip.measure(now.saturating_sub(sent));
        }
        while let Some(None) = self.slots.front() {
            self.slots.pop_front();
            self.first += 1;
        }
        true
    }

    /// The gateway wants to be spared.
    pub(super) fn pause(&mut self, now: Time) {
        if self.paused.is_none() {
            self.narrow();
            self.paused = Some(Pause::begin(now));
        }
    }

    /// It can go on.
    pub(super) fn go_on(&mut self) {
        self.paused = None;
    }

    /// A new websocket: what was not acknowledged goes out again, in order.
    pub(super) fn resume(&mut self) {
        self.paused = None;
        self.next_due = None;
        self.ready.clear();
        for (at, slot) in (self.first..).zip(&mut self.slots) {
            if let Some(slot) = slot {
                if slot.sent.take().is_some() {
                    slot.repeated += 1;
                }
                self.ready.push_back(at);
            }
        }
    }

    /// The next frame to send, if there is one for now.
    pub(super) fn transmit(&mut self, now: Time) -> Option<Vec<u8>> {
        loop {
            let at = *self.ready.front()?;
            let Some(slot) = self.slot(at) else {
                // Acknowledged in the meantime.
                self.ready.pop_front();
                continue;
            };
            let is_stream = slot.size > 0;
            if is_stream
                && self
                    .paused
                    .as_mut()
                    .is_some_and(|pause| !pause.take_leave())
            {
                return None;
            }
            self.ready.pop_front();
            let repeated = self.slot(at).map_or(0, |slot| slot.repeated);
            let due = now + self.trip.timeout(repeated);
            self.next_due = Some(self.next_due.map_or(due, |next| next.min(due)));
            let slot = self.slot(at)?;
            slot.sent = Some(now);
            return Some(slot.frame.clone());
        }
    }

    /// Looks which messages have waited for too long.
    pub(super) fn tick(&mut self, now: Time) {
        if let Some(pause) = &mut self.paused {
            if pause.is_over_for_one(now) {
                self.probe();
            }
            return;
        }
        if self.next_due.is_none_or(|due| now < due) {
            return;
        }
        self.next_due = None;
        let mut lost = None;
        for (at, slot) in (self.first..).zip(&mut self.slots) {
            let Some(slot) = slot else { continue };
            let Some(sent) = slot.sent else { continue };
            let due = sent + self.trip.timeout(slot.repeated);
            if due <= now {
                slot.sent = None;
                slot.repeated += 1;
                self.ready.push_back(at);
                lost = Some(at);
            } else {
                self.next_due = Some(self.next_due.map_or(due, |next| next.min(due)));
            }
        }
        // Once for all that was under way when the first of them was lost.
        if lost.is_some_and(|at| at >= self.narrowed_at) {
            self.narrow();
        }
    }

    /// When [`Outbox::tick`] has something to do.
    pub(super) fn timeout(&self) -> Option<Time> {
        match self.paused {
            Some(_) if self.slots.is_empty() => None,
            Some(pause) => Some(pause.next()),
            None => self.next_due,
        }
    }

    /// Puts the oldest message in front.
    fn probe(&mut self) {
        let first = self.first;
        if let Some(slot) = self.slot(first) {
            slot.repeated += u32::from(slot.sent.take().is_some());
            self.ready.retain(|at| *at != first);
            self.ready.push_front(first);
        }
    }

    fn narrow(&mut self) {
        self.window = (self.window / 2).max(NARROWEST);
        self.narrowed_at = self.next_sequence();
    }

    fn slot(&mut self, sequence: u64) -> Option<&mut Slot> {
        let at = usize::try_from(sequence.checked_sub(self.first)?).ok()?;
        self.slots.get_mut(at)?.as_mut()
    }
}
