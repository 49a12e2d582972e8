//! The serial console: a way in without the instance's network, its sshd and its users.
//!
//! - here: who gets in, where, by which calls
//! - `host_key`: the console's host key is the published one, or what the user's words say
//! - `refusals`: what a console has not, and why AWS gives none

mod host_key;
mod refusals;

use crate::lab::instances::{
    DESCRIBE_DENIED, MARS, NEW_REGION, OTHER_REGION, PARIS, PENDING, STOPPING, WEB1,
};
use crate::lab::{SEND_CONSOLE_KEY, SEND_SSH_PUBLIC_KEY, Tenant};
use crate::sandbox::{Outcome, finish_with, look_ups, no_key_is_left, pushes, tenant};

/// What is typed at a console, whose host key nobody has published, or is taken as it is.
const TRUSTING: [&str; 5] = [
    "-T",
    "-o",
    "StrictHostKeyChecking=no",
    "-o",
    "LogLevel=ERROR",
];

/// Runs this program with these words, and types a line that tells who is logged in.
#[track_caller]
fn types(tenant: &Tenant<'_>, program: &str, words: &[&str]) -> Outcome {
    let mut command = tenant.command(program);
    let outcome = finish_with(command.args(words), b"echo in at $USER\n");
    assert!(no_key_is_left(tenant), "a key is left");
    outcome
}

/// Asserts that somebody got in at the console of this instance.
#[track_caller]
fn got_in(outcome: &Outcome, id: &str) {
    let said = format!("in at {id}.port0\n");
    assert_eq!(
        (outcome.stdout.as_str(), outcome.code),
        (said.as_str(), Some(0)),
        "{outcome:?}"
    );
}

/// The instances at whose consoles a key was taken.
fn consoles(tenant: &Tenant<'_>) -> Vec<String> {
    let mut taken = tenant.calls_of(SEND_CONSOLE_KEY);
    taken.retain(|call| call.status == Some(200));
    taken
        .into_iter()
        .flat_map(|call| call.instance_ids)
        .collect()
}

#[test]
fn a_console_of_a_new_region_is_entered_as_ssh_is_set_to() {
    for way in [&["--via", "serial"][..], &["--serial"]] {
        let tenant = tenant();
        let outcome = types(
            &tenant,
            "mssh",
            &[way, &["-r", NEW_REGION, "-T", MARS]].concat(),
        );
        got_in(&outcome, MARS);
        let warning = format!(
            "mssh: warning: the host key of the serial consoles of {NEW_REGION} is not known to \
             mssh, so that ssh decides as it is set to\n"
        );
        assert_eq!(outcome.stderr, warning);
        assert_eq!(
            (look_ups(&tenant), consoles(&tenant)),
            (1, vec![MARS.to_owned()])
        );
        assert!(tenant.calls_of(SEND_SSH_PUBLIC_KEY).is_empty());
    }
}

#[test]
fn an_instance_is_found_by_all_its_names_and_in_any_state_but_off() {
    let (id, paris) = (["-t", WEB1, "127.0.0.11"], ["-r", OTHER_REGION, PARIS]);
    let dns = "ec2-127-0-0-61.eu-west-1.compute.amazonaws.com";
    for (words, found) in [
        (&["127.0.0.11"][..], WEB1),
        (&["web1.lab"], WEB1),
        (&id, WEB1),
        (&paris, PARIS),
        (&[dns], PARIS),
        (&["127.0.0.93"], PENDING),
        (&[PENDING], PENDING),
        (&[STOPPING], STOPPING),
    ] {
        let tenant = tenant();
        let words = [&["--serial"], &TRUSTING[..], words].concat();
        got_in(&types(&tenant, "mssh", &words), found);
        assert_eq!(consoles(&tenant), [found], "{words:?}");
        assert_eq!(pushes(&tenant).len(), 0);
    }
}

#[test]
fn who_may_not_look_up_the_instance_gets_in() {
    let tenant = tenant();
    let words = [&["--serial"], &TRUSTING[..], &[DESCRIBE_DENIED]].concat();
    got_in(&types(&tenant, "mssh", &words), DESCRIBE_DENIED);
}

#[test]
fn a_user_of_ssh_config_is_none_of_a_consoles() {
    let tenant = tenant();
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("config");
    let port = tenant.lab().port();
    let text = format!("Host *\n  User AD\\someone\n  Port {port}\n");
    std::fs::write(&file, text).expect("written");
    let file = file.to_str().expect("a name");
    let words = [&["--serial", "-F", file], &TRUSTING[..], &[WEB1]].concat();
    got_in(&types(&tenant, "mssh", &words), WEB1);
}

#[test]
fn the_way_is_told_and_a_dry_run_pushes_nothing() {
    let tenant = tenant();
    let words = [
        "-v",
        "-o",
        "LogLevel=QUIET",
        "--serial",
        "--dry-run",
        "-r",
        NEW_REGION,
        MARS,
    ];
    let outcome = crate::sandbox::run(&tenant, "mssh", words);
    let host = format!("ec2-serial-console.{NEW_REGION}.api.aws");
    let told = format!("mssh: {MARS}.port0 at {MARS}: {host}, its serial console");
    assert_eq!(outcome.stderr.lines().last(), Some(told.as_str()));
    let line = format!(
        "ssh -o IdentitiesOnly=yes -o AddKeysToAgent=no -i EPHEMERAL_KEY -v -o LogLevel=QUIET {MARS}.port0@{host}\n"
    );
    assert_eq!(outcome.stdout, line);
    assert_eq!((look_ups(&tenant), consoles(&tenant).len()), (1, 0));
}
