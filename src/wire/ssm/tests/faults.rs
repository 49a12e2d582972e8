//! Every byte arrives, in order, once, whatever befalls the frames.

use std::time::Duration;

use super::random;
use super::world::{Wire, World};
use crate::wire::channel::{DataChannel, Event};
use crate::wire::ssm::channel::SessionEnd;

const MS: Duration = Duration::from_millis(1);

/// Both directions at once, then a clean end.
fn transfers(name: &str, wire: &Wire, size: usize) -> World {
    let mut random = random(name);
    let mut bytes = |size| (0..size).map(|_| random.u8(..)).collect::<Vec<u8>>();
    let (up, down) = (bytes(size), bytes(size));
    let mut world = World::new(wire.clone(), random.fork(), &up, &down);
    world.run(Duration::from_hours(2), |world| {
        world.got.len() >= down.len() && world.agent.got.len() >= up.len()
    });
    assert!(world.got == down, "{name}: what came is not what was sent");
    assert!(
        world.agent.got == up,
        "{name}: what went is not what was sent"
    );
    // The remark that nothing answers yet is no harm.
    world.events.retain(|event| *event != Event::Unanswered);
    assert_eq!(world.events, []);
    world
}

#[test]
fn over_a_good_wire_nothing_is_repeated() {
    let wire = Wire {
        delay: 20 * MS,
        dial: 5 * MS,
        ..Wire::default()
    };
    let world = transfers("good", &wire, 3_000_000);
    assert_eq!((world.agent.repeated, world.agent.early_birds), (0, 0));
    // 3 MB at a round trip of 40 ms: a window of 64 KiB alone would need two seconds.
    let took = world.now.saturating_sub(Duration::from_secs(1_700_000_000));
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn whatever_the_wire_does_every_byte_arrives_once_and_in_order() {
    let good = Wire {
        delay: 5 * MS,
        dial: 2 * MS,
        ..Wire::default()
    };
    let loss = Wire {
        loss: 0.1,
        ..good.clone()
    };
    let doubling = Wire {
        doubling: 0.3,
        ..good.clone()
    };
    let damage = Wire {
        damage: 0.1,
        ..good.clone()
    };
    let disorder = Wire {
        jitter: 50 * MS,
        ..good.clone()
    };
    let slow_dial = Wire {
        dial: 3000 * MS,
        ..good.clone()
    };
    let breaks = Wire {
        breaks: Some(40 * MS),
        gone: 100 * MS,
        ..good.clone()
    };
    let reader = Wire {
        reader: Some(50),
        ..good.clone()
    };
    transfers("loss", &loss, 150_000);
    transfers("doubling", &doubling, 150_000);
    transfers("damage", &damage, 150_000);
    transfers("disorder", &disorder, 150_000);
    transfers("slow dial", &slow_dial, 150_000);
    transfers("breaks", &breaks, 300_000);
    transfers("slow reader", &reader, 3_000_000);
}

/// Everything at once, differently every time.
#[test]
fn any_mixture_of_faults_is_survived() {
    let mut random = random("mixtures");
    for round in 0..40 {
        let some = |random: &mut fastrand::Rng, most: f64| {
            let part = if random.bool() { random.f64() } else { 0.0 };
            part * most
        };
        let wire = Wire {
            loss: some(&mut random, 0.2),
            doubling: some(&mut random, 0.5),
            damage: some(&mut random, 0.1),
            delay: MS * random.u32(..60),
            jitter: MS * random.u32(..60),
            breaks: random.bool().then(|| MS * random.u32(300..2000)),
            gone: MS * random.u32(..3000),
            dial: MS * random.u32(..1000),
            reader: random.bool().then(|| random.usize(20..2000)),
            ..Wire::default()
        };
        let size = random.usize(1..60_000);
        fastrand::seed(random.u64(..));
        println!("round {round}: {size} bytes over {wire:?}");
        transfers("mixture", &wire, size);
    }
}

#[test]
fn whoever_hangs_up_first_lets_go_what_is_under_way() {
    let wire = Wire {
        delay: 40 * MS,
        loss: 0.05,
        ..Wire::default()
    };
    let farewell = [7; 5000];
    let mut world = World::new(wire, random("farewell"), &[], b"SSH-2.0-model\r\n");
    world.run(Duration::from_mins(1), |world| !world.got.is_empty());
    let now = world.now;
    world.channel.input(&farewell, now);
    world.channel.hang_up(now);
    world.run(Duration::from_secs(10), |world| !world.events.is_empty());
    assert_eq!(world.agent.got, farewell);
    assert!(world.agent.terminated);
    // The model's gateway has no last word, so the API is to end the session.
    assert_eq!(world.events, [Event::Ended(SessionEnd::Unconfirmed)]);
    let took = world.now.saturating_sub(now);
    assert!(took <= 2100 * MS, "{took:?}");
}
