//! One direction of the network link of a session: loses, doubles, reorders, damages and delays
//! frames.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::behavior::SessionBehavior;

pub(super) struct Link {
    lost: f64,
    lost_acknowledgements: f64,
    doubled: f64,
    disordered: f64,
    damaged: f64,
    latency: Duration,
    in_flight: VecDeque<(Instant, Vec<u8>)>,
    /// A frame that the next one overtakes.
    held: Option<Vec<u8>>,
}

/// How many frames may be in flight.
const LENGTH: usize = 4096;

impl Link {
    pub(super) fn up(behavior: &SessionBehavior) -> Self {
        // The agent does not check payloads, so frames of the client are never damaged.
        Self::new(behavior, behavior.lost_up, 0.0)
    }

    pub(super) fn down(behavior: &SessionBehavior) -> Self {
        Self::new(behavior, behavior.lost_down, behavior.damaged)
    }

    fn new(behavior: &SessionBehavior, lost: f64, damaged: f64) -> Self {
        Self {
            lost,
            lost_acknowledgements: behavior.lost_acknowledgements,
            doubled: behavior.doubled,
            disordered: behavior.disordered,
            damaged,
            latency: behavior.latency,
            in_flight: VecDeque::new(),
            held: None,
        }
    }

    pub(super) fn has_room(&self) -> bool {
        self.in_flight.len() < LENGTH
    }

    pub(super) fn push(&mut self, mut frame: Vec<u8>) {
        let acknowledges = frame[4..].starts_with(b"acknowledge");
        let lost = if acknowledges {
            self.lost_acknowledgements
        } else {
            self.lost
        };
        if chance(lost) {
            return;
        }
        if !acknowledges && chance(self.damaged) {
            let at = fastrand::usize(120..frame.len());
            frame[at] ^= 1 << fastrand::u8(..8);
        }
        if self.held.is_none() && chance(self.disordered) {
            self.held = Some(frame);
            return;
        }
        if chance(self.doubled) {
            self.send(frame.clone());
        }
        self.send(frame);
        if let Some(held) = self.held.take() {
            self.send(held);
        }
    }

    fn send(&mut self, frame: Vec<u8>) {
        self.in_flight
            .push_back((Instant::now() + self.latency, frame));
    }

    /// When the next frame arrives.
    pub(super) fn due(&self) -> Option<Instant> {
        self.in_flight.front().map(|(at, _)| *at)
    }

    /// The next frame that has arrived.
    pub(super) fn pop(&mut self) -> Option<Vec<u8>> {
        let due = self.due()?;
        if self.latency > Duration::ZERO && due > Instant::now() {
            return None;
        }
        self.in_flight.pop_front().map(|(_, frame)| frame)
    }
}

fn chance(probability: f64) -> bool {
    probability > 0.0 && fastrand::f64() < probability
}
