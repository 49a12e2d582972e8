//! What the user has set about host keys stays: in a file or on the command line.

use std::fs;

use super::{ACCEPT, alias, named, right_key, user};
use crate::lab::instances::{ODD_PORT, WEB1};
use crate::lab::{DESCRIBE_INSTANCES, SEND_SSH_PUBLIC_KEY};
use crate::sandbox::{lab, run};

/// Options of ssh with which the name is ssh's own.
const OWN: &[&str] = &[
    "HostKeyAlias=web",
    "StrictHostKeyChecking=no",
    "StrictHostKeyChecking=off",
    "StrictHostKeyChecking=yes",
    "UserKnownHostsFile=/dev/null",
    "GlobalKnownHostsFile=/dev/null",
    "KnownHostsCommand=/bin/true",
    "ControlPath=~/.ssh/%k",
];

/// Options that leave it to mssh.
const OURS: &[&str] = &[
    "StrictHostKeyChecking=ask",
    "StrictHostKeyChecking=accept-new",
    "UserKnownHostsFile=~/.ssh/known_hosts",
    "HashKnownHosts=no",
    "ControlPath=~/.ssh/%C",
    "VerifyHostKeyDNS=yes",
];

#[test]
fn host_key_options_of_the_command_line_decide() {
    let user = user("", &[]);
    for (options, expected) in [(OWN, None), (OURS, Some(named(WEB1)))] {
        for option in options {
            let got = alias(&user, &["-o", option, WEB1]);
            let own = got.filter(|it| it != "web");
            assert_eq!(own, expected, "{option}");
        }
    }
}

#[test]
fn host_key_options_of_a_file_decide() {
    for (options, expected) in [(OWN, None), (OURS, Some(named(WEB1)))] {
        for option in options {
            for host in ["*", WEB1, "127.0.0.*"] {
                let line = option.replacen('=', " ", 1);
                let user = user(&format!("Host {host}\n  {line}\n"), &[]);
                // A Host with the ID does not apply to the address, which ssh gets.
                let expected = expected.clone().or((host == WEB1).then(|| named(WEB1)));
                assert_eq!(alias(&user, &[WEB1]), expected, "{host}: {option}");
            }
        }
    }
}

#[test]
fn the_option_decides_for_both() {
    let user = user("", &[("127.0.0.11", &right_key())]);
    for (value, expected) in [("auto", None), ("yes", Some(named(WEB1))), ("no", None)] {
        let words = ["--host-key-alias", value, WEB1];
        assert_eq!(alias(&user, &words), expected, "{value}");
    }
    let config = super::user("Host *\n  HostKeyAlias web\n", &[]);
    assert_eq!(
        alias(&config, &["--host-key-alias=yes", WEB1]),
        Some(named(WEB1))
    );
    let words = ["--host-key-alias=yes", "-oHostKeyAlias=web", WEB1];
    let outcome = user.run("mssh", &[&["--dry-run"], &words[..]].concat());
    assert_eq!(outcome.stdout.matches("HostKeyAlias").count(), 1);
    let unknown = super::user("", &[]);
    assert_eq!(alias(&unknown, &["--host-key-alias=no", WEB1]), None);
}

#[test]
fn a_wrong_value_is_an_error() {
    let user = user("", &[]);
    for program in ["mssh", "msftp"] {
        let outcome = user.run(program, &["--host-key-alias=maybe", WEB1]);
        let error = format!("{program}: error: `maybe` is not a valid value for --host-key-alias");
        let hint = format!("{program}: hint: choose one of: auto, yes, no");
        outcome.fails(255, &[&error, &hint]);
    }
    let outcome = run(
        &user.caller,
        "mssh",
        ["--host-key-alias=yes", "--serial", WEB1],
    );
    outcome.fails(
        255,
        &[
            "mssh: error: --host-key-alias cannot be used with --serial",
            "mssh: hint: leave out --host-key-alias or --serial",
        ],
    );
}

#[test]
fn two_servers_of_an_instance_are_told_apart() {
    let user = user("", &[]);
    let port = lab().odd_port().to_string();
    let words = ["-p", &port, ODD_PORT, "true"];
    assert_eq!(
        alias(&user, &words[..3]),
        Some(format!("[{ODD_PORT}]:{port}"))
    );
    let first = user.run("mssh", &[&ACCEPT[..], &words].concat());
    assert!(first.stderr.contains(&format!("'[{ODD_PORT}]:{port}'")));
    user.run("mssh", &words).prints("");
    // A key of the address with its port stays in use.
    let known = format!("[127.0.0.51]:{port} {}\n", right_key());
    fs::write(user.dot_ssh("known_hosts"), known).expect("written");
    assert_eq!(alias(&user, &words[..3]), None);
    user.run("mssh", &words).prints("");
}

#[test]
fn a_known_host_costs_no_call_and_no_question_more() {
    let user = user("", &[(WEB1, &right_key())]);
    user.run("mssh", &[WEB1, "true"]).prints("");
    user.cost(1, 1);
    let calls = user.caller.calls();
    let actions: Vec<&str> = calls.iter().map(|call| call.action.as_str()).collect();
    assert!(actions.contains(&DESCRIBE_INSTANCES) && actions.contains(&SEND_SSH_PUBLIC_KEY));
}
