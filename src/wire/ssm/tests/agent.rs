//! A model of the agent's data channel.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};
use uuid::Uuid;

use super::simulation::Network;
use crate::wire::Time;
use crate::wire::ssm::message::{Message, MessageType, payload, random_id};

/// How often the agent checks its oldest message, and at which age it repeats it.
const LOOK: Duration = Duration::from_millis(100);
const OLD: Duration = Duration::from_millis(200);

pub(super) struct Agent {
    /// Before 3.2.1041.0: does not acknowledge a message that it receives again.
    is_old: bool,
    /// The message whose first acknowledgement it does not send.
    pub(super) skips: Option<i64>,
    random: Rng,
    sequence: i64,
    unacknowledged: VecDeque<(i64, Time, Vec<u8>)>,
    expected: i64,
    early: BTreeMap<i64, (u32, Vec<u8>)>,
    pub(super) complete: bool,
    /// When it will have connected to the port.
    connects_at: Option<Time>,
    connect_takes: Duration,
    looks: Time,
    /// What the port has received, and what it sends.
    pub(super) got: Vec<u8>,
    pub(super) says: VecDeque<u8>,
    /// Frames to send.
    pub(super) out: VecDeque<Vec<u8>>,
    pub(super) response: Option<Value>,
    pub(super) terminated: bool,
    /// How many messages came again, and how many before the port was open.
    pub(super) repeated: u32,
    pub(super) refused: u32,
}

impl Agent {
    pub(super) fn new(seed: u64, network: &Network, says: &[u8], now: Time) -> Self {
        let mut agent = Self {
            is_old: network.is_old,
            skips: None,
            random: Rng::with_seed(seed),
            sequence: 0,
            unacknowledged: VecDeque::new(),
            expected: 0,
            early: BTreeMap::new(),
            complete: false,
            connects_at: None,
            connect_takes: network.connect_after,
            looks: now + LOOK,
            got: Vec::new(),
            says: says.iter().copied().collect(),
            out: VecDeque::new(),
            response: None,
            terminated: false,
            repeated: 0,
            refused: 0,
        };
        let release = if network.is_old {
            "3.1.1732.0"
        } else {
            "3.3.987.0"
        };
        let request = json!({ "AgentVersion": release, "RequestedClientActions": [
            { "ActionType": "SessionType", "ActionParameters": { "SessionType": "Port",
                "Properties": { "portNumber": "22" } } } ] });
        agent.ask(&request, now);
        agent
    }

    pub(super) fn ask(&mut self, request: &Value, now: Time) {
        let request = request.to_string();
        self.send(payload::HANDSHAKE_REQUEST, request.as_bytes(), now);
    }

    fn send(&mut self, payload_type: u32, payload: &[u8], now: Time) {
        let message = Message {
            kind: MessageType::Output,
            created: u64::try_from(now.as_millis()).expect("a date"),
            sequence: self.sequence,
            flags: u64::from(self.sequence == 0),
            id: random_id(&mut self.random),
            payload_type,
            payload,
        };
        let frame = message.encode();
        self.unacknowledged
            .push_back((self.sequence, now, frame.clone()));
        self.sequence += 1;
        self.out.push_back(frame);
    }

    pub(super) fn frame(&mut self, frame: &[u8], now: Time) {
        let message = Message::decode(frame).expect("a message of ours");
        match message.kind {
            MessageType::Acknowledge => {
                let body: Value = serde_json::from_slice(message.payload).expect("JSON");
                let sequence = body["AcknowledgedMessageSequenceNumber"].as_i64();
                let sequence = sequence.expect("a number");
                self.unacknowledged.retain(|(at, ..)| *at != sequence);
            }
            MessageType::Input => self.numbered(&message, now),
            other => panic!("{other:?} is not ours to send"),
        }
    }

    fn numbered(&mut self, message: &Message<'_>, now: Time) {
        let sequence = message.sequence;
        if sequence < self.expected {
            self.repeated += 1;
            if self.is_old {
                return;
            }
        }
        if sequence > self.expected {
            let kept = (message.payload_type, message.payload.to_vec());
            self.early.insert(sequence, kept);
        }
        if sequence == self.expected {
            if !self.take(message.payload_type, message.payload, now) {
                return;
            }
            self.expected += 1;
            while let Some((kind, bytes)) = self.early.remove(&self.expected) {
                if !self.take(kind, &bytes, now) {
                    self.early.insert(self.expected, (kind, bytes));
                    break;
                }
                self.expected += 1;
            }
        }
        if self.skips.take_if(|skips| *skips == sequence).is_none() {
            self.acknowledge(message.id, sequence, now);
        }
    }

    /// Whether it takes a payload. It refuses what comes before the port is open.
    fn take(&mut self, kind: u32, bytes: &[u8], now: Time) -> bool {
        match kind {
            payload::HANDSHAKE_RESPONSE => {
                let response = serde_json::from_slice(bytes).expect("JSON");
                self.response = Some(response);
                self.complete = true;
                self.connects_at = Some(now + self.connect_takes);
                let complete = b"{\"HandshakeTimeToComplete\":1,\"CustomerMessage\":\"\"}";
                self.send(payload::HANDSHAKE_COMPLETE, complete, now);
            }
            payload::FLAG => {
                assert_eq!(bytes, 2_u32.to_be_bytes());
                self.terminated = true;
            }
            payload::OUTPUT => {
                assert!(self.complete, "bytes before the handshake would be lost");
                if self.connects_at.is_none_or(|connects_at| now < connects_at) {
                    self.refused += 1;
                    return false;
                }
                self.got.extend(bytes);
            }
            other => panic!("a payload of type {other}"),
        }
        true
    }

    fn acknowledge(&mut self, id: Uuid, sequence: i64, now: Time) {
        let body = json!({ "AcknowledgedMessageType": "input_stream_data",
            "AcknowledgedMessageId": id.to_string(),
            "AcknowledgedMessageSequenceNumber": sequence,
            "IsSequentialMessage": true });
        let body = body.to_string();
        let message = Message {
            kind: MessageType::Acknowledge,
            created: u64::try_from(now.as_millis()).expect("a date"),
            sequence: 0,
            flags: 3,
            id: random_id(&mut self.random),
            payload_type: 0,
            payload: body.as_bytes(),
        };
        self.out.push_back(message.encode());
    }

    pub(super) fn tick(&mut self, now: Time) {
        if self
            .connects_at
            .is_some_and(|connects_at| now >= connects_at)
        {
            while !self.says.is_empty() && self.unacknowledged.len() < 2000 {
                let size = self.says.len().min(1024);
                let chunk: Vec<u8> = self.says.drain(..size).collect();
                self.send(payload::OUTPUT, &chunk, now);
            }
        }
        if now >= self.looks {
            self.looks = now + LOOK;
            if let Some((_, sent, frame)) = self.unacknowledged.front_mut()
                && now >= *sent + OLD
            {
                *sent = now;
                self.out.push_back(frame.clone());
            }
        }
    }

    pub(super) fn timeout(&self) -> Option<Time> {
        let waits = !self.unacknowledged.is_empty();
        let connects_at = self.connects_at.filter(|_| !self.says.is_empty());
        let looks = waits.then_some(self.looks);
        // While it waits for acknowledgements, this check is enough.
        match (connects_at, looks) {
            (Some(connects_at), Some(looks)) => Some(connects_at.max(self.looks).min(looks)),
            (connects_at, looks) => connects_at.or(looks),
        }
    }
}
