//! The life of the key and of the agent that holds it: where its socket is, who can reach it, and when
//! they end.
//!
//! - here: the directory of the socket
//! - `add_keys`: no other ssh-agent gets the key
//! - `cores`: mssh leaves no core dump; ssh may
//! - `cleanup`: whichever process ends, and when, nothing is left
//! - `memory`: the key is in the agent's memory, and nowhere else
//! - `process`: the agent's process
//! - `leftovers`: later runs remove what killed agents have left, and nothing else
//! - `directories`: no socket is made where other users could replace it
//! - `rsa`: where ed25519 is refused
//! - `signals`: an agent cleans up on every fatal signal but SIGKILL

mod add_keys;
mod cleanup;
mod cores;
mod directories;
mod leftovers;
mod memory;
mod process;
mod rsa;
mod signals;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::lab::SEND_SSH_PUBLIC_KEY;
use crate::lab::instances::WEB1;
use crate::sandbox::{
    Login, PATIENCE, agents_below, caller, eventually, files_below, finish, lab, mode, skipped,
};

/// The names of what is in an agent's directory.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("a directory").flatten();
    let mut names: Vec<_> = entries
        .map(|it| it.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn only_its_owner_can_reach_the_agent_of_a_session() {
    let caller = caller();
    let mut session = Login::of(&caller);
    let directory = session.directory();
    assert_eq!(directory.parent(), Some(caller.run_dir()));
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(names(&directory), ["agent", "key.pub"]);
    assert_eq!(mode(&directory.join("key.pub")), 0o600);
    assert_eq!(session.end().code, Some(0));
}

#[test]
fn the_umask_does_not_open_the_agent_to_others() {
    for umask in ["000", "377"] {
        let caller = caller();
        let line = format!("umask {umask}; exec mssh {WEB1} \"$@\"");
        let session = Login::open(caller.command("bash").args(["-c", &line, "bash"]));
        let directory = session.directory();
        assert_eq!(mode(&directory), 0o700);
        assert!(mode(&directory.join("key.pub")).trailing_zeros() >= 6);
    }
}

#[test]
fn the_key_is_ed25519_and_the_file_beside_the_socket_is_its_public_half() {
    let caller = caller();
    let session = Login::of(&caller);
    let file = session.directory().join("key.pub");
    let line = fs::read_to_string(&file).expect("a public key");
    let mut keygen = caller.command("ssh-keygen");
    let told = finish(keygen.args(["-l", "-f"]).arg(&file));
    assert!(told.stdout.trim_end().ends_with("(ED25519)"), "{told:?}");
    let calls = caller.calls_of(SEND_SSH_PUBLIC_KEY);
    let pushed = calls[0].public_key.as_deref().expect("a key");
    assert_eq!((calls.len(), line.trim_end()), (1, pushed.trim_end()));
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

/// Asserts that a session has its agent below `base`, and leaves nothing there.
#[track_caller]
fn has_its_agent_below(command: &mut Command, base: &Path) {
    let mut session = Login::open(command.arg(WEB1));
    let directory = session.directory();
    assert_eq!(directory.parent(), Some(base), "{}", directory.display());
    assert_eq!(mode(&directory), 0o700);
    assert!(files_below(&directory).len() <= 2);
    let outcome = session.end();
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    let gone = || !directory.exists() && agents_below(&directory).is_empty();
    assert!(eventually(PATIENCE, gone), "{}", directory.display());
}

#[test]
fn without_a_runtime_directory_the_socket_is_in_shared_memory() {
    let caller = caller();
    let mut mssh = caller.command("mssh");
    has_its_agent_below(mssh.env_remove("XDG_RUNTIME_DIR"), Path::new("/dev/shm"));
}

/// Root may write anywhere, so this uses a path that is no directory.
#[test]
fn an_unusable_runtime_directory_is_not_used() {
    let caller = caller();
    let file = caller.run_dir().join("file");
    fs::write(&file, "").expect("a file");
    let nowhere = caller.run_dir().join("nowhere");
    for unusable in [&file, &nowhere, Path::new("."), Path::new("")] {
        let mut mssh = caller.command("mssh");
        mssh.env("XDG_RUNTIME_DIR", unusable);
        has_its_agent_below(&mut mssh, Path::new("/dev/shm"));
    }
}

/// Needs a mount namespace, in which `/dev/shm` is read-only.
#[test]
fn without_shared_memory_the_socket_is_in_the_temporary_directory() {
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
        return skipped("no mount namespace is to be had");
    }
    let mut mssh = caller.command("unshare");
    apart(&mut mssh);
    has_its_agent_below(mssh.arg("mssh"), &lab().path().join("tmp"));
}

/// ssh expands tokens in the path of a socket, and cuts it off after 107 bytes (103 on macOS).
#[test]
fn a_directory_whose_name_ssh_would_change_is_not_used() {
    let caller = caller();
    let long = format!("{}/", "long".repeat(25)).repeat(2);
    for name in [
        "100%h",
        "a${HOME}b",
        "a$HOME",
        "quo\"ted",
        "back\\slash",
        &long,
    ] {
        let directory = caller.run_dir().with_extension("odd").join(name);
        fs::create_dir_all(&directory).expect("a directory");
        let mut mssh = caller.command("mssh");
        mssh.env("XDG_RUNTIME_DIR", &directory);
        mssh.env("TMPDIR", &directory);
        has_its_agent_below(&mut mssh, Path::new("/dev/shm"));
        assert!(names(&directory).is_empty(), "{name}");
    }
}

#[test]
fn a_directory_with_an_odd_name_that_ssh_takes_is_used() {
    let caller = caller();
    for name in ["a b", "it's", "a#b", "=", "~", "a;b", "\u{fc}", "*"] {
        let directory = caller.run_dir().with_extension("odd").join(name);
        fs::create_dir_all(&directory).expect("a directory");
        let mut mssh = caller.command("mssh");
        has_its_agent_below(mssh.env("XDG_RUNTIME_DIR", &directory), &directory);
        let mut mscp = caller.command("mscp");
        mscp.env("XDG_RUNTIME_DIR", &directory);
        let to = caller.run_dir().with_extension("copy");
        mscp.args(["-q", &format!("{WEB1}:/etc/hostname")]).arg(to);
        finish(&mut mscp).prints("");
    }
}

/// Then `/tmp` is the last that is tried.
#[test]
fn long_names_of_both_directories_do_not_matter_without_shared_memory() {
    const NO_SHM: &str = "mount -t tmpfs -o ro none /dev/shm && exec \"$@\"";
    let caller = caller();
    let long = caller
        .run_dir()
        .with_extension("long")
        .join("d".repeat(200));
    fs::create_dir_all(&long).expect("a directory");
    let mut mssh = caller.command("unshare");
    mssh.args(["--mount", "sh", "-c", NO_SHM, "sh", "mssh"]);
    mssh.env("XDG_RUNTIME_DIR", &long).env("TMPDIR", &long);
    let mut probe = caller.command("unshare");
    let probe = probe
        .args(["--mount", "true"])
        .stderr(Stdio::null())
        .status();
    if !probe.is_ok_and(|status| status.success()) {
        return skipped("no mount namespace is to be had");
    }
    has_its_agent_below(&mut mssh, Path::new("/tmp"));
}
