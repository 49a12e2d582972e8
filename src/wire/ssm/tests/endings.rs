//! How a channel ends, step by step.

use std::time::Duration;

use serde_json::json;

use super::channel::{MS, START, acknowledge, channel, complete, frame, sent};
use crate::wire::Time;
use crate::wire::channel::{DataChannel, Event};
use crate::wire::ssm::channel::{Purpose, SessionEnd, SsmChannel};
use crate::wire::ssm::message::{MessageType, payload};

const SECOND: Duration = Duration::from_secs(1);

fn closed(channel: &mut SsmChannel, output: &str) -> Option<Event<SessionEnd>> {
    let body = json!({ "Output": output }).to_string();
    let frame = frame(MessageType::ChannelClosed, 0, 0, body.as_bytes());
    channel.frame(&frame, START);
    channel.event()
}

/// A channel whose handshake is complete, with a server that has sent "hello" if it `speaks`.
fn begun(speaks: bool) -> SsmChannel {
    let mut channel = channel();
    channel.frame(&complete(0, ""), START);
    if speaks {
        let hello = frame(MessageType::Output, 1, payload::OUTPUT, b"hello");
        channel.frame(&hello, START);
        channel.wrote(5);
    }
    channel.tick(START + SECOND);
    let _ = sent(&mut channel, START);
    channel
}

/// Lets time pass until an event comes, or until this time.
fn waits(channel: &mut SsmChannel, until: Time) -> Option<(Event<SessionEnd>, Time)> {
    while let Some(now) = channel.timeout().filter(|now| *now <= until) {
        channel.heard(now);
        channel.tick(now);
        let _ = sent(channel, now);
        if let Some(event) = channel.event() {
            return Some((event, now));
        }
    }
    None
}

#[test]
fn an_exit_status_is_read_as_agents_write_it() {
    for (text, status) in [("EXIT_CODE: 3", 3), ("0", 0), ("EXIT_CODE: 127\n", 127)] {
        let mut channel = begun(true);
        let kind = payload::EXIT_CODE;
        channel.frame(&frame(MessageType::Output, 2, kind, text.as_bytes()), START);
        let end = Event::Ended(SessionEnd::Closed(Some(status)));
        assert_eq!(closed(&mut channel, ""), Some(end));
    }
}

#[test]
fn the_agents_line_above_an_error_is_left_out() {
    let text = "\n----------ERROR-------\nUnable to start shell: no such user\n";
    let end = SessionEnd::Failed("Unable to start shell: no such user".into());
    assert_eq!(closed(&mut begun(true), text), Some(Event::Ended(end)));
}

#[test]
fn a_worker_that_has_crashed_before_any_output_could_not_connect() {
    for text in [
        "document process failed unexpectedly: ipc messaging received timeout signal , check log",
        "document worker timed out",
        "Unable to connect to specified port: connect_after tcp: connection refused",
    ] {
        let end = Event::Ended(SessionEnd::NoConnection(text.to_owned()));
        assert_eq!(closed(&mut begun(false), text), Some(end));
        let end = Event::Ended(SessionEnd::Failed(text.into()));
        assert_eq!(closed(&mut begun(true), text), Some(end));
    }
}

#[test]
fn a_port_that_does_not_answer_is_reported_once() {
    let from = START + SECOND;
    let patience = from + 60 * SECOND;
    let mut channel = begun(false);
    // Nothing has been sent yet, so there is nothing to answer.
    assert_eq!(waits(&mut channel, from + 20 * SECOND), None);
    let from = from + 20 * SECOND;
    channel.input(b"SSH-2.0-us", from);
    let silent = Some((Event::Unanswered, from + 5 * SECOND));
    assert_eq!(waits(&mut channel, patience), silent);
    channel.input(b"more", from + 6 * SECOND);
    assert_eq!(waits(&mut channel, patience), None);

    let mut channel = begun(false);
    channel.input(b"SSH-2.0-us", from);
    let _ = sent(&mut channel, from);
    acknowledge(&mut channel, 0, from);
    assert_eq!(waits(&mut channel, patience), None);
}

#[test]
fn a_server_that_closes_by_itself_is_not_terminated() {
    let mut channel = begun(true);
    channel.input(b"last words", START);
    let _ = sent(&mut channel, START);
    channel.hang_up(START);
    acknowledge(&mut channel, 0, START + 20 * MS);
    channel.tick(START + 200 * MS);
    assert_eq!(sent(&mut channel, START + 200 * MS), []);
    assert_eq!(
        closed(&mut channel, ""),
        Some(Event::Ended(SessionEnd::Terminated))
    );
    // A server that does not is terminated soon.
    let mut channel = begun(true);
    channel.hang_up(START);
    let now = channel.timeout().expect("a time");
    assert!(now <= START + 300 * MS, "{now:?}");
    channel.tick(now);
    let flag = payload::TERMINATE.to_be_bytes().to_vec();
    let terminate = [(MessageType::Input, payload::FLAG, flag)];
    assert_eq!(sent(&mut channel, now), terminate);
}

/// A shell's agent acknowledges the flag that ends a session, and does nothing else.
#[test]
fn a_shell_is_ended_by_the_api_at_once() {
    let mut channel = SsmChannel::new(Purpose::Shell, 1, START);
    channel.connected("the token", START);
    let prompt = frame(MessageType::Output, 0, payload::OUTPUT, b"$ ");
    channel.frame(&prompt, START);
    channel.hang_up(START);
    assert_eq!(channel.event(), Some(Event::Ended(SessionEnd::Unconfirmed)));
}

#[test]
fn a_closed_input_that_finds_no_room_is_an_error_after_a_minute() {
    let mut channel = begun(true);
    channel.input(&vec![7; 64 * 1024], START);
    assert_eq!(channel.input_room(START), 0);
    assert_eq!(waits(&mut channel, START + 300 * SECOND), None);
    let closed = START + 300 * SECOND;
    channel.input_closed(closed);
    channel.input_closed(closed + SECOND);
    // An acknowledgement in the meantime starts the minute again.
    acknowledge(&mut channel, 0, closed + 10 * SECOND);
    let reason = "the instance takes nothing more of what is sent".to_owned();
    let given_up = Some((
        Event::Ended(SessionEnd::Refused(reason.into())),
        closed + 70 * SECOND,
    ));
    assert_eq!(waits(&mut channel, closed + 100 * SECOND), given_up);
}

/// While there is no websocket, the agent cannot answer.
#[test]
fn the_end_of_the_input_waits_for_a_websocket() {
    let mut channel = begun(true);
    channel.input(b"last", START);
    channel.end_of_input(START);
    channel.disconnected();
    assert_eq!(waits(&mut channel, START + 200 * SECOND), None);
    assert_eq!(channel.timeout(), None);
    channel.connected("another", START + 200 * SECOND);
    let ends = waits(&mut channel, START + 300 * SECOND).map(|(event, _)| event);
    assert_eq!(ends, Some(Event::Ended(SessionEnd::Unconfirmed)));
}
