//! Two hundred runs at once by one caller, with ten pushes a second allowed; and how long other
//! errors are retried.

use std::thread;
use std::time::Instant;

use crate::lab::instances::WEB1;
use crate::lab::{DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{Outcome, caller, finish, leaves_nothing, no_key_is_left, run};

const RUNS: usize = 200;
const A_SECOND: u32 = 10;

#[test]
fn a_burst_of_two_hundred_runs_succeeds_at_ten_pushes_a_second() {
    let caller = caller();
    let throttle = Fault::new(Trouble::Throttle).on(SEND_SSH_PUBLIC_KEY);
    caller.fault(throttle.beyond(A_SECOND));
    let began = Instant::now();
    let outcomes: Vec<Outcome> = thread::scope(|scope| {
        let start = || scope.spawn(|| run(&caller, "mssh", [WEB1, "true"]));
        let runs: Vec<_> = (0..RUNS).map(|_| start()).collect();
        runs.into_iter()
            .map(|run| run.join().expect("a run"))
            .collect()
    });
    println!("{RUNS} runs at once took {:?}", began.elapsed());
    let failed = |it: &&Outcome| it.code != Some(0) || !it.stderr.is_empty();
    let failures: Vec<_> = outcomes.iter().filter(failed).collect();
    assert!(
        failures.is_empty(),
        "{} failed: {failures:#?}",
        failures.len()
    );
    let pushes = caller.calls_of(SEND_SSH_PUBLIC_KEY);
    let throttled = pushes.iter().filter(|push| push.error.is_some()).count();
    println!("{} pushes, {throttled} of them throttled", pushes.len());
    // On a busy machine an answer may be late, and the call is repeated.
    assert!(throttled > 0 && pushes.len() - throttled >= RUNS);
    leaves_nothing(&caller);
}

#[test]
fn throttling_is_retried_longer_than_a_broken_service() {
    let caller = caller();
    caller.fault(
        Fault::new(Trouble::Throttle)
            .on(SEND_SSH_PUBLIC_KEY)
            .first(7),
    );
    run(&caller, "mssh", [WEB1, "true"]).prints("");
    assert_eq!(caller.calls_of(SEND_SSH_PUBLIC_KEY).len(), 8);

    // EC2's status for throttling is the one of a broken service.
    let caller = crate::sandbox::caller();
    caller.fault(
        Fault::new(Trouble::Throttle)
            .on(DESCRIBE_INSTANCES)
            .first(7),
    );
    run(&caller, "mssh", [WEB1, "true"]).prints("");
    assert_eq!(caller.calls_of(DESCRIBE_INSTANCES).len(), 8);

    let caller = crate::sandbox::caller();
    caller.fault(Fault::new(Trouble::Status(500)).on(SEND_SSH_PUBLIC_KEY));
    let outcome = run(&caller, "mssh", [WEB1, "true"]);
    assert!(outcome.stderr.contains("HTTP 500"), "{outcome:?}");
    assert_eq!(caller.calls_of(SEND_SSH_PUBLIC_KEY).len(), 5);
    assert!(no_key_is_left(&caller));
}

#[test]
fn a_reset_connection_is_tried_once_more() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Reset));
    let outcome = run(&caller, "mssh", [WEB1, "true"]);
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    assert!(caller.calls_of(DESCRIBE_INSTANCES).len() == 2);
}

#[test]
fn the_user_can_set_the_number_of_tries() {
    for (trouble, tries) in [(Trouble::Status(500), 7), (Trouble::Reset, 4)] {
        let caller = caller();
        caller.fault(Fault::new(trouble).on(SEND_SSH_PUBLIC_KEY));
        let mut command = caller.command("mssh");
        command.args([WEB1, "true"]);
        let outcome = finish(command.env("AWS_MAX_ATTEMPTS", tries.to_string()));
        assert_eq!(outcome.code, Some(255), "{outcome:?}");
        assert_eq!(caller.calls_of(SEND_SSH_PUBLIC_KEY).len(), tries);
    }
}
