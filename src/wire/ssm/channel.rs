//! The data channel of one session, over as many websockets as it takes.

mod agent;
mod ending;
mod incoming;
mod time;

use std::collections::VecDeque;

use self::agent::AgentState;
use self::ending::Ending;
pub use self::ending::SessionEnd;
use super::handshake;
pub use super::handshake::{NO_ENCRYPTION, Purpose};
use super::id::{Id, Ids};
use super::message::{Message, MessageType, payload};
use super::receive::Inbox;
use super::send::{Outbox, PAYLOAD};
use crate::wire::Time;
use crate::wire::channel::{Event, Frame};
use crate::wire::keepalive::Keepalive;

/// How much output waits to be written before no more is taken.
const OUTPUT: usize = 1024 * 1024;

/// Where the beginning is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The agent has not said that the handshake is complete: nothing of the stream may be sent.
    Handshake,
    /// It has; the server has not spoken, and gets this long to.
    Banner(Time),
    /// The stream flows.
    Done,
}

/// How far the handshake has got. Each part is heard once a session: the answers to an agent that
/// asks again and again would pile up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Handshake {
    Awaited,
    Answered,
    Complete,
}

/// A data channel. Whoever drives it hands in what comes ([`Channel::frame`], [`Channel::input`],
/// the time) and takes what goes ([`Channel::transmit`], [`Channel::output`], [`Channel::event`]),
/// after each hand-in until there is no more.
#[derive(Debug)]
pub struct Channel {
    purpose: Purpose,
    ids: Ids,
    client: Id,
    /// The websocket, if there is one.
    link: Option<Keepalive>,
    open: Option<String>,
    start: Phase,
    agent: AgentState,
    inbox: Inbox,
    outbox: Outbox,
    acknowledgements: VecDeque<Vec<u8>>,
    output: VecDeque<u8>,
    ending: Ending,
    /// Since when nobody writes to the input.
    input_closed: Option<Time>,
    /// When something of the stream last got on.
    moved: Time,
    /// Whether any byte of the stream has got on over this websocket.
    has_moved: bool,
    handshake: Handshake,
    spoken: bool,
    refused: Option<String>,
    /// Whether the last line of the input is not at its end.
    mid_line: bool,
    exit: Option<i32>,
    events: VecDeque<Event>,
}

impl Channel {
    /// A channel without a websocket yet. The seed is to be another for each process.
    pub fn new(purpose: Purpose, seed: u64, now: Time) -> Self {
        let mut ids = Ids::new(seed);
        Self {
            purpose,
            client: ids.next(),
            ids,
            link: None,
            open: None,
            start: Phase::Handshake,
            agent: AgentState::default(),
            inbox: Inbox::default(),
            outbox: Outbox::new(),
            acknowledgements: VecDeque::new(),
            output: VecDeque::new(),
            ending: Ending::Open,
            input_closed: None,
            moved: now,
            has_moved: false,
            handshake: Handshake::Awaited,
            spoken: false,
            refused: None,
            mid_line: false,
            exit: None,
            events: VecDeque::new(),
        }
    }

    /// There is a websocket, the first or another, with the token that came with its URL. On one
    /// that resumes, all that is unacknowledged goes out again, in order; the handshake is not
    /// repeated, and the numbers go on.
    pub fn connected(&mut self, token: &str, now: Time) {
        let request = self.ids.next();
        self.open = Some(handshake::open_data_channel(token, request, self.client));
        self.link = Some(Keepalive::new(now));
        self.outbox.resume();
        self.agent.reached(now);
        self.moved = now;
        self.has_moved = false;
    }

    /// The websocket is gone, by whatever close or error. That is no end: the gateway closes each
    /// about once an hour, with code 1000 and "Bye".
    pub fn disconnected(&mut self) {
        self.link = None;
        self.open = None;
        self.lost();
    }

    /// Whether any byte of the stream has got on, in either direction, since the websocket was
    /// opened.
    pub fn has_moved(&self) -> bool {
        self.has_moved
    }

    /// Something other than a binary frame has come: the websocket lives.
    pub fn heard(&mut self, now: Time) {
        if let Some(link) = &mut self.link {
            link.heard(now);
        }
    }

    /// How many bytes of input may be handed in. While there are none to be had, the input is
    /// best left unread.
    pub fn input_room(&self, now: Time) -> usize {
        let may_begin = match self.start {
            Phase::Handshake => false,
            Phase::Banner(until) => now >= until,
            Phase::Done => true,
        };
        match self.ending {
            Ending::Open if may_begin && self.link.is_some() => self.outbox.room(),
            _ => 0,
        }
    }

    /// Takes input, all of it: that there is room is [`Channel::input_room`]'s to say, and what
    /// has happened since it said so is no reason to lose a byte.
    pub fn input(&mut self, bytes: &[u8], now: Time) {
        let Some(last) = bytes.last() else {
            return;
        };
        self.mid_line = !matches!(last, b'\n' | b'\r');
        self.agent.waits(self.outbox.next_sequence(), now);
        for chunk in bytes.chunks(PAYLOAD) {
            self.send(payload::OUTPUT, chunk, chunk.len(), now);
        }
    }

    /// Tells the size of the terminal, in characters.
    pub fn resize(&mut self, columns: u16, rows: u16, now: Time) {
        let size = format!("{{\"cols\":{columns},\"rows\":{rows}}}");
        self.send(payload::SIZE, size.as_bytes(), 0, now);
    }

    fn send(&mut self, payload_type: u32, payload: &[u8], size: usize, now: Time) {
        let sequence = self.outbox.next_sequence();
        let message = Message {
            kind: MessageType::Input,
            created: milliseconds(now),
            sequence: i64::try_from(sequence).unwrap_or(i64::MAX),
            flags: 0,
            id: self.ids.next(),
            payload_type,
            payload,
        };
        self.outbox.push(message.encode(), size);
    }

    /// The next frame for the websocket.
    pub fn transmit(&mut self, now: Time) -> Option<Frame> {
        let link = self.link.as_mut()?;
        if let Some(open) = self.open.take() {
            return Some(Frame::Text(open));
        }
        if let Some(acknowledgement) = self.acknowledgements.pop_front() {
            return Some(Frame::Binary(acknowledgement));
        }
        if let Some(frame) = self.outbox.transmit(now) {
            return Some(Frame::Binary(frame));
        }
        link.ping(now).then_some(Frame::Ping)
    }

    /// Output that waits to be written, or a first part of it.
    pub fn output(&self) -> &[u8] {
        self.output.as_slices().0
    }

    /// So much of it was written.
    pub fn wrote(&mut self, bytes: usize) {
        self.output.drain(..bytes.min(self.output.len()));
    }

    /// Whether there is room for what comes. Where there is none, the websocket is best left
    /// unread: TCP then holds up the gateway, and that the agent.
    pub fn takes_frames(&self) -> bool {
        self.output.len() < OUTPUT
    }

    /// What happened, once each.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }
}

/// A date as messages have it.
fn milliseconds(now: Time) -> u64 {
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}
