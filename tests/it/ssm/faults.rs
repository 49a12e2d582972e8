//! Every byte arrives despite faults of the session, in both directions at once.

use std::time::Duration;

use super::{bytes, carry, the_session};
use crate::lab::ssm::{PAUSE, START};
use crate::lab::{Break, Fault, Pause, SessionBehavior, SessionRecord, Trouble};
use crate::sandbox::caller;

const MS: Duration = Duration::from_millis(1);

/// Transfers this many bytes in each direction through a session with these faults.
fn survives(behavior: &SessionBehavior, size: usize) -> (SessionRecord, Duration) {
    survives_with(behavior, size, &[])
}

fn survives_with(
    behavior: &SessionBehavior,
    size: usize,
    faults: &[Fault],
) -> (SessionRecord, Duration) {
    let caller = caller();
    caller.session_behavior(behavior.clone());
    for fault in faults {
        caller.fault(fault.clone());
    }
    let (up, down) = (bytes(size, 1), bytes(size, 2));
    let carried = carry(&caller, &up, &down);
    assert!(
        carried.up == up,
        "what went is not what was sent: {behavior:?}"
    );
    assert!(
        carried.down == down,
        "what came is not what was sent: {behavior:?}"
    );
    assert_eq!(
        (carried.stderr.as_str(), carried.code),
        ("", Some(0)),
        "{behavior:?}"
    );
    (the_session(&caller), carried.took)
}

#[test]
fn without_faults_nothing_is_repeated() {
    let (record, _) = survives(&SessionBehavior::default(), 5_000_000);
    assert_eq!((record.repeated, record.early_birds), (0, 0), "{record:?}");
    assert_eq!((record.websockets, record.resumes), (1, 0));
}

#[test]
fn a_paced_agent_is_waited_for() {
    let behavior = SessionBehavior {
        paced: true,
        latency: 20 * MS,
        ..SessionBehavior::default()
    };
    survives(&behavior, 200_000);
}

#[test]
fn start_and_pause_before_the_handshake_are_ignored() {
    survives(
        &SessionBehavior {
            first: Some(START),
            slow_dial: 500 * MS,
            ..SessionBehavior::default()
        },
        500_000,
    );
    survives(
        &SessionBehavior {
            first: Some(PAUSE),
            ..SessionBehavior::default()
        },
        500_000,
    );
}

#[test]
fn messages_may_be_doubled_reordered_damaged_or_lost() {
    survives(
        &SessionBehavior {
            doubled: 0.2,
            ..SessionBehavior::default()
        },
        500_000,
    );
    survives(
        &SessionBehavior {
            disordered: 0.2,
            ..SessionBehavior::default()
        },
        500_000,
    );
    survives(
        &SessionBehavior {
            damaged: 0.02,
            ..SessionBehavior::default()
        },
        300_000,
    );
    survives(
        &SessionBehavior {
            lost_down: 0.02,
            ..SessionBehavior::default()
        },
        300_000,
    );
    survives(
        &SessionBehavior {
            lost_up: 0.02,
            ..SessionBehavior::default()
        },
        300_000,
    );
}

#[test]
fn acknowledgements_and_messages_may_be_lost() {
    survives(
        &SessionBehavior {
            lost_acknowledgements: 0.02,
            ..SessionBehavior::default()
        },
        300_000,
    );
    let both = SessionBehavior {
        lost_acknowledgements: 0.02,
        lost_down: 0.02,
        lost_up: 0.02,
        ..SessionBehavior::default()
    };
    survives(&both, 300_000);
}

#[test]
fn an_agent_that_connects_slowly_gets_everything() {
    let behavior = SessionBehavior {
        slow_dial: 1500 * MS,
        ..SessionBehavior::default()
    };
    let (record, _) = survives(&behavior, 300_000);
    // Messages are held back for 300 ms, then tried until the agent is ready.
    assert!(record.early_birds > 0, "{record:?}");
}

#[test]
fn a_pause_loses_nothing_whether_the_gateway_keeps_messages_or_not() {
    for loses in [false, true] {
        let pause = Pause {
            after: 100_000,
            lasts: 2500 * MS,
            loses,
        };
        let behavior = SessionBehavior {
            pause: Some(pause),
            ..SessionBehavior::default()
        };
        let (_, took) = survives(&behavior, 500_000);
        assert!(took > 2400 * MS, "{took:?}");
    }
}

#[test]
fn a_broken_websocket_is_resumed_within_a_stream() {
    for politely in [true, false] {
        let breaks = Some((Break::Bytes(150_000), politely, 3));
        let behavior = SessionBehavior {
            breaks,
            latency: 5 * MS,
            paced: true,
            ..SessionBehavior::default()
        };
        let (record, _) = survives(&behavior, 400_000);
        assert_eq!((record.breaks, record.resumes), (3, 3), "{record:?}");
    }
}

#[test]
fn a_refused_upgrade_is_tried_again() {
    let breaks = Some((Break::Bytes(100_000), true, 1));
    let behavior = SessionBehavior {
        breaks,
        paced: true,
        ..SessionBehavior::default()
    };
    let fault = Fault::new(Trouble::Status(500))
        .on("ResumeSession")
        .first(12);
    let (record, _) = survives_with(&behavior, 200_000, &[fault]);
    assert_eq!(record.resumes, 1);
}
