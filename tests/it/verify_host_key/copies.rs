//! The other clients, several destinations at once, and long texts.

use std::fs;

use super::{OTHER_KEY, UNKNOWN, console_calls, key, keys_block, known_hosts, named, user};
use crate::lab::console_output::ConsoleOutput;
use crate::lab::instances::{PRIVATE, WEB1, WEB2};
use crate::sandbox::eice::command;
use crate::sandbox::{SshUser, finish};

/// A directory of the user's on this machine.
fn published() -> SshUser {
    let user = user("HashKnownHosts no\n", ConsoleOutput::of(keys_block(&key())));
    fs::write(user.home.join("file"), "text\n").expect("written");
    user
}

/// Where the users' files are on an instance.
fn there(user: &SshUser, id: &str) -> String {
    let there = crate::sandbox::lab()
        .remote()
        .join(user.caller.access_key());
    fs::create_dir_all(&there).expect("a directory");
    format!("{id}:{}/", there.display())
}

#[test]
fn several_destinations_are_verified() {
    let user = published();
    let from = [WEB1, WEB2].map(|id| format!("{id}:/etc/hostname"));
    for _ in 0..2 {
        finish(user.command("mscp").args(["-q"]).args(&from).arg(".")).prints("");
        let known = known_hosts(&user);
        for name in ["127.0.0.11", WEB1, WEB2] {
            let line = format!("{} {}\n", named(name), key());
            assert!(known.contains(&line), "{name}: {known}");
        }
        assert_eq!(known.lines().count(), 4, "{known}");
        assert_eq!(console_calls(&user), 2);
    }
    user.run("mssh", &[WEB1, "echo in"]).prints("in\n");
}

#[test]
fn several_destinations_with_other_keys_are_refused() {
    let wrong = user("", ConsoleOutput::of(keys_block(OTHER_KEY)));
    let empty = user("", ConsoleOutput::default());
    let from = [WEB1, WEB2].map(|id| format!("{id}:/etc/hostname"));
    let copy = |user: &SshUser| finish(user.command("mscp").args(&from).arg("."));
    let outcome = copy(&wrong);
    assert!(
        outcome.stderr.contains("printed on its console"),
        "{outcome:?}"
    );
    let outcome = copy(&empty);
    assert!(outcome.stderr.contains(UNKNOWN.trim_end()), "{outcome:?}");
    assert_eq!(
        (known_hosts(&wrong), known_hosts(&empty)),
        Default::default()
    );
}

#[test]
fn sftp_and_rsync_are_verified() {
    let user = published();
    fs::write(user.home.join("batch"), "pwd\n").expect("written");
    let outcome = user.run("msftp", &["-q", "-b", "batch", WEB1]);
    assert_eq!((&*outcome.stderr, outcome.code), ("", Some(0)));
    assert_eq!(known_hosts(&user).lines().count(), 1);
    let user = published();
    user.run("rsync", &["-e", "mssh", "file", &there(&user, WEB1)])
        .prints("");
    assert_eq!(known_hosts(&user).lines().count(), 1);
}

#[test]
fn an_endpoint_is_verified() {
    let user = published();
    let mut mssh = command(&user.caller, "mssh");
    mssh.env("HOME", &user.home)
        .env("NSS_WRAPPER_PASSWD", user.home.join("passwd"));
    finish(mssh.args(["--eice", PRIVATE, "echo in"])).prints("in\n");
    assert_eq!(known_hosts(&user).lines().count(), 1);
    assert_eq!(console_calls(&user), 1);
}

#[test]
fn keys_at_the_end_of_a_full_console_count() {
    let block = keys_block(&key());
    // AWS keeps 64 KiB.
    let text = "[    1.0] noise\r\n".repeat(4096);
    let text = &text[block.len()..];
    let user = user("", ConsoleOutput::of(format!("{text}{block}")));
    user.run("mssh", &[WEB1, "echo in"]).prints("in\n");
    // More than that is nothing of AWS's; its beginning is not read.
    let long = user.caller.access_key().repeat(1 << 16);
    user.caller
        .console(ConsoleOutput::of(format!("{block}{long}")));
    fs::remove_file(user.dot_ssh("known_hosts")).expect("removed");
    let outcome = user.run("mssh", &[WEB1, "true"]);
    assert_eq!((&*outcome.stderr, outcome.code), (UNKNOWN, Some(255)));
}
