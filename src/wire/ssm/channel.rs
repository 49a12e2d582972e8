//! The data channel of one session, over one websocket after another.

mod agent;
mod data_channel;
mod ending;
mod forward;
mod incoming;

use std::collections::VecDeque;
use std::time::Duration;

use fastrand::Rng;
use uuid::Uuid;

use self::agent::AgentState;
use self::ending::Ending;
pub(crate) use self::ending::SessionEnd;
use self::forward::Forwarded;
use super::failure::SessionFailure;
use super::handshake;
pub(crate) use super::handshake::Purpose;
use super::message::{Message, MessageType, payload, random_id};
use super::receive::Inbox;
use super::send::{Outbox, PAYLOAD};
use crate::wire::Time;
use crate::wire::channel::Event;
use crate::wire::keepalive::{Keepalive, Timing};

/// How many bytes of output may wait to be written.
const OUTPUT: usize = 1024 * 1024;

/// The plugin pings every five minutes, which is too long for many proxies and NAT gateways; the
/// agent gives up after a minute without an answer. Session Manager's idle timeout does not count
/// pings, only bytes of the stream.
const KEEPALIVE: Timing = Timing {
    every: Duration::from_secs(30),
    patience: Duration::from_secs(90),
    answers: true,
};

/// Whether input may be sent yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// No: the handshake is not complete.
    Handshake,
    /// Not before the server has spoken, or this time has come.
    Banner(Time),
    /// Yes.
    Open,
}

/// The state of the handshake. Each message of it is answered once a session: the answers to an agent
/// that asks again and again would pile up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Handshake {
    Awaited,
    Answered,
    Complete,
}

/// A session's data channel: see [`DataChannel`](crate::wire::channel::DataChannel).
#[derive(Debug)]
pub(crate) struct SsmChannel {
    purpose: Purpose,
    random: Rng,
    client: Uuid,
    /// The keepalive of the websocket, if there is one.
    link: Option<Keepalive>,
    open: Option<String>,
    phase: Phase,
    agent: AgentState,
    inbox: Inbox,
    outbox: Outbox,
    acknowledgements: VecDeque<Vec<u8>>,
    output: VecDeque<u8>,
    forwarded: Forwarded,
    ending: Ending,
    /// When the writer of the input was seen to have closed it.
    input_closed: Option<Time>,
    /// When input was last acknowledged, or output came.
    moved: Time,
    /// Whether either has happened over this websocket.
    has_moved: bool,
    handshake: Handshake,
    spoken: bool,
    refused: Option<SessionFailure>,
    /// Whether the last line of the input is not finished.
    mid_line: bool,
    exit: Option<i32>,
    events: VecDeque<Event<SessionEnd>>,
}

impl SsmChannel {
    /// A channel without a websocket yet. The seed makes its IDs unique.
    pub(crate) fn new(purpose: Purpose, seed: u64, now: Time) -> Self {
        let mut random = Rng::with_seed(seed);
        Self {
            purpose,
            client: random_id(&mut random),
            random,
            link: None,
            open: None,
            phase: Phase::Handshake,
            agent: AgentState::default(),
            inbox: Inbox::default(),
            outbox: Outbox::new(),
            acknowledgements: VecDeque::new(),
            output: VecDeque::new(),
            forwarded: Forwarded::default(),
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

    /// A websocket has been opened, the first or another; the token came with its URL. A session that
    /// resumes sends all messages again that are not acknowledged, in order; the handshake is not
    /// repeated, and the sequence numbers go on.
    pub(crate) fn connected(&mut self, token: &str, now: Time) {
        let request = random_id(&mut self.random);
        self.open = Some(handshake::open_data_channel(token, request, self.client));
        self.link = Some(Keepalive::new(KEEPALIVE, now));
        self.outbox.reconnected();
        self.agent.reconnected(now);
        self.moved = now;
        self.has_moved = false;
    }

    /// Whether input was acknowledged or output came over this websocket.
    pub(crate) fn has_moved(&self) -> bool {
        self.has_moved
    }

    /// A frame has come, so the websocket is alive.
    pub(crate) fn heard(&mut self, now: Time) {
        if let Some(link) = &mut self.link {
            link.heard(now);
        }
    }

    /// Takes all of the input, even if there is less room than when the caller asked: what has been
    /// read must not be lost.
    pub(crate) fn input(&mut self, bytes: &[u8], now: Time) {
        let Some(last) = bytes.last() else {
            return;
        };
        self.mid_line = !matches!(last, b'\n' | b'\r');
        self.agent.sent(self.outbox.next_sequence(), now);
        if self.forwards() {
            return self.forward(bytes, now);
        }
        for chunk in bytes.chunks(PAYLOAD) {
            self.send(payload::OUTPUT, chunk, chunk.len(), now);
        }
    }

    /// Sends the size of the terminal, in characters.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16, now: Time) {
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
            id: random_id(&mut self.random),
            payload_type,
            payload,
        };
        self.outbox.push(message.encode(), size);
    }
}

/// A time as messages have it: milliseconds since the Unix epoch.
fn milliseconds(now: Time) -> u64 {
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}
