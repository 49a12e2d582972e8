//! Without `--via`, mssh takes the best open route to a private instance.
//!
//! - here: the table of situations, the AWS calls, and how long they take
//! - `clients`: what ssh is used for, through a tunnel that mssh chose
//! - `messages`: messages about the route, and about missing ones
//! - `no_probe`: cases without a choice of routes

mod clients;
mod messages;
mod no_probe;

use std::time::{Duration, Instant};

use crate::lab::instances::{
    ENDPOINT_ONLY, ENDPOINT_OR_SSM, PRIVATE_WITH_AGENT, REJECTS_DIRECT, SSM_ONLY, WEB1,
};
use crate::lab::{Caller, DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::eice::command;
use crate::sandbox::{Outcome, caller, finish, lab, leaves_nothing};

const ENDPOINTS: &str = "DescribeInstanceConnectEndpoints";
const MANAGED: &str = "DescribeInstanceInformation";

/// How long an open route waits for a better one.
const LIMIT: Duration = Duration::from_secs(1);

/// How much longer a busy machine may take. The kernel's own limit for a connection without an
/// answer is minutes (`tcp_syn_retries` in tcp(7)).
const SLACK: Duration = Duration::from_secs(40);

#[track_caller]
fn mssh(caller: &Caller<'_>, words: &[&str]) -> Outcome {
    let words = words.iter().map(|word| match *word {
        PORT => port(),
        other => other.to_owned(),
    });
    finish(command(caller, "mssh").args(words))
}

/// Stands for the option with the real port.
const PORT: &str = "-p";

fn port() -> String {
    format!("-p{}", lab().port())
}

/// How often endpoints and managed nodes were looked up.
fn look_ups(caller: &Caller<'_>) -> [usize; 2] {
    [ENDPOINTS, MANAGED].map(|action| {
        let calls = caller.calls_of(action);
        calls.iter().filter(|it| it.next_token.is_none()).count()
    })
}

/// The route that a caller has taken.
fn route(caller: &Caller<'_>) -> &'static str {
    match (caller.tunnels().len(), caller.sessions().len()) {
        (0, 0) => "direct",
        (1, 0) => "eice",
        (0, 1) => "ssm",
        _ => "several",
    }
}

/// A caller with these look-ups denied.
fn denied(actions: &[&'static str]) -> Caller<'static> {
    let caller = caller();
    for action in actions {
        caller.fault(Fault::new(Trouble::Denied).on(action));
    }
    caller
}

/// Target, options, denied look-ups, and the route.
type Situation = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
);

const SITUATIONS: &[Situation] = &[
    // A public address, and a private one that answers.
    (WEB1, &[], &[], "direct"),
    (PRIVATE_WITH_AGENT, &[], &[], "direct"),
    (PRIVATE_WITH_AGENT, &[], &[ENDPOINTS, MANAGED], "direct"),
    // Packets are dropped.
    (ENDPOINT_ONLY, &[], &[], "eice"),
    (ENDPOINT_ONLY, &[], &[MANAGED], "eice"),
    (SSM_ONLY, &[PORT], &[], "ssm"),
    (SSM_ONLY, &[PORT], &[ENDPOINTS], "ssm"),
    (ENDPOINT_OR_SSM, &[], &[], "eice"),
    (ENDPOINT_OR_SSM, &[PORT], &[ENDPOINTS], "ssm"),
    // Connections are refused.
    (REJECTS_DIRECT, &[], &[], "eice"),
    (REJECTS_DIRECT, &[PORT], &[ENDPOINTS], "ssm"),
    // It has no such address, which an endpoint would need.
    (ENDPOINT_OR_SSM, &["-6", PORT], &[], "ssm"),
    (
        ENDPOINT_OR_SSM,
        &["-oAddressFamily=inet6", PORT],
        &[],
        "ssm",
    ),
    (ENDPOINT_OR_SSM, &["-4"], &[], "eice"),
    // The same under other names, which ssh goes on using.
    ("127.0.1.71", &[], &[], "direct"),
    ("private-with-agent.lab", &[], &[], "direct"),
    ("127.0.1.83", &["-p22"], &[], "eice"),
    ("127.0.1.84", &["-p22"], &[], "eice"),
    ("ip-127-0-1-81.ec2.internal", &["-p22"], &[], "eice"),
    ("endpoint-only.lab", &["-p22"], &[], "eice"),
    ("127.0.1.82", &[PORT], &[], "ssm"),
    ("ip-127-0-1-82.ec2.internal", &[PORT], &[ENDPOINTS], "ssm"),
    ("ssm-only.lab", &[PORT], &[], "ssm"),
];

#[test]
fn the_best_open_route_is_taken() {
    for situation in SITUATIONS {
        // On a busy machine an answer may come later than the head start of the better way.
        let wrong = take_route(situation).and_then(|_| take_route(situation));
        assert_eq!(wrong, None);
    }
}

/// Logs in, and returns what is wrong about the route.
fn take_route(situation: &Situation) -> Option<String> {
    let (target, words, without, expected) = *situation;
    let caller = denied(without);
    let began = Instant::now();
    let outcome = mssh(&caller, &[words, &[target, "echo in"]].concat());
    outcome.prints("in\n");
    let took = began.elapsed();
    assert!(took < LIMIT + SLACK, "{target} {words:?}: {took:?}");
    assert_eq!(caller.calls_of(SEND_SSH_PUBLIC_KEY).len(), 1);
    leaves_nothing(&caller);
    let asked = match expected {
        // As before, without further permissions.
        "direct" => [0, 0],
        _ => [1, 1],
    };
    let is_once = !target.starts_with("i-") || caller.calls_of(DESCRIBE_INSTANCES).len() == 1;
    let is_right = route(&caller) == expected && look_ups(&caller) == asked && is_once;
    (!is_right).then(|| format!("{situation:?}: {:?}", caller.calls()))
}

#[test]
fn endpoints_are_not_looked_up_for_ports_they_do_not_serve() {
    let caller = caller();
    let outcome = mssh(&caller, &["--dry-run", "-p2222", REJECTS_DIRECT]);
    assert!(outcome.stdout.contains("ssm="), "{outcome:?}");
    assert_eq!(look_ups(&caller), [0, 1]);
}

/// The look-ups and the push do not wait for each other.
#[test]
fn look_ups_and_push_run_at_the_same_time() {
    let caller = caller();
    let slow = Duration::from_secs(3);
    for (action, times) in [(SEND_SSH_PUBLIC_KEY, 1), (ENDPOINTS, 1), (MANAGED, 3)] {
        let latency = Trouble::Latency(slow * times);
        caller.fault(Fault::new(latency).on(action).first(1));
    }
    mssh(&caller, &[ENDPOINT_OR_SSM, "echo in"]).prints("in\n");
    let first = |action| caller.calls_of(action)[0].at;
    let times = [SEND_SSH_PUBLIC_KEY, ENDPOINTS, MANAGED].map(first);
    let (earliest, latest) = (times.iter().min(), times.iter().max());
    let (earliest, latest) = (earliest.expect("a call"), latest.expect("a call"));
    assert!(
        *latest < *earliest + slow,
        "one waits for another: {times:?}"
    );
    // All were late, so the first to answer was taken.
    assert_eq!(route(&caller), "eice");
}

#[test]
fn a_direct_answer_does_not_wait_for_a_look_up() {
    let caller = caller();
    for action in [ENDPOINTS, MANAGED] {
        caller.fault(Fault::new(Trouble::Hang).on(action));
    }
    let began = Instant::now();
    mssh(&caller, &[PRIVATE_WITH_AGENT, "echo in"]).prints("in\n");
    assert!(began.elapsed() < SLACK, "{:?}", began.elapsed());
    assert_eq!(route(&caller), "direct");
}

#[test]
fn an_open_route_waits_one_second_for_a_better_one() {
    for (id, hangs, words, expected) in [
        (REJECTS_DIRECT, ENDPOINTS, &[PORT][..], "ssm"),
        (REJECTS_DIRECT, MANAGED, &[], "eice"),
        (ENDPOINT_OR_SSM, MANAGED, &[], "eice"),
    ] {
        let caller = caller();
        caller.fault(Fault::new(Trouble::Hang).on(hangs));
        let began = Instant::now();
        mssh(&caller, &[words, &[id, "echo in"]].concat()).prints("in\n");
        let took = began.elapsed();
        assert!(took < LIMIT + SLACK, "{took:?}");
        if id == ENDPOINT_OR_SSM {
            assert!(took >= LIMIT, "{took:?}: a better way had no chance");
        }
        assert_eq!(route(&caller), expected);
    }
}
