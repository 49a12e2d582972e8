//! Broken instances and environments: each is named.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{doctor, judged, verdicts};
use crate::lab::console_output::ConsoleOutput;
use crate::lab::images::Software;
use crate::lab::instances::{
    DESCRIBE_DENIED, IN_EU_WEST_1, METADATA_OFF, NO_PACKAGE, NO_SSHD, PENDING, PUSH_DENIED,
    SAME_ADDRESS1, STOPPED, TERMINATED, WEB1, WINDOWS,
};
use crate::lab::{Caller, DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{SshUser, caller, finish};

/// A host key of no instance.
const OTHER_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICaQe1UXqoKF2NBZM8MZUcXCzQbGwxvQ3XaOKC49FSef";
const OTHER_PRINT: &str = "SHA256:h343fMb5eDE86IA0D1Sw2j8jJrfAMRHuBefVNX5MIdU";

/// The check that is to be mended first, and words of it.
#[track_caller]
fn first(words: &[&str], check: &str, says: &[&str]) {
    first_of(&caller(), words, check, says);
}

#[track_caller]
fn first_of(caller: &Caller<'_>, words: &[&str], check: &str, says: &[&str]) {
    let found = is_first(&mut doctor(caller, words), check).to_string();
    for words in says {
        assert!(found.contains(words), "no {words:?} in {found}");
    }
    let screen = finish(&mut doctor(caller, words));
    assert_eq!(screen.code, Some(255));
    let bad = screen.stdout.lines().find(|line| line.starts_with("BAD"));
    assert!(bad.is_some(), "{}", screen.stdout);
    assert!(
        screen.stdout.contains(&format!("First, about {check}:")),
        "{}",
        screen.stdout
    );
}

/// The finding to mend first, which must be of this check.
#[track_caller]
fn is_first(command: &mut Command, check: &str) -> Value {
    let (status, mut report) = judged(command);
    assert_eq!(status, Some(255), "{report:#}");
    assert_eq!(report["works"], false);
    assert_eq!(report["first"]["check"], check, "{report:#}");
    report["first"].take()
}

#[test]
fn an_instance_that_does_not_run_is_named_with_its_state() {
    first(&[STOPPED], "state", &["stopped", "aws ec2 start-instances"]);
    first(&[PENDING], "state", &["pending", "aws ec2 wait"]);
    first(&[TERMINATED], "state", &["terminated"]);
}

#[test]
fn an_instance_that_is_not_here_is_searched_for_in_other_regions() {
    first(
        &[IN_EU_WEST_1],
        "instance",
        &["us-east-1", "add `--region eu-west-1`"],
    );
    first(
        &["i-0123456789abcdef0"],
        "instance",
        &["no other enabled region"],
    );
    let caller = caller();
    caller.fault(Fault::new(Trouble::Denied).on("DescribeRegions"));
    let (_, report) = judged(&mut doctor(&caller, &[IN_EU_WEST_1]));
    assert_eq!(verdicts(&report, "other-regions"), ["skipped"]);
}

#[test]
fn an_address_of_several_instances_is_named() {
    first(
        &["127.0.1.41"],
        "instance",
        &["matches several", SAME_ADDRESS1],
    );
}

#[test]
fn a_denied_push_is_named_with_the_policy_that_decided() {
    first(
        &[PUSH_DENIED],
        "push",
        &["SendSSHPublicKey", "\\\"Effect\\\": \\\"Allow\\\""],
    );
    for (reason, words) in [
        (
            "with an explicit deny in an identity-based policy",
            "identity policy denies it",
        ),
        (
            "because no permissions boundary allows the ACTION action",
            "permissions boundary",
        ),
        (
            "because no session policy allows the ACTION action",
            "session policy",
        ),
        (
            "with an explicit deny in a service control policy",
            "service control policy denies it",
        ),
    ] {
        let caller = caller();
        caller.fault(Fault::new(Trouble::DeniedBy(reason)).on(SEND_SSH_PUBLIC_KEY));
        first_of(&caller, &[WEB1], "push", &[words]);
    }
}

#[test]
fn a_denied_look_up_is_named() {
    first(&[DESCRIBE_DENIED], "instance", &["ec2:DescribeInstances"]);
}

#[test]
fn credentials_that_aws_refuses_are_named() {
    for trouble in [Trouble::ExpiredToken, Trouble::BadToken] {
        let caller = caller();
        caller.fault(Fault::new(trouble));
        first_of(&caller, &[WEB1], "identity", &[]);
    }
    let caller = caller();
    let mut command = doctor(&caller, &[WEB1]);
    command.env_remove("AWS_ACCESS_KEY_ID");
    is_first(command.env_remove("AWS_SECRET_ACCESS_KEY"), "credentials");
}

#[test]
fn a_missing_region_is_named() {
    let caller = caller();
    is_first(doctor(&caller, &[WEB1]).env_remove("AWS_REGION"), "region");
}

#[test]
fn a_wrong_clock_is_named_before_what_it_breaks() {
    let caller = caller();
    caller.clock_ahead(60);
    first_of(&caller, &[WEB1], "clock", &["60 minutes behind"]);
}

#[test]
fn windows_and_a_metadata_service_that_is_off_are_named() {
    first(&[WINDOWS], "platform", &["Windows"]);
    first(
        &[METADATA_OFF],
        "metadata",
        &["modify-instance-metadata-options"],
    );
}

#[test]
fn an_sshd_that_refuses_the_pushed_key_is_named() {
    first(
        &[NO_PACKAGE],
        "login",
        &[
            "sshd refuses the pushed key for ec2-user",
            "ec2-instance-connect",
        ],
    );
}

#[test]
fn a_wrong_user_is_named() {
    first(
        &["nobody@i-0face000000000001"],
        "login",
        &["sshd refuses the pushed key for nobody"],
    );
}

#[test]
fn the_user_that_the_image_suggests_is_tried() {
    let caller = caller();
    caller.software(Software {
        image: Some(("ubuntu/images/hvm-ssd/ubuntu-noble-24.04", "099720109477")),
        ..Software::default()
    });
    first_of(
        &caller,
        &["-l", "nobody", WEB1],
        "login",
        &["for nobody, and takes it for ubuntu", "`-l ubuntu`"],
    );
}

#[test]
fn what_ssh_says_about_its_options_is_one_line() {
    let finding = is_first(
        &mut doctor(&caller(), &["-o", "Bogus=1", WEB1]),
        "ssh-config",
    );
    let what = "command-line: line 0: Bad configuration option: bogus";
    assert_eq!(finding["what"], what);
}

#[test]
fn a_port_that_refuses_is_named() {
    first(&[NO_SSHD], "port", &["refuses connections"]);
}

#[test]
fn a_host_key_that_the_console_does_not_show_is_named() {
    let user = SshUser::with("");
    fs::remove_file(user.dot_ssh("known_hosts")).expect("removed");
    user.caller.console(ConsoleOutput::of(format!(
        "-----BEGIN SSH HOST KEY KEYS-----\r\n{OTHER_KEY}\r\n-----END SSH HOST KEY KEYS-----\r\n"
    )));
    let mut command = user.command("mssh");
    command.args([WEB1, "--doctor"]).env("MSSH_CHECKIP_URL", "");
    let first = is_first(&mut command, "host-key");
    assert!(first["what"].to_string().contains(OTHER_PRINT), "{first}");
}

#[test]
fn a_changed_host_key_is_named() {
    let user = SshUser::with("");
    let line = format!("127.0.0.11,{WEB1} {OTHER_KEY}\n");
    fs::write(user.dot_ssh("known_hosts"), line).expect("a file");
    let mut command = user.command("mssh");
    command.args([WEB1, "--doctor"]).env("MSSH_CHECKIP_URL", "");
    is_first(&mut command, "host-key");
}

#[test]
fn a_call_that_hangs_is_skipped_in_time() {
    for action in ["DescribeInstanceStatus", "DescribeInstanceInformation"] {
        let (status, report) = judged_while_hanging(action);
        assert_eq!(status, Some(0), "{report:#}");
        assert!(
            report.to_string().contains("no answer within 3 s"),
            "{report:#}"
        );
    }
    let (status, report) = judged_while_hanging(DESCRIBE_INSTANCES);
    assert_eq!(verdicts(&report, "instance"), ["skipped"]);
    assert_eq!(status, Some(255), "{report:#}");
}

/// What is judged, in time, while AWS does not answer this call.
fn judged_while_hanging(action: &'static str) -> (Option<i32>, Value) {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Hang).on(action));
    let began = Instant::now();
    let judged = judged(&mut doctor(&caller, &[WEB1]));
    let took = began.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}");
    judged
}
