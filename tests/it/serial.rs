//! The serial console, which needs no network, sshd or user of the instance.
//!
//! - here: logins, and the calls they take
//! - `host_key`: the console's host key is the published one, unless options override that
//! - `errors`: unsupported features, and errors of AWS

mod errors;
mod host_key;

use crate::lab::instances::{
    CONSOLE_ONLY, DESCRIBE_DENIED, IN_EU_WEST_1, NEW_REGION, OTHER_REGION, PENDING, STOPPING, WEB1,
};
use crate::lab::{Caller, SEND_CONSOLE_KEY, SEND_SSH_PUBLIC_KEY};
use crate::sandbox::{Outcome, caller, finish_with, look_ups, no_key_is_left, pushes};

/// Options that accept any host key.
const TRUSTING: [&str; 5] = [
    "-T",
    "-o",
    "StrictHostKeyChecking=no",
    "-o",
    "LogLevel=ERROR",
];

/// Runs a program, and types a command that prints the user.
#[track_caller]
fn types(caller: &Caller<'_>, program: &str, words: &[&str]) -> Outcome {
    let mut command = caller.command(program);
    let outcome = finish_with(command.args(words), b"echo in at $USER\n");
    assert!(no_key_is_left(caller), "a key is left");
    outcome
}

/// Asserts a login at the console of this instance.
#[track_caller]
fn got_in(outcome: &Outcome, id: &str) {
    let said = format!("in at {id}.port0\n");
    assert_eq!(
        (outcome.stdout.as_str(), outcome.code),
        (said.as_str(), Some(0)),
        "{outcome:?}"
    );
}

/// The instances of successful console pushes.
fn consoles(caller: &Caller<'_>) -> Vec<String> {
    let mut taken = caller.calls_of(SEND_CONSOLE_KEY);
    taken.retain(|call| call.status == Some(200));
    taken
        .into_iter()
        .flat_map(|call| call.instance_ids)
        .collect()
}

#[test]
fn a_console_in_a_new_region_follows_the_host_key_options() {
    for way in [&["--via", "serial"][..], &["--serial"]] {
        let caller = caller();
        let outcome = types(
            &caller,
            "mssh",
            &[way, &["-r", NEW_REGION, "-T", CONSOLE_ONLY]].concat(),
        );
        got_in(&outcome, CONSOLE_ONLY);
        let warning = format!(
            "mssh: warning: the host key of the serial consoles of {NEW_REGION} is not known to \
             mssh, so that ssh decides as it is set to\n"
        );
        assert_eq!(outcome.stderr, warning);
        assert_eq!(
            (look_ups(&caller), consoles(&caller)),
            (1, vec![CONSOLE_ONLY.to_owned()])
        );
        assert!(caller.calls_of(SEND_SSH_PUBLIC_KEY).is_empty());
    }
}

#[test]
fn an_instance_is_found_by_all_its_names_unless_it_is_stopped() {
    let (id, paris) = (
        ["-t", WEB1, "127.0.0.11"],
        ["-r", OTHER_REGION, IN_EU_WEST_1],
    );
    let dns = "ec2-127-0-0-61.eu-west-1.compute.amazonaws.com";
    for (words, found) in [
        (&["127.0.0.11"][..], WEB1),
        (&["web1.lab"], WEB1),
        (&["web1"], WEB1),
        (&["tag:Name=we*1"], WEB1),
        (
            &["--region", "us-east-1,eu-west-1", "in-eu-west-1"],
            IN_EU_WEST_1,
        ),
        (&id, WEB1),
        (&paris, IN_EU_WEST_1),
        (&[dns], IN_EU_WEST_1),
        (&["127.0.0.93"], PENDING),
        (&[PENDING], PENDING),
        (&[STOPPING], STOPPING),
    ] {
        let caller = caller();
        let words = [&["--serial"], &TRUSTING[..], words].concat();
        got_in(&types(&caller, "mssh", &words), found);
        assert_eq!(consoles(&caller), [found], "{words:?}");
        assert_eq!(pushes(&caller).len(), 0);
    }
}

#[test]
fn a_denied_look_up_does_not_prevent_a_login() {
    let caller = caller();
    let words = [&["--serial"], &TRUSTING[..], &[DESCRIBE_DENIED]].concat();
    got_in(&types(&caller, "mssh", &words), DESCRIBE_DENIED);
}

#[test]
fn a_user_in_ssh_config_does_not_apply_to_consoles() {
    let caller = caller();
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("config");
    let port = caller.lab().port();
    let text = format!("Host *\n  User AD\\someone\n  Port {port}\n");
    std::fs::write(&file, text).expect("written");
    let file = file.to_str().expect("a name");
    let words = [&["--serial", "-F", file], &TRUSTING[..], &[WEB1]].concat();
    got_in(&types(&caller, "mssh", &words), WEB1);
}

#[test]
fn the_console_is_reported_and_a_dry_run_pushes_nothing() {
    let caller = caller();
    let words = [
        "-v",
        "-o",
        "LogLevel=QUIET",
        "--serial",
        "--dry-run",
        "-r",
        NEW_REGION,
        CONSOLE_ONLY,
    ];
    let outcome = crate::sandbox::run(&caller, "mssh", words);
    let host = format!("ec2-serial-console.{NEW_REGION}.api.aws");
    let told = format!("mssh: {CONSOLE_ONLY}.port0 at {CONSOLE_ONLY}: {host}, its serial console");
    assert_eq!(outcome.stderr.lines().last(), Some(told.as_str()));
    let line = format!(
        "ssh -o IdentityAgent=AGENT_SOCKET -o IdentitiesOnly=yes -i EPHEMERAL_KEY -v -o LogLevel=QUIET {CONSOLE_ONLY}.port0@{host}\n"
    );
    assert_eq!(outcome.stdout, line);
    assert_eq!((look_ups(&caller), consoles(&caller).len()), (1, 0));
}
