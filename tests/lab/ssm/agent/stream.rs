//! The two numbered streams of an agent, by the agent's rules.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::frame::{self, Frame};

/// After how long a message is sent again.
const OLD: Duration = Duration::from_millis(200);

/// An acknowledgement that comes sooner is ignored: the agent queues a message only after sending
/// it.
const UNQUEUED: Duration = Duration::from_micros(65);

/// How many unacknowledged messages the agent keeps.
const CAPACITY: usize = 100_000;

/// Messages to the client.
#[derive(Default)]
pub(super) struct Outbound {
    next: i64,
    unacknowledged: VecDeque<(i64, Instant, Vec<u8>)>,
    /// The IDs of all messages, by sequence number.
    ids: Vec<String>,
}

impl Outbound {
    pub(super) fn push(&mut self, payload_type: u32, payload: &[u8]) -> Vec<u8> {
        let (id, frame) = frame::write("output_stream_data", self.next, payload_type, payload);
        self.ids.push(id);
        self.unacknowledged
            .push_back((self.next, Instant::now(), frame.clone()));
        self.next += 1;
        frame
    }

    pub(super) fn is_empty(&self) -> bool {
        self.unacknowledged.is_empty()
    }

    pub(super) fn has_room(&self) -> bool {
        self.unacknowledged.len() < CAPACITY
    }

    /// The oldest message, if it is due to be sent again. The agent never looks at the others.
    pub(super) fn overdue(&mut self) -> Option<Vec<u8>> {
        let (_, sent, frame) = self.unacknowledged.front_mut()?;
        (sent.elapsed() >= OLD).then(|| {
            *sent = Instant::now();
            frame.clone()
        })
    }

    pub(super) fn acknowledged(&mut self, body: &[u8]) -> Result<(), String> {
        let text = String::from_utf8_lossy(body);
        let body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let sequence = body["AcknowledgedMessageSequenceNumber"].as_i64();
        let sequence = sequence.ok_or_else(|| format!("no number: {text}"))?;
        let id = usize::try_from(sequence)
            .ok()
            .and_then(|at| self.ids.get(at));
        let id = id.ok_or_else(|| format!("never sent: {text}"))?;
        let expected = json!({
            "AcknowledgedMessageType": "output_stream_data",
            "AcknowledgedMessageId": id,
            "AcknowledgedMessageSequenceNumber": sequence,
            "IsSequentialMessage": true,
        });
        let at = self
            .unacknowledged
            .binary_search_by_key(&sequence, |it| it.0);
        if let Ok(at) = at
            && self.unacknowledged[at].1.elapsed() > UNQUEUED
        {
            self.unacknowledged.remove(at);
        }
        if body == expected {
            Ok(())
        } else {
            Err(format!("{text} for {expected}"))
        }
    }
}

/// Messages from the client.
#[derive(Default)]
pub(super) struct Inbound {
    expected: i64,
    early: BTreeMap<i64, (u32, Vec<u8>)>,
}

/// How a message is handled.
pub(super) struct Taken {
    pub(super) acknowledge: bool,
    pub(super) is_old: bool,
    pub(super) payloads: Vec<(u32, Vec<u8>)>,
}

impl Inbound {
    /// The sequence number of the next message.
    pub(super) fn expected(&self) -> i64 {
        self.expected
    }

    /// A payload that the agent is not `ready` for is not acknowledged, so the client sends it
    /// again.
    pub(super) fn receive(&mut self, frame: &Frame<'_>, ready: impl Fn(u32) -> bool) -> Taken {
        let sequence = frame.sequence;
        let mut taken = Taken {
            acknowledge: true,
            is_old: sequence < self.expected,
            payloads: Vec::new(),
        };
        if sequence == self.expected && !ready(frame.payload_type) {
            taken.acknowledge = false;
            return taken;
        }
        if sequence >= self.expected {
            let kept = (frame.payload_type, frame.payload.to_vec());
            self.early.insert(sequence, kept);
        }
        while let Some((kind, _)) = self.early.get(&self.expected)
            && ready(*kind)
        {
            let payload = self.early.remove(&self.expected);
            taken.payloads.extend(payload);
            self.expected += 1;
        }
        taken
    }
}

/// Whether the client has done every action. An error if its answer differs from the plugin's.
pub(super) fn check_response(response: &[u8]) -> Result<bool, String> {
    let text = String::from_utf8_lossy(response);
    let response: Value = serde_json::from_slice(response).map_err(|error| error.to_string())?;
    let version = response["ClientVersion"].as_str().unwrap_or_default();
    let numbers: Vec<_> = version.split('.').map(str::parse::<u32>).collect();
    if numbers.len() != 4 || numbers.iter().any(Result::is_err) || !response["Errors"].is_null() {
        return Err(format!("an odd answer: {text}"));
    }
    let actions = response["ProcessedClientActions"].as_array();
    let actions = actions.ok_or_else(|| format!("no actions: {text}"))?;
    Ok(actions.iter().all(|action| action["ActionStatus"] == 1))
}
