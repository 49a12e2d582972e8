//! A forwarding session, step by step.

use std::time::Duration;

use serde_json::{Value, json};

use super::channel::{MS, START, acknowledge, complete, frame, sent};
use crate::wire::channel::{DataChannel, Event};
use crate::wire::ssm::channel::{Purpose, SessionEnd, SsmChannel};
use crate::wire::ssm::failure::SessionFailure;
use crate::wire::ssm::message::{MessageType, payload};
use crate::wire::ssm::mux;

const SECOND: Duration = Duration::from_secs(1);

/// A channel that has answered the request of an agent of this release.
fn asked(release: &str, to_other_host: bool, properties: &Value) -> SsmChannel {
    let mut channel = SsmChannel::new(Purpose::Forward { to_other_host }, 1, START);
    channel.connected("the token", START);
    let parameters = json!({ "SessionType": "Port", "Properties": properties });
    let action = json!({ "ActionType": "SessionType", "ActionParameters": parameters });
    let request = json!({ "AgentVersion": release, "RequestedClientActions": [action] });
    let kind = payload::HANDSHAKE_REQUEST;
    let request = frame(MessageType::Output, 0, kind, request.to_string().as_bytes());
    channel.frame(&request, START);
    channel
}

fn forwarding() -> Value {
    json!({ "portNumber": "80", "type": "LocalPortForwarding" })
}

/// A channel whose connection is open; our messages so far are acknowledged.
fn opened(release: &str) -> SsmChannel {
    let mut channel = asked(release, false, &forwarding());
    channel.frame(&complete(1, ""), START);
    let messages = sent(&mut channel, START);
    let (_, kind, open) = messages.last().expect("a message");
    assert_eq!(
        (*kind, open),
        (payload::OUTPUT, &mux::frame(mux::OPEN, b""))
    );
    acknowledge(&mut channel, 0, START);
    acknowledge(&mut channel, 1, START);
    channel
}

fn output(channel: &mut SsmChannel, sequence: i64, bytes: &[u8]) {
    let frame = frame(MessageType::Output, sequence, payload::OUTPUT, bytes);
    channel.frame(&frame, START);
}

/// The frames of the connection, and the flags, that are sent.
fn frames(channel: &mut SsmChannel, now: Duration) -> Vec<Vec<u8>> {
    let sent = sent(channel, now).into_iter();
    let input = sent.filter(|(kind, ..)| *kind == MessageType::Input);
    input.map(|(_, _, payload)| payload).collect()
}

fn terminate() -> Vec<u8> {
    payload::TERMINATE.to_be_bytes().to_vec()
}

#[test]
fn bytes_travel_in_frames_that_fit_into_a_message() {
    let mut channel = opened("3.3.987.0");
    assert!(channel.input_room(START) > 0, "it waits for no banner");
    let all: Vec<u8> = (0..3000_u32).map(|at| at.to_le_bytes()[0]).collect();
    channel.input(&all, START);
    let sent = frames(&mut channel, START);
    assert!(sent.iter().all(|it| it.len() <= 1024));
    let data: Vec<u8> = sent.iter().flat_map(|it| it[8..].to_vec()).collect();
    assert_eq!(data, all);
    let answer = [mux::frame(mux::DATA, b"hel"), mux::frame(mux::DATA, b"lo")].concat();
    output(&mut channel, 2, &answer[..9]);
    assert_eq!(channel.output(), b"h");
    channel.wrote(1);
    output(&mut channel, 3, &answer[9..]);
    assert_eq!(channel.output(), b"ello");
    assert_eq!(channel.event(), None);
}

#[test]
fn a_far_end_that_closes_ends_the_session_after_its_last_bytes() {
    let mut channel = opened("3.3.987.0");
    let last = [mux::frame(mux::DATA, b"bye"), mux::frame(mux::CLOSE, b"")].concat();
    output(&mut channel, 2, &last);
    assert_eq!(channel.output(), b"bye");
    assert_eq!(channel.input_room(START), 0);
    assert_eq!(frames(&mut channel, START), [terminate()]);
    let closed = frame(MessageType::ChannelClosed, 0, 0, b"{\"Output\":\"\"}");
    channel.frame(&closed, START);
    assert_eq!(channel.output(), b"bye");
    assert_eq!(channel.event(), Some(Event::Ended(SessionEnd::Terminated)));
}

