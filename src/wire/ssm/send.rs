//! Sent messages: numbered, and kept until each is acknowledged.
//!
//! The agent buffers and acknowledges messages that come out of order, so each has its own timer,
//! and a lost one does not hold up the others. The protocol has no window; without one, a fast
//! sender only fills the gateway, which then pauses it. Our window counts bytes, as TCP's does.

mod pause;
mod silence;
mod slots;
mod window;

use std::collections::VecDeque;

use self::pause::PublicationPause;
use self::silence::{COPIES, Silence};
use self::slots::{Slot, Slots};
use self::window::Window;
use super::rtt::RoundTrip;
use crate::wire::Time;

/// The most bytes in one message. The plugin never sends more, two other clients send 1536, and the
/// gateway's limit is unknown.
pub(super) const PAYLOAD: usize = 1024;

/// How many messages may be in flight, however small: a tenth of what the agent keeps.
const MESSAGES: usize = 10_000;

/// The messages that are not acknowledged yet.
#[derive(Debug)]
pub(super) struct Outbox {
    slots: Slots,
    /// The numbers of those to send, or to send again, now.
    ready: VecDeque<u64>,
    /// Bytes of the stream that are not acknowledged.
    in_flight: usize,
    window: Window,
    /// No message is due before this.
    next_due: Option<Time>,
    trip: RoundTrip,
    paused: Option<PublicationPause>,
    silence: Silence,
}

impl Outbox {
    pub(super) fn new() -> Self {
        Self {
            slots: Slots::default(),
            ready: VecDeque::new(),
            in_flight: 0,
            window: Window::new(),
            next_due: None,
            trip: RoundTrip::default(),
            paused: None,
            silence: Silence::default(),
        }
    }

    /// The number that the next message must have.
    pub(super) fn next_sequence(&self) -> u64 {
        self.slots.next()
    }

    /// Takes the next message, which holds `size` bytes of the stream; 0 if it is not part of it.
    pub(super) fn push(&mut self, frame: Vec<u8>, size: usize) {
        let sequence = self.next_sequence();
        if size > 0 && self.free() == 0 {
            self.silence.probe(sequence);
        }
        self.ready.push_back(sequence);
        self.in_flight += size;
        self.slots.push(Slot::new(frame, size));
    }

    /// How many more bytes may be in flight. During a pause, one message: sending it finds the end
    /// of the pause.
    pub(super) fn room(&self) -> usize {
        match (self.paused, self.free()) {
            (Some(_), _) if self.is_empty() => PAYLOAD,
            (Some(_), _) => 0,
            (None, 0) if self.silence.needs_probe() => PAYLOAD,
            (None, free) => free,
        }
    }

    /// What is left of the window.
    fn free(&self) -> usize {
        if self.slots.len() >= MESSAGES {
            return 0;
        }
        self.window.free(self.in_flight)
    }

    /// Whether everything is acknowledged.
    pub(super) fn is_empty(&self) -> bool {
        self.slots.len() == 0
    }

    /// The agent has connected to the port, and may be one that acknowledges nothing twice: see
    /// [`Silence`].
    pub(super) fn count_silence(&mut self) {
        self.silence.count();
    }

    /// Acknowledges a message, perhaps not for the first time. If it is the first time, returns how
    /// many bytes of the stream the message holds.
    pub(super) fn acknowledged(&mut self, sequence: u64, now: Time) -> Option<usize> {
        self.paused = None;
        let in_flight = self.in_flight;
        let slot = self.remove(sequence)?;
        let fastest = self.trip.fastest();
        self.window.widen(slot.size, in_flight, fastest);
        if let (Some(sent), 0) = (slot.sent, slot.repeated) {
            self.trip.measure(now.saturating_sub(sent));
            self.arrived_before(slot.count);
        }
        Some(slot.size)
    }

    /// All that was sent before the frame of this count has arrived.
    fn arrived_before(&mut self, count: u64) {
        while let Some((copy, at)) = self.silence.before(count) {
            let Some(slot) = self.slots.get(at).filter(|slot| slot.count == copy) else {
                continue;
            };
            slot.unanswered += 1;
            if slot.unanswered >= COPIES {
                self.remove(at);
            } else {
                self.schedule(at);
            }
        }
    }

    /// Forgets a message.
    fn remove(&mut self, sequence: u64) -> Option<Slot> {
        let slot = self.slots.remove(sequence)?;
        self.in_flight -= slot.size;
        self.silence.forget_probe(sequence);
        Some(slot)
    }

    /// The gateway pauses us.
    pub(super) fn pause(&mut self, now: Time) {
        if self.paused.is_none() {
            self.window.narrow(self.slots.next());
            self.paused = Some(PublicationPause::new(now));
        }
    }

    /// The gateway ends the pause.
    pub(super) fn resume_publication(&mut self) {
        self.paused = None;
    }

    /// There is another websocket: what is not acknowledged is sent again, in order.
    pub(super) fn reconnected(&mut self) {
        self.paused = None;
        self.next_due = None;
        self.silence.reconnected();
        self.ready.clear();
        for (at, slot) in self.slots.iter_mut() {
            slot.requeue();
            self.ready.push_back(at);
        }
    }

    /// The next frame to send, if there is one for now.
    pub(super) fn transmit(&mut self, now: Time) -> Option<Vec<u8>> {
        loop {
            let at = *self.ready.front()?;
            let Some(slot) = self.slots.get(at) else {
                // Acknowledged in the meantime.
                self.ready.pop_front();
                continue;
            };
            let is_stream = slot.size > 0;
            if is_stream
                && self
                    .paused
                    .as_mut()
                    .is_some_and(|pause| !pause.take_probe())
            {
                return None;
            }
            self.ready.pop_front();
            slot.sent = Some(now);
            slot.count = self.silence.send(at, slot.repeated > 0);
            let frame = slot.frame.clone();
            self.schedule(at);
            return Some(frame);
        }
    }

    /// Has [`Outbox::tick`] look at this message when it is due.
    fn schedule(&mut self, sequence: u64) {
        let slot = self.slots.get(sequence);
        let due = slot.and_then(|slot| slot.due(&self.trip));
        self.next_due = [self.next_due, due].into_iter().flatten().min();
    }

    /// Queues the messages whose timers are over.
    pub(super) fn tick(&mut self, now: Time) {
        if let Some(pause) = &mut self.paused {
            if pause.tick(now) {
                self.probe();
            }
            return;
        }
        if self.next_due.is_none_or(|due| now < due) {
            return;
        }
        let (mut next_due, mut lost) = (None, None);
        for (at, slot) in self.slots.iter_mut() {
            let Some(due) = slot.due(&self.trip) else {
                continue;
            };
            if due <= now {
                slot.requeue();
                self.ready.push_back(at);
                lost = Some(at);
            } else {
                next_due = Some(next_due.map_or(due, |next: Time| next.min(due)));
            }
        }
        self.next_due = next_due;
        if let Some(lost) = lost {
            self.window.lost(lost, self.slots.next());
        }
    }

    /// When [`Outbox::tick`] has something to do.
    pub(super) fn timeout(&self) -> Option<Time> {
        match self.paused {
            Some(_) if self.is_empty() => None,
            Some(pause) => Some(pause.next()),
            None => self.next_due,
        }
    }

    /// Queues the oldest message as the next.
    fn probe(&mut self) {
        let first = self.slots.first();
        if let Some(slot) = self.slots.get(first) {
            slot.requeue();
            self.ready.retain(|at| *at != first);
            self.ready.push_front(first);
        }
    }
}
