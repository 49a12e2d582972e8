//! Every byte arrives once and in order, with all faults of the network.

use std::time::Duration;

use super::random;
use super::simulation::{Network, Simulation};
use crate::wire::channel::{DataChannel, Event};
use crate::wire::ssm::channel::SessionEnd;

const MS: Duration = Duration::from_millis(1);

/// Both directions at once, then a clean end.
fn transfers(name: &str, network: &Network, size: usize) -> Simulation {
    let mut random = random(name);
    let mut bytes = |size| (0..size).map(|_| random.u8(..)).collect::<Vec<u8>>();
    let (up, down) = (bytes(size), bytes(size));
    let mut sim = Simulation::new(network.clone(), random.fork(), &up, &down);
    sim.run(Duration::from_hours(2), |sim| {
        sim.got.len() >= down.len() && sim.agent.got.len() >= up.len()
    });
    assert!(sim.got == down, "{name}: what came is not what was sent");
    assert!(
        sim.agent.got == up,
        "{name}: what went is not what was sent"
    );
    // The report that nothing answers yet is allowed.
    sim.events.retain(|event| *event != Event::Unanswered);
    assert_eq!(sim.events, []);
    sim
}

#[test]
fn over_a_good_network_nothing_is_repeated() {
    let network = Network {
        delay: 20 * MS,
        connect_after: 5 * MS,
        ..Network::default()
    };
    let sim = transfers("good", &network, 3_000_000);
    assert_eq!((sim.agent.repeated, sim.agent.refused), (0, 0));
    // 3 MB at a round trip of 40 ms: a window of 64 KiB alone would need two seconds.
    let took = sim.now.saturating_sub(Duration::from_secs(1_700_000_000));
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn every_byte_arrives_once_and_in_order_with_any_fault() {
    let good = Network {
        delay: 5 * MS,
        connect_after: 2 * MS,
        ..Network::default()
    };
    let loss = Network {
        loss: 0.1,
        ..good.clone()
    };
    let doubling = Network {
        doubling: 0.3,
        ..good.clone()
    };
    let damage = Network {
        damage: 0.1,
        ..good.clone()
    };
    let disorder = Network {
        jitter: 50 * MS,
        ..good.clone()
    };
    let slow_connect = Network {
        connect_after: 3000 * MS,
        ..good.clone()
    };
    let breaks = Network {
        breaks: Some(40 * MS),
        gone: 100 * MS,
        ..good.clone()
    };
    let reader = Network {
        reader: Some(50),
        ..good.clone()
    };
    transfers("loss", &loss, 150_000);
    transfers("doubling", &doubling, 150_000);
    transfers("damage", &damage, 150_000);
    transfers("disorder", &disorder, 150_000);
    transfers("slow connect", &slow_connect, 150_000);
    transfers("breaks", &breaks, 300_000);
    transfers("slow reader", &reader, 3_000_000);
}

/// Everything at once, differently every time.
#[test]
fn every_byte_arrives_with_any_mixture_of_faults() {
    let mut random = random("mixtures");
    for round in 0..40 {
        let some = |random: &mut fastrand::Rng, most: f64| {
            let part = if random.bool() { random.f64() } else { 0.0 };
            part * most
        };
        let network = Network {
            loss: some(&mut random, 0.2),
            doubling: some(&mut random, 0.5),
            damage: some(&mut random, 0.1),
            delay: MS * random.u32(..60),
            jitter: MS * random.u32(..60),
            breaks: random.bool().then(|| MS * random.u32(300..2000)),
            gone: MS * random.u32(..3000),
            connect_after: MS * random.u32(..1000),
            reader: random.bool().then(|| random.usize(20..2000)),
            ..Network::default()
        };
        let size = random.usize(1..60_000);
        fastrand::seed(random.u64(..));
        println!("round {round}: {size} bytes over {network:?}");
        transfers("mixture", &network, size);
    }
}

#[test]
fn what_is_in_flight_arrives_before_a_hang_up() {
    let network = Network {
        delay: 40 * MS,
        loss: 0.05,
        ..Network::default()
    };
    let last = [7; 5000];
    let mut sim = Simulation::new(network, random("hang-up"), &[], b"SSH-2.0-model\r\n");
    sim.run(Duration::from_mins(1), |sim| !sim.got.is_empty());
    let now = sim.now;
    sim.channel.input(&last, now);
    sim.channel.hang_up(now);
    sim.run(Duration::from_secs(10), |sim| !sim.events.is_empty());
    assert_eq!(sim.agent.got, last);
    assert!(sim.agent.terminated);
    // The model's gateway does not confirm the end, so the session must be ended through the API.
    assert_eq!(sim.events, [Event::Ended(SessionEnd::Unconfirmed)]);
    let took = sim.now.saturating_sub(now);
    assert!(took <= 2100 * MS, "{took:?}");
}
