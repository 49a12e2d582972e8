//! Answers of AWS that fail, are malformed, or never come.

use std::time::{Duration, Instant};

use super::{mssh, pushes_first};
use crate::lab::instances::WEB1;
use crate::lab::{DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{caller, finish, no_key_is_left};

#[test]
fn throttling_and_service_failures_are_retried_and_then_reported() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Throttle).first(2));
    caller.fault(
        Fault::new(Trouble::Status(500))
            .on(SEND_SSH_PUBLIC_KEY)
            .first(1),
    );
    caller.fault(Fault::new(Trouble::Reset).on(DESCRIBE_INSTANCES).first(1));
    mssh(&caller, &[WEB1, "true"]).prints("");

    // ssh does not start while a push is retried.
    let caller = pushes_first();
    caller.fault(Fault::new(Trouble::Throttle).on(SEND_SSH_PUBLIC_KEY));
    let mut command = caller.command("mssh");
    finish(command.arg(WEB1).env("AWS_MAX_ATTEMPTS", "2")).fails(
        255,
        &[
            "mssh: error: AWS is throttling ec2-instance-connect:SendSSHPublicKey",
            "mssh: hint: try again in a moment",
        ],
    );
    assert_eq!(
        caller.calls_of(SEND_SSH_PUBLIC_KEY).len(),
        2,
        "the user's own limit holds"
    );
    assert!(no_key_is_left(&caller));
}

#[test]
fn a_closed_aws_endpoint_is_given_up_soon() {
    let caller = caller();
    let mut command = caller.command("mssh");
    let began = Instant::now();
    finish(
        command
            .arg(WEB1)
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
    )
    .fails(
        255,
        &[
            "mssh: error: cannot reach ec2 in us-east-1 (set by AWS_REGION): Connection refused",
            "mssh: hint: check the network, --region, and AWS_ENDPOINT_URL if it is set",
        ],
    );
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    assert!(no_key_is_left(&caller));
}

#[test]
fn debug_has_the_chain_of_causes() {
    let caller = caller();
    let mut command = caller.command("mssh");
    let command = command.args(["--debug", WEB1]);
    let outcome = finish(command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1"));
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    let is_error = |line: &&str| line.starts_with("mssh: error: cannot reach ec2 in us-east-1");
    let at = lines.iter().position(is_error).expect("an error");
    let [first, .., last] = &lines[at + 1..] else {
        panic!("{outcome:?}");
    };
    assert!(first.starts_with("mssh: caused by: "), "{outcome:?}");
    assert!(last.starts_with("mssh: hint: "), "{outcome:?}");
    assert_eq!(outcome.code, Some(255));
}

#[test]
fn a_d_in_the_remote_command_is_no_debug() {
    let caller = caller();
    let mut command = caller.command("mssh");
    let command = command.args([WEB1, "cut", "-d", "x"]);
    let outcome = finish(command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1"));
    assert!(!outcome.stderr.contains("caused by"), "{outcome:?}");
    assert_eq!(outcome.stderr.lines().count(), 2, "{outcome:?}");
}

#[test]
fn a_hanging_call_times_out() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Hang));
    let began = Instant::now();
    mssh(&caller, &[WEB1]).fails(
        255,
        &[
            "mssh: error: no answer to ec2:DescribeInstances from ec2 in us-east-1 (set by AWS_REGION) in time",
            "mssh: hint: check the network, and try again",
        ],
    );
    assert!(
        began.elapsed() < Duration::from_secs(25),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn a_malformed_answer_is_an_error() {
    for (action, name, service) in [
        (DESCRIBE_INSTANCES, "ec2:DescribeInstances", "ec2"),
        (
            SEND_SSH_PUBLIC_KEY,
            "ec2-instance-connect:SendSSHPublicKey",
            "ec2-instance-connect",
        ),
    ] {
        let caller = pushes_first();
        caller.fault(Fault::new(Trouble::Malformed).on(action));
        mssh(&caller, &[WEB1]).fails(
            255,
            &[
                &format!("mssh: error: the answer to {name} from {service} in us-east-1 (set by AWS_REGION) is not valid"),
                "mssh: hint: is there a proxy or another server in front of AWS? --debug tells more",
            ],
        );
    }
}
