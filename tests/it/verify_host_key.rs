//! Host keys that an instance prints on its console: a first login asks nothing, and remembers the key.

mod copies;
mod old_ssh;
mod options;
mod other_ways;
mod refused;

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use crate::lab::console_output::{ConsoleOutput, GET_CONSOLE_OUTPUT};
use crate::lab::instances::{PRIVATE_WITH_AGENT, WEB1};
use crate::lab::{Fault, Trouble};
use crate::sandbox::{SshUser, lab, spawn};

/// What ssh says without a terminal about a key that it does not know.
const UNKNOWN: &str = "Host key verification failed.\r\n";

/// The host key of all instances, as in known_hosts.
fn key() -> String {
    let known = fs::read_to_string(lab().home().join(".ssh/known_hosts")).expect("a file");
    let key = known.lines().find_map(|line| line.strip_prefix("* "));
    let words: Vec<&str> = key.expect("a key").split(' ').take(2).collect();
    words.join(" ")
}

/// A key of no instance.
const OTHER_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICaQe1UXqoKF2NBZM8MZUcXCzQbGwxvQ3XaOKC49FSef";
const OTHER_PRINT: &str = "SHA256:h343fMb5eDE86IA0D1Sw2j8jJrfAMRHuBefVNX5MIdU";

/// The fingerprint of the host key.
fn fingerprint() -> String {
    let key = ssh_key::PublicKey::from_openssh(&key()).expect("a key");
    key.fingerprint(ssh_key::HashAlg::Sha256).to_string()
}

/// A block of whole keys.
fn keys_block(key: &str) -> String {
    format!(
        "-----BEGIN SSH HOST KEY KEYS-----\r\n{key} root@host\r\n-----END SSH HOST KEY KEYS-----\r\n"
    )
}

/// A block of fingerprints, each line behind `tag`.
fn fingerprint_block(tag: &str) -> String {
    let lines = [
        "-----BEGIN SSH HOST KEY FINGERPRINTS-----".to_owned(),
        format!("256 {} no comment (ED25519)", fingerprint()),
        "-----END SSH HOST KEY FINGERPRINTS-----".to_owned(),
    ];
    lines.map(|line| format!("{tag}{line}\r\n")).concat()
}

/// A user who knows no host, whose instances have this on their consoles.
fn user(config: &str, console: ConsoleOutput) -> SshUser {
    let user = SshUser::with(config);
    fs::remove_file(user.dot_ssh("known_hosts")).expect("removed");
    user.caller.console(console);
    user
}

/// What the user's known_hosts has; empty if there is none.
fn known_hosts(user: &SshUser) -> String {
    fs::read_to_string(user.dot_ssh("known_hosts")).unwrap_or_default()
}

/// As known_hosts names an instance with the lab's port.
fn named(id: &str) -> String {
    match lab().port() {
        22 => id.to_owned(),
        port => format!("[{id}]:{port}"),
    }
}

fn console_calls(user: &SshUser) -> usize {
    user.caller.calls_of(GET_CONSOLE_OUTPUT).len()
}

#[test]
fn every_format_verifies_the_first_login() {
    let fedora = format!(
        "\x1b[0mSSH host key: {} (ED25519)\r\nlogin: ",
        fingerprint()
    );
    let both = fingerprint_block("<14>Jan  6 15:27:31 cloud-init: ") + &keys_block(&key());
    let kernel = "[  115.600243] cloud-init[1097]: ";
    for text in [
        keys_block(&key()),
        both,
        fingerprint_block("ec2: "),
        fingerprint_block(kernel),
        fingerprint_block(""),
        fedora,
        "x".repeat(60_000) + "\r\n" + &keys_block(&key()),
    ] {
        let user = user("HashKnownHosts no\n", ConsoleOutput::of(&*text));
        user.run("mssh", &["-o", "BatchMode=yes", WEB1, "echo in"])
            .prints("in\n");
        let line = format!("{} {}\n", named(WEB1), key());
        assert_eq!(known_hosts(&user), line, "{text}");
        user.run("mssh", &[WEB1, "echo again"]).prints("again\n");
        assert_eq!(console_calls(&user), 1, "a known key needs no call");
    }
}

#[test]
fn the_latest_text_is_asked_for_first() {
    let console = ConsoleOutput {
        is_old: true,
        ..ConsoleOutput::of(keys_block(&key()))
    };
    let user = user("", console);
    user.run("mssh", &[WEB1, "echo in"]).prints("in\n");
    let calls = user.caller.calls_of(GET_CONSOLE_OUTPUT);
    let latest: Vec<_> = calls.iter().map(|it| it.parameter("Latest")).collect();
    assert_eq!(latest, [Some("true"), None]);
}

#[test]
fn a_hashed_file_gets_a_hashed_name() {
    let user = user(
        "HashKnownHosts yes\n",
        ConsoleOutput::of(keys_block(&key())),
    );
    user.run("mssh", &[WEB1, "echo in"]).prints("in\n");
    let known = known_hosts(&user);
    assert!(
        known.starts_with("|1|") && known.lines().count() == 1,
        "{known}"
    );
    user.run("mssh", &[WEB1, "echo again"]).prints("again\n");
    assert_eq!(console_calls(&user), 1);
}

#[test]
fn tunnels_and_copies_are_verified_too() {
    for words in [
        &["mssh", "--ssm", PRIVATE_WITH_AGENT, "true"][..],
        &["mscp", &format!("{WEB1}:/etc/hostname"), "here"],
    ] {
        let user = user("", ConsoleOutput::of(keys_block(&key())));
        let outcome = user.run(words[0], &words[1..]);
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", Some(0)));
        assert_eq!(known_hosts(&user).lines().count(), 1);
    }
}

#[test]
fn many_first_logins_at_once_leave_one_line() {
    let user = user(
        "HashKnownHosts yes\n",
        ConsoleOutput::of(keys_block(&key())),
    );
    let login = || {
        spawn(
            user.command("mssh")
                .args([WEB1, "true"])
                .stdin(Stdio::null()),
        )
    };
    let logins: Vec<_> = (0..10).map(|_| login()).collect();
    for login in logins {
        let outcome = crate::sandbox::outcome(login);
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", Some(0)));
    }
    assert_eq!(known_hosts(&user).lines().count(), 1);
}

#[test]
fn without_a_published_key_ssh_asks_as_ever() {
    let late = Trouble::Latency(Duration::from_secs(3));
    for (console, trouble) in [
        (ConsoleOutput::default(), None),
        (ConsoleOutput::of("Linux version 6\r\n"), None),
        (ConsoleOutput::of(keys_block(&key())), Some(Trouble::Denied)),
        (
            ConsoleOutput::of(keys_block(&key())),
            Some(Trouble::Malformed),
        ),
        (ConsoleOutput::of(keys_block(&key())), Some(late)),
    ] {
        let user = user("", console);
        if let Some(trouble) = trouble {
            user.caller
                .fault(Fault::new(trouble).on(GET_CONSOLE_OUTPUT));
        }
        let outcome = user.run("mssh", &[WEB1, "true"]);
        let got = (outcome.stderr.as_str(), outcome.code);
        assert_eq!(got, (UNKNOWN, Some(255)), "{trouble:?}");
        assert_eq!(known_hosts(&user), "");
    }
}

#[test]
fn a_file_that_cannot_be_written_is_no_error() {
    let user = user("", ConsoleOutput::of(keys_block(&key())));
    fs::create_dir(user.dot_ssh("known_hosts")).expect("a directory");
    user.run("mssh", &[WEB1, "echo in"]).prints("in\n");
}
