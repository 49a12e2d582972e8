//! The life of the key: where it is, who can read it, and when it is removed.
//!
//! - here: the file, and its directory
//! - `agent`: no ssh-agent gets it
//! - `cores`: mssh leaves no core dump; ssh may
//! - `cleanup`: whichever process ends, and when, nothing is left
//! - `keeper`: the process that removes it
//! - `leftovers`: later runs remove what killed keepers have left, and nothing else
//! - `directories`: no key is written where other users could replace it
//! - `signals`: a keeper cleans up on every fatal signal but SIGKILL

mod agent;
mod cleanup;
mod cores;
mod directories;
mod keeper;
mod leftovers;
mod signals;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::lab::instances::WEB1;
use crate::lab::{Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{
    Login, PATIENCE, caller, eventually, files_below, finish, keepers_below, lab, leaves_nothing,
    mode,
};

#[test]
fn only_its_owner_can_read_the_key_of_a_session() {
    let caller = caller();
    let mut session = Login::of(&caller);
    let key = session.key();
    let key_dir = key.parent().expect("a directory");
    assert_eq!(key_dir.parent(), Some(caller.run_dir()));
    assert_eq!((mode(&key), mode(key_dir)), (0o600, 0o700));
    for file in files_below(key_dir) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    assert_eq!(session.end().code, Some(0));
}

#[test]
fn the_umask_does_not_change_the_mode_of_the_key() {
    for umask in ["000", "377"] {
        let caller = caller();
        let line = format!("umask {umask}; exec mssh {WEB1} \"$@\"");
        let session = Login::open(caller.command("bash").args(["-c", &line, "bash"]));
        let key = session.key();
        assert!(mode(&key).trailing_zeros() >= 6, "{:o}", mode(&key));
        assert!(mode(key.parent().expect("a directory")).trailing_zeros() >= 6);
    }
}

#[test]
fn the_key_is_ed25519_and_its_public_half_is_what_was_pushed() {
    let caller = caller();
    let session = Login::of(&caller);
    let key = session.key();
    let text = fs::read_to_string(&key).expect("a key");
    assert!(text.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
    let mut keygen = caller.command("ssh-keygen");
    let told = finish(keygen.args(["-y", "-P", "", "-f"]).arg(&key));
    assert_eq!(told.code, Some(0), "{told:?}");
    let calls = caller.calls_of(SEND_SSH_PUBLIC_KEY);
    let pushed = calls[0].public_key.as_deref().expect("a key");
    let words = |line: &str| -> Vec<String> {
        let words = line.split_whitespace().take(2);
        words.map(str::to_owned).collect()
    };
    assert_eq!(words(&told.stdout)[0], "ssh-ed25519");
    assert_eq!((calls.len(), words(&told.stdout)), (1, words(pushed)));
}

#[test]
fn each_run_has_a_key_of_its_own() {
    let caller = caller();
    for _ in 0..3 {
        finish(caller.command("mssh").args([WEB1, "true"])).prints("");
    }
    let pushes = caller.calls_of(SEND_SSH_PUBLIC_KEY);
    let mut keys: Vec<_> = pushes.into_iter().map(|push| push.public_key).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3);
}

#[test]
fn no_private_key_is_on_disk_before_the_push_succeeds() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Hang).on(SEND_SSH_PUBLIC_KEY));
    let mut mssh = cleanup::hanging(caller.command("mssh").arg(WEB1), &caller);
    for file in files_below(caller.run_dir()) {
        let text = fs::read_to_string(&file).unwrap_or_default();
        assert!(!text.contains("PRIVATE"), "{}", file.display());
        assert_ne!(file.file_name().and_then(|name| name.to_str()), Some("key"));
    }
    mssh.kill().expect("a child");
    mssh.wait().expect("a child");
    leaves_nothing(&caller);
}

/// Asserts that a session has its key below `base`, and leaves nothing there.
#[track_caller]
fn has_its_key_below(command: &mut Command, base: &Path) {
    let mut session = Login::open(command.arg(WEB1));
    let key = session.key();
    let key_dir = key.parent().expect("a directory");
    assert_eq!(key_dir.parent(), Some(base), "{}", key.display());
    assert_eq!(mode(&key), 0o600);
    let outcome = session.end();
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    let gone = || !key_dir.exists() && keepers_below(key_dir).is_empty();
    assert!(eventually(PATIENCE, gone), "{}", key_dir.display());
}

#[test]
fn without_a_runtime_directory_the_key_is_in_shared_memory() {
    let caller = caller();
    let mut mssh = caller.command("mssh");
    has_its_key_below(mssh.env_remove("XDG_RUNTIME_DIR"), Path::new("/dev/shm"));
}

/// Root may write anywhere, so this uses a path that is no directory.
#[test]
fn an_unusable_runtime_directory_is_not_used() {
    let caller = caller();
    let file = caller.run_dir().join("file");
    fs::write(&file, "").expect("a file");
    let percent = caller.run_dir().join("100%h");
    fs::create_dir(&percent).expect("a directory");
    let nowhere = caller.run_dir().join("nowhere");
    for unusable in [&file, &percent, &nowhere, Path::new("."), Path::new("")] {
        let mut mssh = caller.command("mssh");
        mssh.env("XDG_RUNTIME_DIR", unusable);
        has_its_key_below(&mut mssh, Path::new("/dev/shm"));
    }
}

/// Needs a mount namespace, in which `/dev/shm` is read-only.
#[test]
fn without_shared_memory_the_key_is_in_the_temporary_directory() {
    const READ_ONLY_SHM: &str = "mount -t tmpfs -o ro none /dev/shm && exec \"$@\"";
    let caller = caller();
    let apart = |command: &mut Command| {
        let words = ["--mount", "sh", "-c", READ_ONLY_SHM, "sh"];
        command.env_remove("XDG_RUNTIME_DIR").args(words);
    };
    let mut probe = caller.command("unshare");
    apart(&mut probe);
    let works = probe.arg("true").stderr(Stdio::null()).status();
    if !works.is_ok_and(|status| status.success()) {
        eprintln!("not tested: no mount namespace is to be had");
        return;
    }
    let mut mssh = caller.command("unshare");
    apart(&mut mssh);
    has_its_key_below(mssh.arg("mssh"), &lab().path().join("tmp"));
}
