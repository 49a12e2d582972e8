//! What we know of the agent: its release, and whether it is connected to the port.

use std::time::Duration;

use super::{Event, Phase, Purpose, SsmChannel, Time};
use crate::wire::ssm::handshake;

/// How long an agent tries to connect to the port at most, before it gives the session up: as long
/// as its system does, which is 127 s on Linux and less on Windows.
const DIAL: Duration = Duration::from_secs(150);

/// How long the first bytes of the stream may be without an answer before that is remarked upon.
/// An agent that could not connect to the port is silent for a minute, and then closes the session.
const PATIENCE: Duration = Duration::from_secs(5);

/// The agent at the other end.
#[derive(Debug, Default)]
pub(super) struct AgentState {
    /// Whether it acknowledges a message again that it has had already.
    acknowledges_again: bool,
    /// When it has connected to the port, or given that up.
    dialled: Option<Time>,
    /// The first message of the stream. With nothing before it that may be missing, the agent has no
    /// reason to keep it: acknowledged, it was written to the port.
    first: Option<u64>,
    /// When to remark that it does not answer.
    silent: Option<Time>,
    /// Whether it has answered anything of the stream, or that was remarked upon.
    settled: bool,
}

impl AgentState {
    /// It asks for the handshake.
    pub(super) fn asks(&mut self, request: &[u8]) {
        self.acknowledges_again = handshake::acknowledges_again(request);
    }

    /// The handshake is complete, and it begins to connect.
    pub(super) fn begins(&mut self, now: Time) {
        self.dialled.get_or_insert(now + DIAL);
    }

    /// It is sent bytes of the stream, from this number on.
    pub(super) fn waits(&mut self, sequence: u64, now: Time) {
        self.first.get_or_insert(sequence);
        if !self.settled {
            self.silent.get_or_insert(now + PATIENCE);
        }
    }

    /// It is reached by another websocket, and has the time again to answer by that.
    pub(super) fn reached(&mut self, now: Time) {
        self.silent = self.silent.map(|_| now + PATIENCE);
    }

    /// It has answered some.
    pub(super) fn answers(&mut self) {
        self.settled = true;
        self.silent = None;
    }
}

impl SsmChannel {
    /// Whether anything of the stream may be sent.
    pub(crate) fn is_ready(&self) -> bool {
        self.phase != Phase::Handshake
    }

    /// The agent has sent output, so it is connected.
    pub(super) fn speaks(&mut self, now: Time) {
        self.moved = now;
        self.spoken = true;
        self.agent.answers();
        // An agent begins most shells without a handshake.
        if self.phase != Phase::Handshake || self.purpose == Purpose::Shell {
            self.phase = Phase::Open;
        }
        self.agent_connected();
    }

    /// The agent has acknowledged a message.
    pub(super) fn acknowledged(&mut self, sequence: u64, now: Time) {
        if let Some(bytes) = self.outbox.acknowledged(sequence, now) {
            self.moved = now;
            self.has_moved = true;
            if bytes > 0 {
                self.agent.answers();
            }
        }
        // Other messages come before the first bytes for a shell: sizes of the terminal.
        if self.purpose == Purpose::Port && self.agent.first == Some(sequence) {
            self.agent_connected();
        }
    }

    /// The agent is connected: see `Outbox::count_silence`.
    fn agent_connected(&mut self) {
        if !self.agent.acknowledges_again {
            self.outbox.count_silence();
        }
    }

    /// Whether this reason means that the agent could not connect to the port. Its worker crashes then,
    /// which the agent notices after a minute.
    pub(super) fn is_unconnected(&self, reason: &str) -> bool {
        let texts = [
            "Unable to connect to specified port",
            "ipc messaging received timeout signal",
            "document worker timed out",
        ];
        let is_before = self.purpose == Purpose::Port && !self.spoken;
        is_before && texts.iter().any(|text| reason.contains(text))
    }

    pub(super) fn tick_agent(&mut self, now: Time) {
        if self.agent.dialled.take_if(|at| now >= *at).is_some() {
            self.agent_connected();
        }
        let agent = &mut self.agent;
        if self.link.is_some() && agent.silent.is_some_and(|at| now >= at) {
            agent.answers();
            self.events.push_back(Event::Unanswered);
        }
    }

    pub(super) fn agent_timeout(&self) -> Option<Time> {
        self.link.and(self.agent.silent)
    }
}
