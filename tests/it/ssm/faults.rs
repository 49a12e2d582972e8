//! Every byte arrives, whatever befalls the session: the table of faults, both ways at once.

use std::time::Duration;

use super::{bytes, carry, the_session};
use crate::lab::ssm::{PAUSE, START};
use crate::lab::{Break, Fault, Pause, SessionBehavior, SessionRecord, Trouble};
use crate::sandbox::caller;

const MS: Duration = Duration::from_millis(1);

/// Carries so many bytes each way through a session that this befalls.
fn survives(trial: &SessionBehavior, size: usize) -> (SessionRecord, Duration) {
    survives_with(trial, size, &[])
}

fn survives_with(
    trial: &SessionBehavior,
    size: usize,
    faults: &[Fault],
) -> (SessionRecord, Duration) {
    let caller = caller();
    caller.session_behavior(trial.clone());
    for fault in faults {
        caller.fault(fault.clone());
    }
    let (up, down) = (bytes(size, 1), bytes(size, 2));
    let carried = carry(&caller, &up, &down);
    assert!(
        carried.up == up,
        "what went is not what was sent: {trial:?}"
    );
    assert!(
        carried.down == down,
        "what came is not what was sent: {trial:?}"
    );
    assert_eq!(
        (carried.stderr.as_str(), carried.code),
        ("", Some(0)),
        "{trial:?}"
    );
    (the_session(&caller), carried.took)
}

#[test]
fn a_clean_session_repeats_nothing() {
    let (record, _) = survives(&SessionBehavior::default(), 5_000_000);
    assert_eq!((record.repeated, record.early_birds), (0, 0), "{record:?}");
    assert_eq!((record.websockets, record.resumes), (1, 0));
}

#[test]
fn an_agent_that_paces_itself_is_waited_for() {
    let trial = SessionBehavior {
        paced: true,
        latency: 20 * MS,
        ..SessionBehavior::default()
    };
    survives(&trial, 200_000);
}

#[test]
fn start_and_pause_before_the_handshake_are_no_leave_and_no_hindrance() {
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
fn messages_may_come_twice_out_of_order_damaged_or_not_at_all() {
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
fn acknowledgements_may_be_lost_and_messages_behind_them() {
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
fn an_instance_that_is_slow_to_connect_gets_everything() {
    let trial = SessionBehavior {
        slow_dial: 1500 * MS,
        ..SessionBehavior::default()
    };
    let (record, _) = survives(&trial, 300_000);
    // Held back for 300 ms, tried from then on.
    assert!(record.early_birds > 0, "{record:?}");
}

#[test]
fn a_pause_loses_nothing_whether_or_not_the_gateway_keeps_what_comes() {
    for loses in [false, true] {
        let pause = Pause {
            after: 100_000,
            lasts: 2500 * MS,
            loses,
        };
        let trial = SessionBehavior {
            pause: Some(pause),
            ..SessionBehavior::default()
        };
        let (_, took) = survives(&trial, 500_000);
        assert!(took > 2400 * MS, "{took:?}");
    }
}

#[test]
fn a_websocket_that_breaks_is_resumed_in_the_middle_of_a_stream() {
    for politely in [true, false] {
        let breaks = Some((Break::Bytes(150_000), politely, 3));
        let trial = SessionBehavior {
            breaks,
            latency: 5 * MS,
            paced: true,
            ..SessionBehavior::default()
        };
        let (record, _) = survives(&trial, 400_000);
        assert_eq!((record.breaks, record.resumes), (3, 3), "{record:?}");
    }
}

#[test]
fn a_service_that_refuses_to_resume_is_asked_again() {
    let breaks = Some((Break::Bytes(100_000), true, 1));
    let trial = SessionBehavior {
        breaks,
        paced: true,
        ..SessionBehavior::default()
    };
    let fault = Fault::new(Trouble::Status(500))
        .on("ResumeSession")
        .first(12);
    let (record, _) = survives_with(&trial, 200_000, &[fault]);
    assert_eq!(record.resumes, 1);
}