#[test]
fn after_the_end_of_the_input_the_far_end_gets_time_to_read() {
    let mut channel = opened("3.3.987.0");
    channel.input(b"question", START);
    let _ = frames(&mut channel, START);
    acknowledge(&mut channel, 2, START);
    channel.end_of_input(START);
    // An answer may still come.
    output(&mut channel, 2, &mux::frame(mux::DATA, b"answer"));
    channel.wrote(6);
    let quiet = START + 3 * SECOND;
    channel.tick(quiet);
    assert_eq!(frames(&mut channel, quiet), [mux::frame(mux::CLOSE, b"")]);
    acknowledge(&mut channel, 3, quiet);
    channel.heard(quiet + 50 * SECOND);
    channel.tick(quiet + 50 * SECOND);
    assert_eq!(frames(&mut channel, quiet), [] as [Vec<u8>; 0]);
    // It has read all.
    output(&mut channel, 3, &mux::frame(mux::CLOSE, b""));
    assert_eq!(frames(&mut channel, quiet), [terminate()]);
}

#[test]
fn a_hang_up_closes_the_connection_and_waits_a_moment() {
    let mut channel = opened("3.3.987.0");
    channel.input(b"last words", START);
    channel.hang_up(START);
    let sent = frames(&mut channel, START);
    let expected = [
        mux::frame(mux::DATA, b"last words"),
        mux::frame(mux::CLOSE, b""),
    ];
    assert_eq!(sent, expected);
    acknowledge(&mut channel, 2, START);
    acknowledge(&mut channel, 3, START);
    channel.tick(START + 990 * MS);
    assert_eq!(frames(&mut channel, START + 990 * MS), [] as [Vec<u8>; 0]);
    channel.tick(START + SECOND);
    assert_eq!(frames(&mut channel, START + SECOND), [terminate()]);
    // A signal while the far end still reads shortens that time.
    let mut channel = opened("3.3.987.0");
    channel.end_of_input(START);
    channel.tick(START + 3 * SECOND);
    channel.hang_up(START + 3 * SECOND);
    let _ = frames(&mut channel, START + 3 * SECOND);
    acknowledge(&mut channel, 2, START + 3 * SECOND);
    channel.tick(START + 4 * SECOND);
    assert_eq!(frames(&mut channel, START + 4 * SECOND), [terminate()]);
}

#[test]
fn an_agent_that_could_not_connect_says_so_by_a_flag() {
    let mut channel = opened("3.3.987.0");
    let flag = payload::NOT_CONNECTED.to_be_bytes();
    channel.frame(&frame(MessageType::Output, 2, payload::FLAG, &flag), START);
    let event = channel.event();
    assert!(
        matches!(event, Some(Event::Ended(SessionEnd::NoConnection(_)))),
        "{event:?}"
    );
}

#[test]
fn something_else_than_frames_ends_the_session() {
    let mut channel = opened("3.3.987.0");
    output(&mut channel, 2, b"SSH-2.0-OpenSSH_9.9\r\n");
    let event = channel.event();
    assert!(
        matches!(event, Some(Event::Ended(SessionEnd::Refused(_)))),
        "{event:?}"
    );
}

#[test]
fn old_agents_get_a_sign_of_life() {
    for (release, gets) in [
        ("3.1.1511.0", true),
        ("3.0.222.0", true),
        ("3.1.1575.0", false),
    ] {
        let mut channel = opened(release);
        for at in 1..=3 {
            let now = START + at * 10 * SECOND;
            channel.heard(now);
            channel.tick(now);
            let sent = frames(&mut channel, now);
            let expected = if gets {
                vec![mux::frame(mux::NOTHING, b"")]
            } else {
                vec![]
            };
            assert_eq!(sent, expected, "{release}");
            acknowledge(&mut channel, 1 + u64::from(at), now);
        }
    }
}

#[test]
fn agents_that_are_too_old_are_refused() {
    let refused = |release: &str, to_other_host, properties: &Value| {
        let mut channel = asked(release, to_other_host, properties);
        let closed = frame(MessageType::ChannelClosed, 0, 0, b"{}");
        channel.frame(&closed, START);
        match channel.event() {
            Some(Event::Ended(SessionEnd::Failed(failure))) => failure,
            other => panic!("{other:?}"),
        }
    };
    let old = |release: &str, oldest| SessionFailure::OldAgent(release.to_owned(), oldest);
    let (own, other) = ("3.0.197.0", "3.1.1374.0");
    assert_eq!(
        refused("3.0.196.0", false, &forwarding()),
        old("3.0.196.0", own)
    );
    assert_eq!(
        refused("3.1.1260.0", true, &forwarding()),
        old("3.1.1260.0", other)
    );
    assert_eq!(refused("new", true, &forwarding()), old("new", other));
    let plain = json!({ "portNumber": "80" });
    assert_eq!(
        refused("3.3.987.0", false, &plain),
        SessionFailure::Other("the session forwards nothing".to_owned())
    );
}
