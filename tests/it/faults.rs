//! Every call to AWS, with every fault: mssh succeeds or ends with one clear error, in time, and
//! leaves nothing. `errors`, `burst` and `ssm` say what the errors are.
//!
//! - here: the faults
//! - `calls`: the calls
//! - `verdict`: what a run must not do

mod calls;
mod verdict;

use std::thread;
use std::time::{Duration, Instant};

use self::calls::Call;
use self::verdict::{Must, Trial};
use crate::lab::{DESCRIBE_INSTANCES, Fault, Trouble};
use crate::sandbox::{finish, leaves_nothing};

/// docs/credentials.md: 8 seconds for an answer, two attempts, and a wait of less than a second between them.
const UNANSWERED: Duration = Duration::from_secs(17);

/// docs/credentials.md: 30 seconds for a list.
const LIST: Duration = Duration::from_secs(30);

/// The waits between the five attempts at a broken service are shorter than 0.4, 0.8, 1.6 and 3.2
/// seconds.
const FAILING: Duration = Duration::from_secs(6);

/// Tries all calls at once with this fault. The waits are mssh's own, so they take no processor.
#[track_caller]
fn all_calls(trial: &Trial) {
    calls(&Call::ALL, trial);
}

#[track_caller]
fn calls(calls: &[Call], trial: &Trial) {
    let complaints: Vec<String> = thread::scope(|scope| {
        let start = |call: Call| (call, scope.spawn(move || trial.run(call)));
        let runs: Vec<_> = calls.iter().copied().map(start).collect();
        let complaints = runs.into_iter().flat_map(|(call, run)| {
            let panicked = |_| vec![format!("{call:?} does not end, or leaves something")];
            run.join().unwrap_or_else(panicked)
        });
        complaints.collect()
    });
    assert!(
        complaints.is_empty(),
        "{trial:?}:\n{}",
        complaints.join("\n")
    );
}

fn trial(trouble: Trouble, must: Must) -> Trial {
    Trial::new(Fault::new(trouble), must)
}

fn first(number: u32, trouble: Trouble) -> Trial {
    Trial::new(Fault::new(trouble).first(number), Must::Succeed)
}

/// All calls but this one.
fn all_but(one: Call) -> Vec<Call> {
    let all = Call::ALL.into_iter();
    all.filter(|call| *call != one).collect()
}

#[test]
fn slow() {
    // The endpoints come in eight pages.
    let whole = Trouble::Latency(Duration::from_secs(1));
    let in_pieces = Trouble::SlowAnswer(Duration::from_secs(2));
    for trouble in [whole, in_pieces] {
        all_calls(&trial(trouble, Must::Succeed).within(Duration::from_secs(20)));
    }
}

/// Each page comes in time, and the next one is asked for: the list has a limit of its own.
#[test]
fn slow_pages_without_an_end() {
    let user = Call::DescribeByAddress.user();
    let slow = Trouble::Latency(Duration::from_secs(3));
    for trouble in [slow, Trouble::EndlessPages] {
        user.caller
            .fault(Fault::new(trouble).on(DESCRIBE_INSTANCES));
    }
    let began = Instant::now();
    let outcome = finish(&mut Call::DescribeByAddress.command(&user));
    let took = began.elapsed();
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    assert!(outcome.stderr.contains("in time"), "{outcome:?}");
    assert!(
        (LIST..LIST + Duration::from_secs(20)).contains(&took),
        "{took:?}"
    );
    leaves_nothing(&user.caller);
}

#[test]
fn too_slow() {
    let endless = Trouble::SlowAnswer(Duration::from_mins(1));
    let trial = trial(endless, Must::Fail).within(UNANSWERED).calls(3);
    // A container's endpoint may have to ask a person, and has a minute.
    calls(&all_but(Call::Container), &trial);
}

#[test]
fn hanging() {
    let trial = trial(Trouble::Hang, Must::Fail).within(UNANSWERED).calls(3);
    // A container's endpoint may have to ask a person, and has a minute.
    calls(&all_but(Call::Container), &trial);
}

#[test]
fn reset() {
    all_calls(&first(1, Trouble::Reset));
    all_calls(&trial(Trouble::Reset, Must::Fail).calls(3));
}

#[test]
fn failing() {
    all_calls(&first(2, Trouble::Status(500)));
    all_calls(
        &trial(Trouble::Status(500), Must::Fail)
            .within(FAILING)
            .calls(5),
    );
    all_calls(
        &trial(Trouble::Page(502), Must::Fail)
            .within(FAILING)
            .calls(5),
    );
}

#[test]
fn throttled() {
    // A container's endpoint throttles by another status.
    calls(&all_but(Call::Container), &first(2, Trouble::Throttle));
    // By default, for 75 seconds.
    let trial = trial(Trouble::Throttle, Must::Fail).attempts(3).calls(3);
    all_calls(&trial);
}

#[test]
fn truncated() {
    all_calls(
        &trial(Trouble::Truncated, Must::Fail)
            .within(UNANSWERED)
            .calls(5),
    );
}

#[test]
fn of_another_type() {
    all_calls(&trial(Trouble::WrongType, Must::SucceedOrFail));
}

#[test]
fn of_another_server() {
    for status in [200, 204, 302, 404, 407, 511] {
        all_calls(
            &trial(Trouble::Page(status), Must::Fail)
                .within(FAILING)
                .calls(5),
        );
    }
    all_calls(&trial(Trouble::Malformed, Must::Fail));
    all_calls(&trial(Trouble::Empty, Must::Fail));
}

#[test]
fn huge() {
    all_calls(
        &trial(Trouble::Endless, Must::Fail)
            .within(UNANSWERED)
            .calls(3),
    );
    all_calls(
        &trial(Trouble::EndlessHead, Must::Fail)
            .within(UNANSWERED)
            .calls(3),
    );
}

#[test]
fn not_utf8() {
    all_calls(&trial(Trouble::InvalidUtf8, Must::SucceedOrFail));
}

#[test]
fn at_another_time() {
    for minutes in [-20, 20, 60 * 24 * 400] {
        all_calls(&Trial::at_another_time(minutes));
    }
}
