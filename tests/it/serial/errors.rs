//! Features that a serial console does not have, and errors of AWS.

use crate::lab::instances::{PUSH_DENIED, STOPPED, TERMINATED, WEB1};
use crate::lab::{Fault, SEND_CONSOLE_KEY, Trouble};
use crate::sandbox::{caller, no_key_is_left, run};

#[test]
fn unsupported_features_are_rejected_without_a_call() {
    let caller = caller();
    let at = format!("root@{WEB1}");
    let files = format!("{WEB1}:x");
    for (program, words, what) in [
        ("mssh", &[WEB1, "uptime"][..], "a command"),
        ("mssh", &[&at], "`root@`"),
        ("mssh", &["-l", "root", WEB1], "`-l`"),
        ("mssh", &[WEB1, "-oUser root"], "`-o User`"),
        ("mssh", &["-L", "1:h:2", WEB1], "`-L`"),
        ("mssh", &["-D1080", WEB1], "`-D`"),
        ("mssh", &["-W", "h:2", WEB1], "`-W`"),
        ("msftp", &[WEB1], "msftp"),
        ("mscp", &[&files, "."], "mscp"),
    ] {
        let words = [&["--serial"], words].concat();
        run(&caller, program, &words).fails(
            255,
            &[
                &format!("{program}: error: {what} cannot be used with --serial"),
                &format!(
                    "{program}: hint: a serial console has no users, commands, forwarding or files: if \
                     the network works, leave out --serial"
                ),
            ],
        );
    }
    assert_eq!(caller.calls().len(), 0);
}

#[test]
fn aws_errors_are_reported_with_a_remedy() {
    let no_type = format!("the instance type of {WEB1} has no serial console");
    for (code, error, hint) in [
        (
            "SerialConsoleAccessDisabledException",
            "access to serial consoles is disabled for this account in us-east-1 (set by AWS_REGION)",
            "enable it with `aws ec2 enable-serial-console-access --region us-east-1`",
        ),
        (
            "SerialConsoleSessionLimitExceededException",
            &format!("the serial console of {WEB1} is in use"),
            "only one session at a time is possible; AWS takes about 30 seconds to end the last one",
        ),
        (
            "SerialConsoleSessionUnavailableException",
            &format!("the serial console of {WEB1} is unavailable at the moment"),
            "try again in a moment",
        ),
        (
            "SerialConsoleSessionUnsupportedException",
            &format!("the firmware of {WEB1} is too old for a serial console"),
            "reboot the instance to update it",
        ),
        (
            "EC2InstanceTypeInvalidException",
            &no_type,
            "instance types of the Nitro System have one",
        ),
        (
            "EC2InstanceStateInvalidException",
            &format!("instance {WEB1} is not ready: Something is not as it should be"),
            "wait until it has started, and try again",
        ),
    ] {
        let caller = caller();
        caller.fault(Fault::new(Trouble::Error(code)).on(SEND_CONSOLE_KEY));
        run(&caller, "mssh", ["--serial", WEB1]).fails(
            255,
            &[
                &format!("mssh: error: {error}"),
                &format!("mssh: hint: {hint}"),
            ],
        );
        assert_eq!(caller.calls_of(SEND_CONSOLE_KEY).len(), 1, "{code}");
        assert!(no_key_is_left(&caller));
    }
}

#[test]
fn the_state_of_a_stopped_instance_is_reported() {
    let start = format!(
        "mssh: hint: start it with --start, or with `aws ec2 start-instances --region us-east-1 --instance-ids \
         {STOPPED}`"
    );
    for (id, state, hint) in [
        (STOPPED, "stopped", start.as_str()),
        (
            TERMINATED,
            "terminated",
            "mssh: hint: it cannot be started again",
        ),
    ] {
        let caller = caller();
        let error = format!("mssh: error: instance {id} is {state}");
        run(&caller, "mssh", ["--serial", id]).fails(255, &[&error, hint]);
        assert!(no_key_is_left(&caller));
    }
}

#[test]
fn a_denial_names_the_serial_console_action() {
    let caller = caller();
    let arn = format!("arn:aws:ec2:us-east-1:123456789012:instance/{PUSH_DENIED}");
    let action = "ec2-instance-connect:SendSerialConsoleSSHPublicKey";
    run(&caller, "mssh", ["--serial", PUSH_DENIED]).fails(
        255,
        &[
            &format!(
                "mssh: error: arn:aws:iam::123456789012:user/lab is not allowed {action} on {arn}"
            ),
            &format!("mssh: hint: a policy must allow {action} on {arn}"),
        ],
    );
}
