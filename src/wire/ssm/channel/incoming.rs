//! Incoming frames: the message, then its payload.

use std::time::Duration;

use super::Purpose;
use super::{Event, Handshake, Phase, SsmChannel, Time, milliseconds};
use crate::wire::channel::DataChannel;
use crate::wire::ssm::handshake;
use crate::wire::ssm::message::{Message, MessageType, payload, random_id};
use crate::wire::ssm::receive::Turn;

/// How long to wait for the server to send first. The agent refuses what reaches it before it has
/// connected to the port; an SSH server sends its version at once (RFC 4253, 4.2).
const BANNER: Duration = Duration::from_millis(300);

/// How many acknowledgements may wait to be sent.
const ACKNOWLEDGEMENTS: usize = 4096;

/// The prefix of an exit status.
const EXIT_CODE: &str = "EXIT_CODE: ";

impl SsmChannel {
    /// A binary frame. A malformed one is ignored, and so not acknowledged.
    pub(crate) fn frame(&mut self, frame: &[u8], now: Time) {
        self.heard(now);
        let Ok(message) = Message::decode(frame) else {
            return;
        };
        match message.kind {
            MessageType::Output => self.numbered(&message, now),
            MessageType::Acknowledge => {
                if let Some(sequence) = handshake::acknowledged(message.payload) {
                    self.acknowledged(sequence, now);
                }
            }
            MessageType::ChannelClosed => self.closed(message.payload),
            // Either may come before the handshake.
            MessageType::PausePublication => self.outbox.pause(now),
            MessageType::StartPublication => self.outbox.resume_publication(),
            MessageType::Input | MessageType::Unknown => {}
        }
    }

    /// A message of the agent's stream.
    fn numbered(&mut self, message: &Message<'_>, now: Time) {
        self.outbox.resume_publication();
        // It is not acknowledged, so it will come again.
        if !self.takes_frames() || self.acknowledgements.len() >= ACKNOWLEDGEMENTS {
            return;
        }
        let (sequence, kind) = (message.sequence, message.payload_type);
        match self.inbox.receive(sequence, kind, message.payload) {
            Turn::Refused => return,
            Turn::Kept | Turn::Again => {}
            Turn::Now => {
                self.take(kind, message.payload, now);
                self.inbox.advance();
                while let Some(early) = self.inbox.next() {
                    self.take(early.payload_type, &early.payload, now);
                }
            }
        }
        self.acknowledge(message, now);
    }

    fn acknowledge(&mut self, message: &Message<'_>, now: Time) {
        let body = handshake::acknowledgement(message.id, message.sequence);
        let acknowledgement = Message {
            kind: MessageType::Acknowledge,
            created: milliseconds(now),
            sequence: 0,
            flags: 3,
            id: random_id(&mut self.random),
            payload_type: 0,
            payload: body.as_bytes(),
        };
        self.acknowledgements.push_back(acknowledgement.encode());
    }

    /// The payload of the next message in order.
    fn take(&mut self, kind: u32, bytes: &[u8], now: Time) {
        match kind {
            payload::OUTPUT if self.forwards() => self.forwarded_output(bytes, now),
            payload::FLAG => self.flagged(bytes),
            payload::OUTPUT | payload::STDERR => {
                self.has_moved |= !bytes.is_empty();
                self.output_came(now);
                // After a hang-up, output has no reader.
                if !self.is_leaving() {
                    self.output.extend(bytes);
                }
            }
            payload::HANDSHAKE_REQUEST => {
                if self.handshake == Handshake::Awaited
                    && let Some(answer) = handshake::respond(bytes, self.purpose)
                {
                    self.handshake = Handshake::Answered;
                    self.agent.requested(bytes);
                    self.forwarded.is_kept_alive = handshake::needs_keepalive(bytes);
                    self.send(payload::HANDSHAKE_RESPONSE, &answer.response, 0, now);
                    if let Some(reason) = answer.refused {
                        self.refuse(reason, now);
                    }
                }
            }
            payload::HANDSHAKE_COMPLETE => self.completed(bytes, now),
            payload::EXIT_CODE => {
                let text = std::str::from_utf8(bytes).unwrap_or_default();
                let status = text.trim().trim_start_matches(EXIT_CODE);
                self.exit = status.parse().ok();
            }
            _ => {}
        }
    }

    /// The agent says that the handshake is complete.
    fn completed(&mut self, bytes: &[u8], now: Time) {
        let before = std::mem::replace(&mut self.handshake, Handshake::Complete);
        if before == Handshake::Complete {
            return;
        }
        if self.phase == Phase::Handshake {
            self.agent.connects(now);
            match self.purpose {
                Purpose::Port => self.phase = Phase::Banner(now + BANNER),
                Purpose::Forward { .. } => self.open_connection(now),
                Purpose::Shell => self.phase = Phase::Open,
            }
        }
        self.events
            .extend(handshake::customer_message(bytes).map(Event::Message));
    }
}
