//! A channel, step by step.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::random;
use super::simulation::{Network, Simulation};
use crate::wire::Time;
use crate::wire::channel::{DataChannel, Event, Frame};
use crate::wire::ssm::channel::{Purpose, SessionEnd, SsmChannel};
use crate::wire::ssm::failure::SessionFailure;
use crate::wire::ssm::message::{Message, MessageType, payload};

pub(super) const MS: Duration = Duration::from_millis(1);
pub(super) const START: Time = Duration::from_secs(1_700_000_000);

/// A frame from the agent or the gateway.
pub(super) fn frame(
    kind: MessageType,
    sequence: i64,
    payload_type: u32,
    payload: &[u8],
) -> Vec<u8> {
    let message = Message {
        kind,
        created: 1,
        sequence,
        flags: 0,
        id: Uuid::from_u128(1),
        payload_type,
        payload,
    };
    message.encode()
}

pub(super) fn complete(sequence: i64, message: &str) -> Vec<u8> {
    let complete = json!({ "HandshakeTimeToComplete": 1, "CustomerMessage": message });
    let complete = complete.to_string();
    let kind = payload::HANDSHAKE_COMPLETE;
    frame(MessageType::Output, sequence, kind, complete.as_bytes())
}

fn request(actions: &Value) -> Vec<u8> {
    let request = json!({ "AgentVersion": "3.3.0.0", "RequestedClientActions": actions });
    let request = request.to_string();
    let kind = payload::HANDSHAKE_REQUEST;
    frame(MessageType::Output, 0, kind, request.as_bytes())
}

pub(super) fn channel() -> SsmChannel {
    let mut channel = SsmChannel::new(Purpose::Port, 1, START);
    channel.connected("the token", START);
    channel
}

/// The messages that are sent: type, type of payload, payload.
pub(super) fn sent(channel: &mut SsmChannel, now: Time) -> Vec<(MessageType, u32, Vec<u8>)> {
    let mut sent = Vec::new();
    while let Some(frame) = channel.transmit(now) {
        if let Frame::Binary(frame) = frame {
            let message = Message::decode(&frame).expect("a message");
            let payload = message.payload.to_vec();
            sent.push((message.kind, message.payload_type, payload));
        }
    }
    sent
}

pub(super) fn acknowledge(channel: &mut SsmChannel, sequence: u64, now: Time) {
    let body = json!({ "AcknowledgedMessageSequenceNumber": sequence }).to_string();
    channel.frame(&frame(MessageType::Acknowledge, 0, 0, body.as_bytes()), now);
}

#[test]
fn the_first_frame_opens_the_channel_with_the_token() {
    let mut channel = channel();
    let Some(Frame::Text(text)) = channel.transmit(START) else {
        panic!("no text");
    };
    let open: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(open["MessageSchemaVersion"], "1.0");
    assert_eq!(open["TokenValue"], "the token");
    let client = open["ClientId"].clone();
    assert_eq!(channel.transmit(START), None);
    channel.disconnected();
    channel.connected("another", START);
    let Some(Frame::Text(text)) = channel.transmit(START) else {
        panic!("no text");
    };
    let again: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(again["ClientId"], client);
    assert_ne!(again["RequestId"], open["RequestId"]);
}

#[test]
fn the_handshake_is_answered_as_by_the_plugin() {
    let mut channel = channel();
    let port = json!([{ "ActionType": "SessionType",
        "ActionParameters": { "SessionType": "Port", "Properties": { "portNumber": "22" } } }]);
    // A pause does not hold it up.
    channel.frame(&frame(MessageType::PausePublication, 0, 0, b"x"), START);
    channel.frame(&request(&port), START);
    let sent = sent(&mut channel, START);
    let [
        (MessageType::Acknowledge, ..),
        (MessageType::Input, payload::HANDSHAKE_RESPONSE, response),
    ] = &sent[..]
    else {
        panic!("{sent:?}");
    };
    let response: Value = serde_json::from_slice(response).expect("JSON");
    let expected = json!({ "ClientVersion": "1.2.764.0", "ProcessedClientActions": [
        { "ActionType": "SessionType", "ActionStatus": 1, "ActionResult": null, "Error": "" }],
        "Errors": null });
    assert_eq!(response, expected);
}

#[test]
fn an_unsupported_action_is_refused_and_is_the_reason_of_the_end() {
    let mut channel = channel();
    let actions = json!([
        { "ActionType": "KMSEncryption", "ActionParameters": { "KMSKeyId": "k" } },
        { "ActionType": "SessionType", "ActionParameters": { "SessionType": "Port" } },
        { "ActionType": "Dance", "ActionParameters": null }]);
    channel.frame(&request(&actions), START);
    let sent = sent(&mut channel, START);
    let response: Value = serde_json::from_slice(&sent[1].2).expect("JSON");
    let processed = response["ProcessedClientActions"]
        .as_array()
        .expect("a list");
    let statuses: Vec<_> = processed
        .iter()
        .map(|it| it["ActionStatus"].as_u64())
        .collect();
    assert_eq!(statuses, [Some(3), Some(1), Some(3)]);
    channel.frame(
        &frame(MessageType::ChannelClosed, 0, 0, b"{\"Output\":\"\"}"),
        START,
    );
    let reason = SessionFailure::KmsEncryption;
    assert_eq!(
        channel.event(),
        Some(Event::Ended(SessionEnd::Failed(reason)))
    );
}

