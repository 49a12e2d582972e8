//! Endless answers take little memory, and are not retried.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::lab::instances::{HOME_REGION, WEB1};
use crate::lab::{DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{caller, memory, outcome};

/// Runs a program to its end. Returns its peak memory without mapped files, in megabytes, by
/// polling.
fn peak(command: &mut Command) -> (u64, Child) {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().expect("mssh");
    let mut peak = 0;
    while child.try_wait().expect("a child").is_none() {
        if let Some((most, files)) = memory(&child) {
            peak = peak.max(most.saturating_sub(files));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    (peak >> 10, child)
}

#[track_caller]
fn is_cut_off(action: &'static str, words: &[&str], says: &str, most: u64) {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Endless).on(action));
    // ssh has been started when a push is answered.
    let late = Trouble::Latency(Duration::from_millis(300));
    caller.fault(Fault::new(late).on(SEND_SSH_PUBLIC_KEY));
    let (peak, child) = peak(caller.command("mssh").args(words));
    let outcome = outcome(child);
    let error = format!("mssh: error: the answer of 127.0.0.1 is longer than {says}");
    let hint = "mssh: hint: is there a proxy or another server in front of AWS? --debug tells more";
    if action == SEND_SSH_PUBLIC_KEY {
        outcome.fails_late(&[&error, hint]);
    } else {
        outcome.fails(255, &[&error, hint]);
    }
    assert!(peak <= most, "{peak} MB");
    assert_eq!(caller.calls_of(action).len(), 1);
}

#[test]
fn an_endless_answer_is_cut_off() {
    let id = ["-t", WEB1, "127.0.0.11", "true"];
    is_cut_off(SEND_SSH_PUBLIC_KEY, &id, "1 MB", 16);
    let session = format!("ssm={WEB1},{WEB1},{HOME_REGION}");
    let tunnel = ["--tunnel", "port=22", &session];
    is_cut_off("StartSession", &tunnel, "1 MB", 16);
}

/// The limit is higher, since a page may list a thousand instances.
#[test]
fn an_endless_list_is_cut_off_later() {
    is_cut_off(DESCRIBE_INSTANCES, &[WEB1, "true"], "16 MB", 64);
}

#[test]
fn endless_pages_are_not_all_requested() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::EndlessPages).on(DESCRIBE_INSTANCES));
    let outcome = super::mssh(&caller, &["web1.lab", "true"]);
    let error = "mssh: error: the answer to ec2:DescribeInstances from ec2 in us-east-1 (set by AWS_REGION) \
         is not valid";
    assert_eq!(outcome.stderr.lines().next(), Some(error), "{outcome:?}");
    assert_eq!(outcome.code, Some(255));
    let calls = caller.calls_of(DESCRIBE_INSTANCES).len();
    assert!((100..=800).contains(&calls), "{calls}");
}
