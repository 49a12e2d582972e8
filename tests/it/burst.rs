//! Two hundred runs in a burst, by one caller, a fifth of whose pushes are throttled.

use std::thread;
use std::time::Instant;

use crate::key::witness::leaves_nothing;
use crate::lab::cast::WEB1;
use crate::lab::{Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{Outcome, run, tenant};

const RUNS: usize = 200;

#[test]
fn a_burst_of_two_hundred_runs_succeeds_though_a_fifth_is_throttled() {
    let tenant = tenant();
    let throttle = Fault::new(Trouble::Throttle).on(SEND_SSH_PUBLIC_KEY);
    tenant.fault(throttle.share(0.2));
    let began = Instant::now();
    let outcomes: Vec<Outcome> = thread::scope(|scope| {
        let start = || scope.spawn(|| run(&tenant, "mssh", [WEB1, "true"]));
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
    let pushes = tenant.calls_of(SEND_SSH_PUBLIC_KEY);
    let throttled = pushes.iter().filter(|push| push.error.is_some()).count();
    println!("{} pushes, {throttled} of them throttled", pushes.len());
    // A machine that is too busy to answer in time is asked again.
    assert!(throttled > 0 && pushes.len() - throttled >= RUNS);
    leaves_nothing(&tenant);
}
