//! Names while the resolver is slow, or while AWS cannot be called.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::lab::instances::{WEB1, WEB2};
use crate::lab::{Caller, DESCRIBE_INSTANCES, Fault, Trouble};
use crate::sandbox::{
    NO_CREDENTIALS, Outcome, caller, config, finish, look_ups, outcome, pushes, spawn,
};

/// Prints the user and the address of the server.
const WHERE: &str = "set -- $SSH_CONNECTION; echo $USER@$3";

/// mssh, with a resolver that takes so many seconds.
fn with_slow_resolver(caller: &Caller<'_>, seconds: u32, words: &[&str]) -> Command {
    let mut mssh = caller.command("mssh");
    mssh.env("LAB_RESOLVER_SECONDS", seconds.to_string());
    mssh.args(words);
    mssh
}

#[test]
fn a_slow_resolver_is_waited_for_while_aws_is_asked() {
    let caller = caller();
    let began = Instant::now();
    let mut mssh = with_slow_resolver(&caller, 3, &["web1", WHERE]);
    finish(&mut mssh).prints("ec2-user@127.0.0.11\n");
    assert!(began.elapsed() >= Duration::from_secs(3));
    let calls = caller.calls_of(DESCRIBE_INSTANCES);
    // In the lab, an empty page comes first.
    assert_eq!(calls.len(), 2);
    for call in calls {
        let after = call.at.duration_since(began);
        assert!(after < Duration::from_secs(3), "{after:?}");
    }
}

#[test]
fn the_late_answer_of_the_resolver_counts_more_than_a_name_tag() {
    let caller = caller();
    let hosts = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(hosts.path(), "127.0.0.12 web1\n").expect("written");
    let mut mssh = with_slow_resolver(&caller, 2, &["web1", WHERE]);
    finish(mssh.env("NSS_WRAPPER_HOSTS", hosts.path())).prints("ec2-user@127.0.0.12\n");
    assert_eq!(pushes(&caller), [format!("ec2-user@{WEB2}")]);
}

#[test]
fn a_resolver_that_never_answers_is_not_waited_for_where_an_instance_has_the_name() {
    let caller = caller();
    let began = Instant::now();
    let mut mssh = with_slow_resolver(&caller, 600, &["web1", WHERE]);
    finish(&mut mssh).prints("ec2-user@127.0.0.11\n");
    assert!(began.elapsed() >= Duration::from_secs(6));
    assert_eq!(look_ups(&caller), 2);
}

#[test]
fn a_resolver_that_never_answers_is_an_error_where_none_has_it() {
    let caller = caller();
    let (_kept, file) = config("Host db\n  HostName no-such-host\n");
    let start = |words: &[&str]| spawn(&mut with_slow_resolver(&caller, 600, words));
    let runs = [
        start(&["no-such-name", "true"]),
        start(&["-F", &file, "db", "true"]),
    ];
    let [name, host] = runs.map(outcome);
    name.fails(
        255,
        &[
            "mssh: error: there is no instance named no-such-name in us-east-1 (set by AWS_REGION), \
             and it is no host: no answer in 30 seconds",
            "mssh: hint: is it in another region (--region) or account (--profile)?",
        ],
    );
    assert!(host.stderr.contains("no-such-host"), "{host:?}");
    assert!(host.stderr.contains("no answer in 30 seconds"), "{host:?}");
}

/// A name, a host that resolves, and a Host of ssh_config.
fn of_all_kinds(prepare: impl Fn(&mut Command)) -> Vec<Outcome> {
    let (_kept, file) = config("Host web1-alias\n  HostName 127.0.0.12\n");
    let run = |target: &&str| {
        let caller = caller();
        let mut mssh = caller.command("mssh");
        mssh.args(["-F", &file, target, "true"]);
        prepare(&mut mssh);
        let outcome = finish(&mut mssh);
        assert!(pushes(&caller).is_empty(), "{target}");
        outcome
    };
    ["web1", "web2.lab", "web1-alias"].iter().map(run).collect()
}

#[test]
fn without_credentials_each_kind_of_name_has_the_same_error() {
    for outcome in of_all_kinds(|mssh| {
        mssh.env_remove("AWS_ACCESS_KEY_ID");
        mssh.env_remove("AWS_SECRET_ACCESS_KEY");
    }) {
        outcome.fails(255, &NO_CREDENTIALS);
    }
}

#[test]
fn expired_credentials_are_named_and_not_taken_for_a_missing_name() {
    for trouble in [Trouble::ExpiredToken, Trouble::RequestExpired] {
        for target in ["web1", "web2.lab", "tag:Name=web1", WEB1] {
            let caller = caller();
            caller.fault(Fault::new(trouble));
            let outcome = finish(caller.command("mssh").args([target, "true"]));
            assert_eq!(outcome.code, Some(255), "{outcome:?}");
            let first = outcome.stderr.lines().next().unwrap_or_default();
            assert!(first.contains("expired"), "{target}: {outcome:?}");
            assert!(!outcome.stderr.contains("no instance"), "{outcome:?}");
        }
    }
}
