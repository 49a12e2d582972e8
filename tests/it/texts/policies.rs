//! Each policy in docs/iam.md allows what its use calls, and nothing that no use calls.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::project;
use crate::lab::Caller;
use crate::lab::console_output::ConsoleOutput;
use crate::lab::instances::{CLOSED, ENDPOINT_ONLY, PRIVATE, SSM_ONLY, WEB1};
use crate::lab::network::{CHECK_IP, Network, OFFICE};
use crate::lab::power::Power;
use crate::sandbox::eice::command;
use crate::sandbox::{SshUser, caller, finish, finish_with, lab};

const LOGIN: &str = "Login as one user";

/// The request for a tunnel is no call of an API; the others are made for sessions that break.
const NOT_SEEN: [&str; 3] = ["OpenTunnel", "ResumeSession", "TerminateSession"];

/// Need no permission.
const FREE: [&str; 2] = ["GetCallerIdentity", CHECK_IP];

/// The actions that the policies under a heading allow, without their services.
fn allowed(heading: &str) -> BTreeSet<String> {
    let page = fs::read_to_string(project("docs/iam.md")).expect("a page");
    let section = page.split("\n## ").find(|it| it.starts_with(heading));
    let section = section.unwrap_or_else(|| panic!("no {heading}"));
    let blocks = section.split("\n```json\n").skip(1);
    let policies = blocks.map(|rest| rest.split_once("\n```").expect("an end").0);
    policies.flat_map(actions).collect()
}

fn actions(policy: &str) -> Vec<String> {
    let policy: Value = serde_json::from_str(policy).expect("JSON");
    let statements = policy["Statement"].as_array().expect("a list");
    let actions = statements.iter().flat_map(|it| match &it["Action"] {
        Value::Array(several) => several.clone(),
        one => vec![one.clone()],
    });
    let name = |action: Value| {
        let (_, name) = action.as_str().expect("text").split_once(':')?;
        Some(name.to_owned())
    };
    actions.filter_map(name).collect()
}

/// Asserts that what the caller called is what the policies under these headings allow.
#[track_caller]
fn fits(caller: &Caller<'_>, headings: &[&str]) {
    let mut made: BTreeSet<String> = caller.calls().into_iter().map(|it| it.action).collect();
    made.retain(|it| !FREE.contains(&it.as_str()));
    let allowed: BTreeSet<String> = headings.iter().flat_map(|it| allowed(it)).collect();
    let denied: Vec<_> = made.difference(&allowed).collect();
    assert!(denied.is_empty(), "{headings:?} lacks {denied:?}");
    let mut unused: Vec<_> = allowed.difference(&made).collect();
    unused.retain(|it| !NOT_SEEN.contains(&it.as_str()));
    assert!(unused.is_empty(), "{headings:?} has {unused:?}");
}

/// Runs the command, to which `exit` is typed. It must succeed.
#[track_caller]
fn succeeds(command: &mut Command, words: &[&str]) {
    let outcome = finish_with(command.args(words), b"exit\n");
    assert_eq!(outcome.code, Some(0), "{words:?}: {outcome:?}");
}

#[test]
fn the_policy_of_a_login_names_its_user() {
    let page = fs::read_to_string(project("docs/iam.md")).expect("a page");
    assert_eq!(page.matches(r#"{ "ec2:osuser": "ec2-user" }"#).count(), 2);
}

#[test]
fn each_policy_allows_the_calls_of_its_use_and_no_others() {
    let names = "Names, list and picker";
    let zone = "us-east-1a";
    let trusting = ["-oStrictHostKeyChecking=no", "-oLogLevel=ERROR"];
    for (headings, words) in [
        (&[LOGIN][..], &[WEB1, "true"][..]),
        (&[names], &["--list", "--all-regions"]),
        (
            &["Push only"],
            &["127.0.0.11", "-t", WEB1, "-z", zone, "true"],
        ),
        (
            &[LOGIN, "EC2 Instance Connect Endpoint"],
            &["--eice", PRIVATE, "true"],
        ),
        (&["A shell without sshd"], &["--shell", "127.0.0.11"]),
        (
            &["Serial console"],
            &["--serial", trusting[0], trusting[1], "-T", "127.0.0.11"],
        ),
    ] {
        let caller = caller();
        succeeds(&mut command(&caller, "mssh"), words);
        fits(&caller, headings);
    }
}

#[test]
fn the_policies_of_session_manager_allow_its_calls_and_no_others() {
    let caller = caller();
    succeeds(&mut command(&caller, "mssh"), &["--ssm", WEB1, "true"]);
    // The route is chosen.
    succeeds(&mut command(&caller, "mssh"), &[SSM_ONLY, "true"]);
    fits(&caller, &[LOGIN, "Session Manager"]);
}

#[test]
fn the_policy_of_a_start_allows_its_calls_and_no_others() {
    let caller = caller();
    caller.power(Power::stopped(WEB1, Duration::from_millis(500)));
    let port = format!("-p{}", lab().port());
    succeeds(
        &mut command(&caller, "mssh"),
        &["--start", &port, WEB1, "true"],
    );
    fits(&caller, &[LOGIN, "Start"]);
}

#[test]
fn the_policy_of_host_keys_and_users_allows_their_calls_and_no_others() {
    let user = SshUser::with("");
    fs::remove_file(user.dot_ssh("known_hosts")).expect("removed");
    user.caller.console(ConsoleOutput::of("Linux\r\n"));
    let words = ["--login", "auto", WEB1, "true"];
    finish(user.command("mssh").args(words));
    fits(&user.caller, &[LOGIN, "Host keys and users of images"]);
}

#[test]
fn the_policy_of_the_doctor_allows_its_calls_and_no_others() {
    let caller = caller();
    caller.network(Network {
        ingress: vec![OFFICE],
        ..Network::default()
    });
    for target in [WEB1, CLOSED, ENDPOINT_ONLY, "i-0123456789abcdef0"] {
        finish(command(&caller, "mssh").args(["--doctor", target]));
    }
    fits(&caller, &[LOGIN, "Doctor"]);
}
