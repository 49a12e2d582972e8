//! The data channel of a tunnel: binary frames with nothing but the stream's bytes.
//!
//! There is no half-close: at the end of our input nothing is sent, and what the endpoint still
//! sends is written.

use std::time::Duration;

use bytes::{Buf, Bytes};

use crate::wire::Time;
use crate::wire::channel::{DataChannel, Event, Frame, Received};
use crate::wire::keepalive::{Keepalive, Timing};

/// The longest frame that we send, in bytes. AWS's own client stays below 65,536, at which the length
/// of a frame takes another form, so this much is known to be accepted.
const FRAME: usize = 65_000;

/// A frame of less is copied out of the buffer that it was read into. Otherwise a queue of keystrokes
/// would hold a buffer of full size for each.
const SMALL: usize = 4096;

/// NAT gateways and load balancers forget a connection that is idle for a few minutes. AWS does not
/// say whether endpoints answer pings.
const KEEPALIVE: Timing = Timing {
    every: Duration::from_secs(25),
    patience: Duration::from_secs(50),
    answers: false,
};

/// How a tunnel ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EiceEnd {
    /// The endpoint has closed the websocket, with this code and reason.
    Closed(Option<u16>, String),
    /// The endpoint does not answer pings any more.
    TimedOut,
    /// The endpoint has sent a text frame, which is not part of the protocol.
    Text,
    /// We have closed it.
    HungUp,
}

/// The data channel of one tunnel.
#[derive(Debug)]
pub(crate) struct EiceChannel {
    keepalive: Keepalive,
    /// Input that the websocket has not taken yet. One frame of it is enough: more is read as soon
    /// as the websocket has taken it.
    outgoing: Option<Vec<u8>>,
    /// What is left to write of the last frame that came.
    output: Bytes,
    /// Whether there was output left at the last tick.
    is_held_up: bool,
    is_over: bool,
    /// The end, until it is reported.
    end: Option<EiceEnd>,
}

impl EiceChannel {
    /// A channel over a websocket that has just been opened.
    pub(crate) fn new(now: Time) -> Self {
        Self {
            keepalive: Keepalive::new(KEEPALIVE, now),
            outgoing: None,
            output: Bytes::new(),
            is_held_up: false,
            is_over: false,
            end: None,
        }
    }

    fn end(&mut self, end: EiceEnd) {
        if !self.is_over {
            self.is_over = true;
            self.end = Some(end);
        }
    }
}

impl DataChannel for EiceChannel {
    type End = EiceEnd;

    fn tick(&mut self, now: Time) {
        let was_held_up = std::mem::replace(&mut self.is_held_up, !self.output.is_empty());
        if was_held_up && !self.is_held_up {
            // What the endpoint has sent in the meantime has not been read yet.
            self.keepalive.heard(now);
        }
        let dead_at = self.keepalive.dead_at().filter(|_| !self.is_held_up);
        if dead_at.is_some_and(|at| now >= at) {
            self.end(EiceEnd::TimedOut);
        }
        self.keepalive.tick(now);
    }

    fn timeout(&self) -> Option<Time> {
        let dead_at = self.keepalive.dead_at();
        let dead_at = dead_at.filter(|_| self.output.is_empty());
        let next = self.keepalive.ping_at();
        Some(dead_at.map_or(next, |at| at.min(next)))
    }

    fn transmit(&mut self, now: Time) -> Option<Frame> {
        if self.is_over {
            return None;
        }
        if let Some(frame) = self.outgoing.take() {
            self.keepalive.sent(now);
            return Some(Frame::Binary(frame));
        }
        self.keepalive.take_ping().then_some(Frame::Ping)
    }

    fn takes_frames(&self) -> bool {
        self.output.is_empty() && !self.is_over
    }

    fn receive(&mut self, frame: Received<'_>, now: Time) {
        self.keepalive.heard(now);
        match frame {
            Received::Binary(bytes) => self.output = bytes,
            Received::Ping => {}
            Received::Pong => self.keepalive.answered(now),
            Received::Text => self.end(EiceEnd::Text),
            Received::Close(code, reason) => self.end(EiceEnd::Closed(code, reason.to_owned())),
        }
    }

    /// A tunnel cannot be resumed: the driver ends it.
    fn disconnected(&mut self) {}

    fn input_room(&self, _: Time) -> usize {
        if self.outgoing.is_some() || self.is_over {
            0
        } else {
            FRAME
        }
    }

    fn take_input(&mut self, buffer: &mut Vec<u8>, _: Time) {
        self.outgoing = Some(if buffer.len() < SMALL {
            let frame = buffer.clone();
            buffer.clear();
            frame
        } else {
            std::mem::take(buffer)
        });
    }

    fn end_of_input(&mut self, _: Time) {}

    /// While the endpoint takes nothing, TCP detects a lost connection.
    fn input_closed(&mut self, _: Time) {}

    fn output(&self) -> &[u8] {
        &self.output
    }

    fn wrote(&mut self, bytes: usize) {
        self.output.advance(bytes.min(self.output.len()));
    }

    fn sends_rest_of_input(&self) -> bool {
        false
    }

    fn hang_up(&mut self, _: Time) {
        self.output.clear();
        self.end(EiceEnd::HungUp);
    }

    fn has_begun(&self) -> bool {
        true
    }

    fn event(&mut self) -> Option<Event<EiceEnd>> {
        self.end.take().map(Event::Ended)
    }
}

#[cfg(test)]
mod tests;
