//! No way is named: of those to a private instance, the best that is open is taken.
//!
//! - here: the table of situations, what is asked of AWS, and how long that takes
//! - `clients`: everything that ssh is used for, by a way that was found
//! - `words`: what is said of the way, and of the ways that there are not
//! - `settled`: what leaves nothing to try

mod clients;
mod settled;
mod words;

use std::time::{Duration, Instant};

use crate::lab::instances::{CELLAR, HERMIT, KEEP, MOAT, VAULT, WEB1};
use crate::lab::{DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Tenant, Trouble};
use crate::sandbox::eice::command;
use crate::sandbox::{Outcome, finish, lab, leaves_nothing, tenant};

const ENDPOINTS: &str = "DescribeInstanceConnectEndpoints";
const MANAGED: &str = "DescribeInstanceInformation";

/// How long a way that is open waits for a better one.
const LIMIT: Duration = Duration::from_secs(1);

/// What a machine that is busy with the tests of bursts takes for all the rest. The system's own limit
/// for a connection to an address that is silent is minutes (`tcp_syn_retries` in tcp(7)).
const SLACK: Duration = Duration::from_secs(40);

#[track_caller]
fn mssh(tenant: &Tenant<'_>, words: &[&str]) -> Outcome {
    let words = words.iter().map(|word| match *word {
        PORT => port(),
        other => other.to_owned(),
    });
    finish(command(tenant, "mssh").args(words))
}

/// Stands for the option that names the port.
const PORT: &str = "-p";

fn port() -> String {
    format!("-p{}", lab().port())
}

/// How often the look-ups for tunnels were asked for.
fn look_ups(tenant: &Tenant<'_>) -> [usize; 2] {
    [ENDPOINTS, MANAGED].map(|action| {
        let calls = tenant.calls_of(action);
        calls.iter().filter(|it| it.next_token.is_none()).count()
    })
}

