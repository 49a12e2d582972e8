//! Agents of before 3.2.1041.0, which say nothing of a message that they have had already.

use std::time::Duration;

use super::random;
use super::world::{Wire, World};
use crate::wire::channel::DataChannel;

/// More than may be under way while one message is waited for, so that the rest comes behind copies
/// of that.
const MUCH: usize = 12_000_000;

const MS: Duration = Duration::from_millis(1);

/// Until when the agent has surely connected to the port.
const DIALLED: Duration = Duration::from_secs(150);

fn wire(is_old: bool) -> Wire {
    Wire {
        delay: 5 * MS,
        dial: 2 * MS,
        is_old,
        ..Wire::default()
    }
}

/// Sends so many bytes to a server that has this to say.
fn upload(wire: Wire, size: usize, says: &[u8], skips: Option<i64>) -> (World, Duration) {
    let mut random = random("upload");
    let bytes: Vec<u8> = (0..size).map(|_| random.u8(..)).collect();
    let mut world = World::new(wire, random, &bytes, says);
    world.agent.skips = skips;
    let began = world.now;
    world.run(Duration::from_hours(1), |world| {
        world.agent.got.len() >= bytes.len()
    });
    assert!(
        world.agent.got == bytes,
        "what has arrived is not what was sent"
    );
    let took = world.now.saturating_sub(began);
    (world, took)
}

#[test]
fn one_lost_acknowledgement_holds_nothing_up_with_any_release() {
    for is_old in [true, false] {
        let (mut world, took) = upload(wire(is_old), MUCH, b"SSH-2.0-x", Some(7));
        assert!(took < Duration::from_secs(5), "{took:?}");
        // Nothing is thought to be under way in the end, either.
        let now = world.now;
        world.channel.hang_up(now);
        world.run(Duration::from_secs(5), |world| world.agent.terminated);
        let took = world.now.saturating_sub(now);
        assert!(took < 500 * MS, "{took:?}");
    }
}

/// All that was under way when the websocket broke has arrived, and none of its acknowledgements.
#[test]
fn an_old_agent_and_a_websocket_that_breaks_again_and_again_lose_nothing() {
    let wire = Wire {
        breaks: Some(500 * MS),
        gone: 100 * MS,
        loss: 0.01,
        ..wire(true)
    };
    upload(wire, 3_000_000, b"SSH-2.0-x", None);
}

/// It keeps and acknowledges what comes later, and waits for the message all the same.
#[test]
fn a_message_that_is_really_lost_is_sent_until_it_arrives() {
    for (is_old, copies) in [(true, 4), (false, 20)] {
        let wire = Wire {
            lost_copies: Some((7, copies)),
            ..wire(is_old)
        };
        let (world, took) = upload(wire, MUCH, b"SSH-2.0-x", None);
        assert!(took < Duration::from_mins(2), "{took:?}");
        assert_eq!(world.events, []);
    }
}

/// Until it has connected to the port, an agent says nothing of the first bytes, and acknowledges
/// those that come later.
#[test]
fn an_old_agent_that_connects_slowly_loses_nothing() {
    let wire = Wire {
        dial: Duration::from_secs(100),
        ..wire(true)
    };
    let (world, _) = upload(wire.clone(), MUCH, b"SSH-2.0-x", None);
    assert!(world.agent.early_birds > 0);
    upload(wire, MUCH, b"", None);
}

#[test]
fn a_server_that_says_nothing_gets_everything_from_an_old_agent() {
    let (_, took) = upload(wire(true), MUCH, b"", Some(7));
    assert!(took < Duration::from_secs(5), "{took:?}");
    // Where the first acknowledgement of all is lost, time alone tells that it is connected.
    let (_, took) = upload(wire(true), MUCH, b"", Some(1));
    assert!(took < DIALLED + Duration::from_secs(10), "{took:?}");
}
