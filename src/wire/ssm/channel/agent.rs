//! What we know about the agent: its release, and whether it has connected to the port.

use std::time::Duration;

use super::{Event, Phase, Purpose, SsmChannel, Time};
use crate::wire::ssm::handshake;

/// How long an agent tries to connect to the port at most: as long as its system does, which is 127 s
/// on Linux and less on Windows.
const CONNECT: Duration = Duration::from_secs(150);

/// How long the first bytes of the stream may be unanswered before we report it. An agent that could
/// not connect to the port is silent for a minute, and then closes the session.
const REPORT_AFTER: Duration = Duration::from_secs(5);

/// The agent at the other end.
#[derive(Debug, Default)]
pub(super) struct AgentState {
    /// Whether it acknowledges a message that it receives again.
    acknowledges_again: bool,
    /// When it has connected to the port or given up.
    connected: Option<Time>,
    /// The first message of the stream. The agent has no reason to keep it for later, so when it is
    /// acknowledged it has been written to the port.
    first: Option<u64>,
    /// When to report that it does not answer.
    report_at: Option<Time>,
    /// Whether it has answered any byte of the stream, or the lack of an answer has been reported.
    settled: bool,
}

impl AgentState {
    /// It has sent the handshake request.
    pub(super) fn requested(&mut self, request: &[u8]) {
        self.acknowledges_again = handshake::acknowledges_again(request);
    }

    /// The handshake is complete, and it starts to connect.
    pub(super) fn connects(&mut self, now: Time) {
        self.connected.get_or_insert(now + CONNECT);
    }

    /// It is sent bytes of the stream, with this sequence number first.
    pub(super) fn sent(&mut self, sequence: u64, now: Time) {
        self.first.get_or_insert(sequence);
        if !self.settled {
            self.report_at.get_or_insert(now + REPORT_AFTER);
        }
    }

    /// It is sent the frame that opens a connection, with this sequence number.
    pub(super) fn opens(&mut self, sequence: u64) {
        self.first = Some(sequence);
    }

    /// There is another websocket: the time to answer starts again.
    pub(super) fn reconnected(&mut self, now: Time) {
        self.report_at = self.report_at.map(|_| now + REPORT_AFTER);
    }

    /// It has answered.
    pub(super) fn answered(&mut self) {
        self.settled = true;
        self.report_at = None;
    }
}

impl SsmChannel {
    /// Whether the handshake is complete, so that messages may be sent.
    pub(crate) fn is_ready(&self) -> bool {
        self.phase != Phase::Handshake
    }

    /// The agent has sent output, so it has connected.
    pub(super) fn output_came(&mut self, now: Time) {
        self.moved = now;
        self.spoken = true;
        self.agent.answered();
        // Most shells start without a handshake.
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
            // It takes bytes for a forwarded connection before it has connected.
            if bytes > 0 && !self.forwards() {
                self.agent.answered();
            }
        }
        // For a shell, terminal sizes are sent before the first bytes.
        if self.purpose != Purpose::Shell && self.agent.first == Some(sequence) {
            self.agent_connected();
        }
    }

    /// The agent has connected to the port: see `Outbox::count_silence`.
    fn agent_connected(&mut self) {
        if !self.agent.acknowledges_again {
            self.outbox.count_silence();
        }
    }

    /// Whether this reason means that the agent could not connect to the port. Its worker then crashes,
    /// which the agent notices after a minute.
    pub(super) fn could_not_connect(&self, reason: &str) -> bool {
        let texts = [
            "Unable to connect to specified port",
            "ipc messaging received timeout signal",
            "document worker timed out",
        ];
        let is_before = self.purpose == Purpose::Port && !self.spoken;
        is_before && texts.iter().any(|text| reason.contains(text))
    }

    pub(super) fn tick_agent(&mut self, now: Time) {
        if self.agent.connected.take_if(|at| now >= *at).is_some() {
            self.agent_connected();
        }
        let agent = &mut self.agent;
        if self.link.is_some() && agent.report_at.is_some_and(|at| now >= at) {
            agent.answered();
            self.events.push_back(Event::Unanswered);
        }
    }

    pub(super) fn agent_timeout(&self) -> Option<Time> {
        self.link.and(self.agent.report_at)
    }
}
