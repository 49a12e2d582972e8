//! No other ssh-agent gets a key that mssh made, even with `AddKeysToAgent yes`: it would stay there,
//! until servers say "Too many authentication failures".

use std::fs;
use std::process::Command;

use crate::lab::instances::{PRIVATE, WEB1};
use crate::sandbox::{Outcome, SshAgent, SshUser, eice, finish, finish_with, lab, pushes};

/// A program of the user, with the agent.
fn command(user: &SshUser, program: &str, words: &[&str]) -> Command {
    let mut command = user.command(program);
    command
        .args(words)
        .env("SSH_AUTH_SOCK", user.home.join("agent"))
        .env("AWS_CA_BUNDLE", eice::service().certificate());
    command
}

/// The agent's keys, as ssh-add(1) lists them.
fn keys(user: &SshUser) -> String {
    finish(&mut command(user, "ssh-add", &["-l"])).stdout
}

#[track_caller]
fn is_empty(user: &SshUser, what: &[&str], outcome: &Outcome) {
    let got = (keys(user), outcome.code);
    let expected = ("The agent has no identities.\n".to_owned(), Some(0));
    assert_eq!(got, expected, "{what:?}: {outcome:?}");
}

/// Adds every key, unless the command line overrides it.
const CONFIG: &str = "Host *\n    AddKeysToAgent yes\n";

#[test]
fn no_agent_gets_a_key_that_mssh_made() {
    let user = SshUser::with(CONFIG);
    let _agent = SshAgent::of(&user);
    fs::write(user.home.join("file"), "text\n").expect("a file");
    let remote = lab().remote().join(user.caller.access_key());
    let remote = format!("{WEB1}:{}", remote.display());
    let port = format!("-p{}", lab().port());
    let runs: [(&str, &[&str], &str); 9] = [
        ("mssh", &[WEB1, "true"], ""),
        ("mssh", &["-o", "AddKeysToAgent=yes", WEB1, "true"], ""),
        ("mssh", &["--eice", PRIVATE, "true"], ""),
        ("mssh", &["--ssm", &port, WEB1, "true"], ""),
        ("mssh", &["-J", WEB1, PRIVATE, "true"], ""),
        ("mscp", &["-q", "file", &remote], ""),
        ("scp", &["-q", "-S", "mssh", "file", &remote], ""),
        ("rsync", &["-e", "mssh", "file", &remote], ""),
        ("msftp", &["-q", "-b", "-", WEB1], "pwd\n"),
    ];
    for (program, words, input) in runs {
        let outcome = finish_with(&mut command(&user, program, words), input.as_bytes());
        is_empty(&user, words, &outcome);
    }
    assert_eq!(pushes(&user.caller).len(), runs.len() + 1);
}

#[test]
fn no_agent_gets_a_key_for_a_serial_console() {
    let user = SshUser::with(CONFIG);
    let _agent = SshAgent::of(&user);
    let trusting = ["-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR"];
    let words = [&["--serial", "-T"], &trusting[..], &[WEB1]].concat();
    let outcome = finish_with(&mut command(&user, "mssh", &words), b"exit\n");
    is_empty(&user, &words, &outcome);
}

#[test]
fn no_agent_gets_a_key_of_plain_ssh() {
    let user = SshUser::installed(CONFIG, &[]);
    let _agent = SshAgent::of(&user);
    fs::write(user.home.join("file"), "text\n").expect("a file");
    let remote = lab().remote().join(user.caller.access_key());
    let remote = format!("{WEB1}:{}", remote.display());
    for (program, words) in [
        ("ssh", &[WEB1, "true"][..]),
        ("scp", &["-q", "file", &remote]),
    ] {
        let outcome = finish(&mut command(&user, program, words));
        is_empty(&user, words, &outcome);
    }
    // As a hop. The target accepts no key.
    let behind = ["-J", WEB1, "-o", "BatchMode=yes", "root@127.0.1.21", "true"];
    let outcome = finish(&mut command(&user, "ssh", &behind));
    assert_eq!(outcome.code, Some(255));
    assert_eq!(pushes(&user.caller).len(), 3);
    assert_eq!(keys(&user), "The agent has no identities.\n");
}

/// ssh adds a key of the user as configured. This also shows that the agent of these tests works.
#[test]
fn a_key_of_the_user_is_added_if_configured() {
    let user = SshUser::with(CONFIG);
    let _agent = SshAgent::of(&user);
    user.run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", "my"])
        .prints("");
    let outcome = finish(&mut command(&user, "mssh", &["-i", "my", WEB1, "true"]));
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(keys(&user).contains("(ED25519)"), "{}", keys(&user));
}
