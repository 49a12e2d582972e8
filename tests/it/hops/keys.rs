//! The directory with the keys of hops.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use rustix::process::Pid;

use super::WHERE;
use crate::lab::instances::{PRIVATE, WEB1};
use crate::sandbox::{PATIENCE, SshUser, eventually, leaves_nothing, process, set_mode};

/// The directory with the keys of this ssh's hops.
#[track_caller]
fn keys_of_hops(ssh: Pid) -> PathBuf {
    let words = process(ssh).words.join(" ".as_ref());
    let line = words.to_string_lossy().into_owned();
    let (_, rest) = line.split_once("--key-dir ").expect("a directory");
    PathBuf::from(rest.split_whitespace().next().expect("a directory"))
}

/// Directories with the names that other runs may have, in a directory that all users can write to,
/// do not matter.
#[test]
fn other_users_cannot_take_the_names_of_hop_directories() {
    let uid = rustix::process::geteuid().as_raw();
    // For the PIDs of the next processes.
    let taken = (1..=4_000).map(|pid| format!("/dev/shm/mssh-{uid}-{pid}"));
    let taken: Vec<_> = taken.filter(|it| fs::write(it, "").is_ok()).collect();
    let user = SshUser::with("");
    let outcome = user.run("mssh", &["-J", WEB1, PRIVATE, WHERE]);
    for file in &taken {
        fs::remove_file(file).expect("a file of ours");
    }
    assert!(!taken.is_empty());
    outcome.prints("127.0.1.21\n");
    let line = || user.run("mssh", &["--dry-run", "-J", WEB1, PRIVATE]).stdout;
    assert_ne!(line(), line());
}

#[test]
fn the_keys_of_hops_are_removed_with_the_client() {
    let user = SshUser::with("");
    let caller = &user.caller;
    let mut session = crate::sandbox::Login::open(user.command("mssh").args(["-J", WEB1, PRIVATE]));
    let keys = keys_of_hops(session.pid());
    let key: PathBuf = keys.join(WEB1).join("key");
    assert!(key.exists(), "{}", key.display());
    assert_eq!(crate::sandbox::mode(&key), 0o600);
    assert!(session.answers());
    assert_eq!(session.end().code, Some(0));
    let gone = || !keys.exists();
    assert!(eventually(PATIENCE, gone), "{}", keys.display());
    leaves_nothing(caller);
}

#[test]
fn leftovers_of_killed_keepers_of_hops_are_removed() {
    let uid = rustix::process::geteuid().as_raw();
    let left = PathBuf::from(format!("/dev/shm/mssh-{uid}-Ab3xYz0123"));
    let key_dir = left.join("i-0abcdef0");
    DirBuilder::new()
        .mode(0o700)
        .recursive(true)
        .create(&key_dir)
        .expect("a directory");
    fs::write(key_dir.join("key"), "old").expect("a file");
    for (path, mode) in [
        (&left, 0o1700),
        (&key_dir, 0o1700),
        (&key_dir.join("key"), 0o600),
    ] {
        set_mode(path, mode);
    }
    // A run without hops removes them, too.
    let user = SshUser::with("");
    user.run("mssh", &[WEB1, "true"]).prints("");
    assert!(eventually(PATIENCE, || !left.exists()));
}
