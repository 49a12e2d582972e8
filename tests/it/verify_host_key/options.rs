//! `--verify-host-key`, and what the user has set about host keys.

use super::{OTHER_KEY, UNKNOWN, console_calls, key, keys_block, user};
use crate::lab::console_output::{ConsoleOutput, GET_CONSOLE_OUTPUT};
use crate::lab::instances::WEB1;
use crate::lab::{Fault, Trouble};
use crate::sandbox::SshUser;

/// Asserts that `require` refuses, for this reason.
#[track_caller]
fn is_refused(user: &SshUser, why: &str) {
    let outcome = user.run("mssh", &["--verify-host-key", "require", WEB1, "true"]);
    let error = format!("mssh: error: cannot verify the host key of {WEB1}: {why}");
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    assert_eq!(lines[0], error, "{outcome:?}");
    assert!(lines[1].starts_with("mssh: hint: "), "{outcome:?}");
}

#[test]
fn require_refuses_a_key_that_is_not_published() {
    is_refused(
        &user("", ConsoleOutput::default()),
        "its console shows nothing yet",
    );
    is_refused(
        &user("", ConsoleOutput::of("login: ")),
        "its console shows no host keys (any more)",
    );
    let denied = user("", ConsoleOutput::of(keys_block(&key())));
    denied
        .caller
        .fault(Fault::new(Trouble::Denied).on(GET_CONSOLE_OUTPUT));
    let outcome = denied.run("mssh", &["--verify-host-key", "require", WEB1, "true"]);
    assert!(
        outcome.stderr.contains("ec2:GetConsoleOutput"),
        "{outcome:?}"
    );
    assert_eq!(outcome.code, Some(255));
}

#[test]
fn require_takes_a_published_key_and_waits_for_it() {
    let user = user("", ConsoleOutput::of(keys_block(&key())));
    let late = Trouble::Latency(std::time::Duration::from_secs(2));
    user.caller.fault(Fault::new(late).on(GET_CONSOLE_OUTPUT));
    for _ in 0..2 {
        user.run("mssh", &["--verify-host-key", "require", WEB1, "echo in"])
            .prints("in\n");
    }
    assert_eq!(console_calls(&user), 1);
}

#[test]
fn off_compares_nothing() {
    let user = user("", ConsoleOutput::of(keys_block(OTHER_KEY)));
    let outcome = user.run("mssh", &["--verify-host-key", "off", WEB1, "true"]);
    assert_eq!(
        (outcome.stderr.as_str(), outcome.code),
        (UNKNOWN, Some(255))
    );
    assert_eq!(console_calls(&user), 0);
}

#[test]
fn what_the_user_has_set_stands() {
    for policy in [
        "StrictHostKeyChecking no",
        "StrictHostKeyChecking yes",
        "UserKnownHostsFile /dev/null",
        "HostKeyAlias web",
        "KnownHostsCommand /bin/true",
    ] {
        let user = user(
            &format!("{policy}\n"),
            ConsoleOutput::of(keys_block(OTHER_KEY)),
        );
        let outcome = user.run("mssh", &[WEB1, "true"]);
        assert!(!outcome.stderr.contains("mssh: "), "{policy}: {outcome:?}");
        assert_eq!(console_calls(&user), 0, "{policy}");
    }
}

#[test]
fn another_program_in_its_place_is_an_error_if_it_is_required() {
    let user = user("KnownHostsCommand /bin/true\n", ConsoleOutput::default());
    user.run("mssh", &["--verify-host-key", "require", WEB1, "true"])
        .fails(
            255,
            &[
                "mssh: error: cannot verify the host key: ssh_config has a KnownHostsCommand",
                "mssh: hint: turn it off for this login with `-o KnownHostsCommand=none`",
            ],
        );
}

#[test]
fn ssh_starts_no_program_in_vain() {
    // Before the key exchange, ssh would ask for keys that are rarely there yet.
    for (option, is_asked) in [("auto", false), ("require", true)] {
        let user = user("", ConsoleOutput::of(keys_block(&key())));
        let words = ["-vvv", "--verify-host-key", option, WEB1, "true"];
        let outcome = user.run("mssh", &words);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        let runs = |reason: &str| {
            let tag = format!("KnownHostsCommand-{reason} command");
            outcome.stderr.contains(&tag)
        };
        assert_eq!(
            [runs("HOSTNAME"), runs("ORDER")],
            [true, is_asked],
            "{outcome:?}"
        );
    }
}
