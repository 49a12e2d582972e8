//! Two hundred runs in a burst, by one caller, a fifth of whose pushes are throttled.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use crate::key::witness::leaves_nothing;
use crate::lab::cast::WEB1;
use crate::lab::{Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{Outcome, run, tenant};

const RUNS: usize = 200;

/// How many run at once for each processor. A program gives AWS a few seconds to answer, and two
/// hundred of them without optimisation keep two processors busy for longer: that would measure
/// the machine. With thirteen processors or more, all run at once.
const AT_ONCE: usize = 16;

#[test]
fn a_burst_of_two_hundred_runs_succeeds_though_a_fifth_is_throttled() {
    let tenant = tenant();
    let throttle = Fault::new(Trouble::Throttle).on(SEND_SSH_PUBLIC_KEY);
    tenant.fault(throttle.share(0.2));
    let began = Instant::now();
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let at_once = RUNS.min(AT_ONCE * processors);
    let started = AtomicUsize::new(0);
    let some = || {
        let mut outcomes = Vec::new();
        while started.fetch_add(1, Ordering::Relaxed) < RUNS {
            outcomes.push(run(&tenant, "mssh", [WEB1, "true"]));
        }
        outcomes
    };
    let outcomes: Vec<Outcome> = thread::scope(|scope| {
        let runs: Vec<_> = (0..at_once).map(|_| scope.spawn(some)).collect();
        let ended = runs.into_iter().map(|run| run.join().expect("a run"));
        ended.flatten().collect()
    });
    println!("{RUNS} runs, {at_once} at once, took {:?}", began.elapsed());
    assert_eq!(outcomes.len(), RUNS);
    let failed = |it: &&Outcome| it.code != Some(0) || !it.stderr.is_empty();
    let failures: Vec<_> = outcomes.iter().filter(failed).collect();
    assert!(
        failures.is_empty(),
        "{} failed: {failures:#?}",
        failures.len()
    );
    let pushes = tenant.calls_of(SEND_SSH_PUBLIC_KEY);
    let throttled = pushes.iter().filter(|push| push.error.is_some()).count();
    println!("{} pushes, {throttled} of them throttled", pushes.len());
    // A machine that is too busy to answer in time is asked again.
    assert!(throttled > 0 && pushes.len() - throttled >= RUNS);
    leaves_nothing(&tenant);
}