#[test]
fn no_input_is_sent_before_the_server_has_sent_its_banner_or_had_time_to() {
    let mut channel = channel();
    // The start of publication does not permit it.
    channel.frame(&frame(MessageType::StartPublication, 0, 0, b"x"), START);
    assert_eq!(channel.input_room(START), 0);
    channel.frame(&complete(0, "be nice"), START);
    assert_eq!(channel.event(), Some(Event::Message("be nice".to_owned())));
    assert_eq!(channel.input_room(START), 0);
    let banner = channel.timeout().expect("a time");
    assert_eq!(banner, START + 300 * MS);
    assert!(channel.input_room(banner) > 0);
    channel.frame(
        &frame(MessageType::Output, 1, payload::OUTPUT, b"SSH-2.0"),
        START,
    );
    assert_eq!(channel.input_room(START), 64 * 1024);
    assert_eq!(channel.output(), b"SSH-2.0");
}

#[test]
fn during_a_pause_one_message_a_second_is_sent_as_a_probe() {
    let mut channel = channel();
    channel.frame(&complete(0, ""), START);
    let now = START + 300 * MS;
    channel.tick(now);
    channel.input(b"one", now);
    let _ = sent(&mut channel, now);
    channel.frame(&frame(MessageType::PausePublication, 0, 0, b"x"), now);
    assert_eq!(channel.input_room(now), 0);
    // It was read before the pause, so it is taken.
    channel.input(b"two", now);
    assert_eq!(sent(&mut channel, now), []);
    let probe = channel.timeout().expect("a time");
    assert_eq!(probe, now + 1000 * MS);
    channel.tick(probe);
    let tried = sent(&mut channel, probe);
    assert_eq!(
        tried,
        [(MessageType::Input, payload::OUTPUT, b"one".to_vec())]
    );
    acknowledge(&mut channel, 0, probe);
    let rest = sent(&mut channel, probe);
    assert_eq!(
        rest,
        [(MessageType::Input, payload::OUTPUT, b"two".to_vec())]
    );
}

#[test]
fn a_close_ends_the_session_with_or_without_a_reason() {
    let over = |closed: &[u8]| {
        let mut channel = channel();
        channel.frame(&complete(0, ""), START);
        channel.frame(
            &frame(MessageType::Output, 1, payload::OUTPUT, b"rest"),
            START,
        );
        channel.frame(&frame(MessageType::ChannelClosed, 0, 0, closed), START);
        assert_eq!(channel.output(), b"rest");
        channel.event()
    };
    assert_eq!(
        over(b"{\"Output\":\"\"}"),
        Some(Event::Ended(SessionEnd::Closed(None)))
    );
    let reason = "Unable to connect to specified port".to_owned();
    let closed = json!({ "Output": reason }).to_string();
    let failed = Event::Ended(SessionEnd::Failed(reason.into()));
    assert_eq!(over(closed.as_bytes()), Some(failed));
}

#[test]
fn the_answer_still_comes_after_the_end_of_the_input() {
    let network = Network {
        delay: 50 * MS,
        ..Network::default()
    };
    let mut sim = Simulation::new(network, random("end of input"), b"question", b"banner");
    sim.run(Duration::from_mins(1), |sim| !sim.agent.got.is_empty());
    let now = sim.now;
    sim.channel.end_of_input(now);
    sim.agent.says.extend(b", answer");
    sim.run(Duration::from_mins(1), |sim| !sim.events.is_empty());
    assert_eq!(sim.got, b"banner, answer");
    assert!(sim.agent.terminated);
    let took = sim.now.saturating_sub(now);
    assert!(took < 5000 * MS, "{took:?}");
}

#[test]
fn a_websocket_that_is_silent_is_pinged_and_then_given_up() {
    let mut channel = channel();
    assert!(matches!(channel.transmit(START), Some(Frame::Text(_))));
    let mut pings = 0;
    while let Some(now) = channel.timeout() {
        channel.tick(now);
        while let Some(frame) = channel.transmit(now) {
            assert_eq!(frame, Frame::Ping);
            pings += 1;
        }
        if let Some(event) = channel.event() {
            assert_eq!(
                (event, now),
                (Event::TimedOut, START + Duration::from_secs(90))
            );
            break;
        }
    }
    assert_eq!(pings, 2);
    // The next websocket is opened in the same way, and no event comes twice.
    channel.connected("another", START + Duration::from_secs(91));
    assert!(matches!(channel.transmit(START), Some(Frame::Text(_))));
    assert_eq!(channel.event(), None);
}