/// By which way a tenant has gone.
fn way(tenant: &Tenant<'_>) -> &'static str {
    match (tenant.tunnels().len(), tenant.sessions().len()) {
        (0, 0) => "direct",
        (1, 0) => "eice",
        (0, 1) => "ssm",
        _ => "several",
    }
}

/// A tenant with these look-ups denied.
fn denied(actions: &[&'static str]) -> Tenant<'static> {
    let tenant = tenant();
    for action in actions {
        tenant.fault(Fault::new(Trouble::Denied).on(action));
    }
    tenant
}

/// Which target, by what words beside it, with which look-ups denied: and the way.
const SITUATIONS: &[(&str, &[&str], &[&str], &str)] = &[
    // There is a public address, and there is somebody at the private one.
    (WEB1, &[], &[], "direct"),
    (HERMIT, &[], &[], "direct"),
    (HERMIT, &[], &[ENDPOINTS, MANAGED], "direct"),
    // Nobody answers there.
    (VAULT, &[], &[], "eice"),
    (VAULT, &[], &[MANAGED], "eice"),
    (CELLAR, &[PORT], &[], "ssm"),
    (CELLAR, &[PORT], &[ENDPOINTS], "ssm"),
    (KEEP, &[], &[], "eice"),
    (KEEP, &[PORT], &[ENDPOINTS], "ssm"),
    // Nobody is there.
    (MOAT, &[], &[], "eice"),
    (MOAT, &[PORT], &[ENDPOINTS], "ssm"),
    // It has no such address, and an endpoint would need one.
    (KEEP, &["-6", PORT], &[], "ssm"),
    (KEEP, &["-oAddressFamily=inet6", PORT], &[], "ssm"),
    (KEEP, &["-4"], &[], "eice"),
    // The same by other names, which ssh goes on using.
    ("127.0.1.71", &[], &[], "direct"),
    ("hermit.lab", &[], &[], "direct"),
    ("127.0.1.83", &["-p22"], &[], "eice"),
    ("127.0.1.84", &["-p22"], &[], "eice"),
    ("ip-127-0-1-81.ec2.internal", &["-p22"], &[], "eice"),
    ("vault.lab", &["-p22"], &[], "eice"),
    ("127.0.1.82", &[PORT], &[], "ssm"),
    ("ip-127-0-1-82.ec2.internal", &[PORT], &[ENDPOINTS], "ssm"),
    ("cellar.lab", &[PORT], &[], "ssm"),
];

#[test]
fn the_best_way_that_is_open_is_taken() {
    for (target, words, without, expected) in SITUATIONS {
        let tenant = denied(without);
        let began = Instant::now();
        let outcome = mssh(&tenant, &[*words, &[*target, "echo in"]].concat());
        outcome.prints("in\n");
        let took = began.elapsed();
        assert_eq!(way(&tenant), *expected, "{target} {words:?} {without:?}");
        assert!(took < LIMIT + SLACK, "{target} {words:?}: {took:?}");
        assert_eq!(tenant.calls_of(SEND_SSH_PUBLIC_KEY).len(), 1);
        if target.starts_with("i-") {
            assert_eq!(tenant.calls_of(DESCRIBE_INSTANCES).len(), 1);
        }
        let asked = match *expected {
            // As it ever was, with no permission more.
            "direct" => [0, 0],
            _ => [1, 1],
        };
        assert_eq!(look_ups(&tenant), asked, "{target} {words:?}");
        leaves_nothing(&tenant);
    }
}

#[test]
fn endpoints_are_not_asked_for_where_they_do_not_lead_to_the_port() {
    let tenant = tenant();
    let outcome = mssh(&tenant, &["--dry-run", "-p2222", MOAT]);
    assert!(outcome.stdout.contains("session="), "{outcome:?}");
    assert_eq!(look_ups(&tenant), [0, 1]);
}

/// Neither look-up waits for the push, nor the other way round, nor for each other.
#[test]
fn everything_is_asked_at_the_same_time() {
    let tenant = tenant();
    let slow = Duration::from_secs(3);
    for (action, times) in [(SEND_SSH_PUBLIC_KEY, 1), (ENDPOINTS, 1), (MANAGED, 3)] {
        let latency = Trouble::Latency(slow * times);
        tenant.fault(Fault::new(latency).on(action).first(1));
    }
    mssh(&tenant, &[KEEP, "echo in"]).prints("in\n");
    let first = |action| tenant.calls_of(action)[0].at;
    let times = [SEND_SSH_PUBLIC_KEY, ENDPOINTS, MANAGED].map(first);
    let (earliest, latest) = (times.iter().min(), times.iter().max());
    let (earliest, latest) = (earliest.expect("a call"), latest.expect("a call"));
    assert!(
        *latest < *earliest + slow,
        "one waits for another: {times:?}"
    );
    // All were late, and the first that was there has been taken.
    assert_eq!(way(&tenant), "eice");
}

#[test]
fn who_answers_directly_is_not_kept_waiting_by_a_look_up() {
    let tenant = tenant();
    for action in [ENDPOINTS, MANAGED] {
        tenant.fault(Fault::new(Trouble::Hang).on(action));
    }
    let began = Instant::now();
    mssh(&tenant, &[HERMIT, "echo in"]).prints("in\n");
    assert!(began.elapsed() < SLACK, "{:?}", began.elapsed());
    assert_eq!(way(&tenant), "direct");
}

#[test]
fn a_way_that_is_open_waits_a_second_for_a_better_one_and_no_longer() {
    for (id, hangs, words, expected) in [
        (MOAT, ENDPOINTS, &[PORT][..], "ssm"),
        (MOAT, MANAGED, &[], "eice"),
        (KEEP, MANAGED, &[], "eice"),
    ] {
        let tenant = tenant();
        tenant.fault(Fault::new(Trouble::Hang).on(hangs));
        let began = Instant::now();
        mssh(&tenant, &[words, &[id, "echo in"]].concat()).prints("in\n");
        let took = began.elapsed();
        assert!(took < LIMIT + SLACK, "{took:?}");
        if id == KEEP {
            assert!(took >= LIMIT, "{took:?}: a better way had no chance");
        }
        assert_eq!(way(&tenant), expected);
    }
}
