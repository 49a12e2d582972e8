//! Agents before 3.2.1041.0, which do not acknowledge a message that they receive again.

use std::time::Duration;

use super::random;
use super::simulation::{Network, Simulation};
use crate::wire::channel::DataChannel;

/// More than may be in flight behind one missing message, so that the rest is sent behind copies of
/// it.
const MUCH: usize = 12_000_000;

const MS: Duration = Duration::from_millis(1);

/// The latest time at which the agent has connected to the port.
const CONNECTED: Duration = Duration::from_secs(150);

fn network(is_old: bool) -> Network {
    Network {
        delay: 5 * MS,
        connect_after: 2 * MS,
        is_old,
        ..Network::default()
    }
}

/// Sends this many bytes to a server that sends this.
fn upload(
    network: Network,
    size: usize,
    says: &[u8],
    skips: Option<i64>,
) -> (Simulation, Duration) {
    let mut random = random("upload");
    let bytes: Vec<u8> = (0..size).map(|_| random.u8(..)).collect();
    let mut sim = Simulation::new(network, random, &bytes, says);
    sim.agent.skips = skips;
    let began = sim.now;
    sim.run(Duration::from_hours(1), |sim| {
        sim.agent.got.len() >= bytes.len()
    });
    assert!(
        sim.agent.got == bytes,
        "what has arrived is not what was sent"
    );
    let took = sim.now.saturating_sub(began);
    (sim, took)
}

#[test]
fn a_lost_acknowledgement_delays_nothing_with_any_release() {
    for is_old in [true, false] {
        let (mut sim, took) = upload(network(is_old), MUCH, b"SSH-2.0-x", Some(7));
        assert!(took < Duration::from_secs(5), "{took:?}");
        // At the end, nothing counts as in flight.
        let now = sim.now;
        sim.channel.hang_up(now);
        sim.run(Duration::from_secs(5), |sim| sim.agent.terminated);
        let took = sim.now.saturating_sub(now);
        assert!(took < 500 * MS, "{took:?}");
    }
}

/// All that was in flight when the websocket broke has arrived, and none of its acknowledgements.
#[test]
fn an_old_agent_loses_nothing_over_websockets_that_break() {
    let network = Network {
        breaks: Some(500 * MS),
        gone: 100 * MS,
        loss: 0.01,
        ..network(true)
    };
    upload(network, 3_000_000, b"SSH-2.0-x", None);
}

/// It keeps and acknowledges what comes later, and waits for the message all the same.
#[test]
fn a_message_that_is_really_lost_is_sent_until_it_arrives() {
    for (is_old, copies) in [(true, 4), (false, 20)] {
        let network = Network {
            lost_copies: Some((7, copies)),
            ..network(is_old)
        };
        let (sim, took) = upload(network, MUCH, b"SSH-2.0-x", None);
        assert!(took < Duration::from_mins(2), "{took:?}");
        assert_eq!(sim.events, []);
    }
}

/// Until it has connected to the port, an agent does not acknowledge the first bytes, but does
/// acknowledge later ones.
#[test]
fn an_old_agent_that_connects_slowly_loses_nothing() {
    let network = Network {
        connect_after: Duration::from_secs(100),
        ..network(true)
    };
    let (sim, _) = upload(network.clone(), MUCH, b"SSH-2.0-x", None);
    assert!(sim.agent.refused > 0);
    upload(network, MUCH, b"", None);
}

#[test]
fn a_server_that_sends_nothing_receives_everything_from_an_old_agent() {
    let (_, took) = upload(network(true), MUCH, b"", Some(7));
    assert!(took < Duration::from_secs(5), "{took:?}");
    // If the very first acknowledgement is lost, only the time shows that it is connected.
    let (_, took) = upload(network(true), MUCH, b"", Some(1));
    assert!(took < CONNECTED + Duration::from_secs(10), "{took:?}");
}
