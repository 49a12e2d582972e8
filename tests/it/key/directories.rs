//! No socket is made where other users could replace it.

use std::fs::DirBuilder;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::path::{Path, PathBuf};

use super::has_its_agent_below;
use crate::lab::Caller;
use crate::lab::instances::WEB1;
use crate::sandbox::{SshUser, caller, files_below, finish, set_mode, skipped};

/// The UID of another user.
const OTHER_USER: u32 = 54_321;

/// A directory with this mode and owner; `None` if we may not set the owner.
fn directory(caller: &Caller<'_>, mode: u32, owner: Option<u32>) -> Option<PathBuf> {
    let path = caller.run_dir().with_extension(format!("{mode:o}"));
    DirBuilder::new().create(&path).expect("a directory");
    set_mode(&path, mode);
    if owner.is_some() && chown(&path, owner, None).is_err() {
        skipped("only root can give a directory to somebody else");
        return None;
    }
    Some(path)
}

/// Asserts that a run with this directory in both variables has its agent elsewhere.
#[track_caller]
fn is_not_used(caller: &Caller<'_>, directory: &Path) {
    let mut mssh = caller.command("mssh");
    mssh.env("XDG_RUNTIME_DIR", directory);
    has_its_agent_below(mssh.env("TMPDIR", directory), Path::new("/dev/shm"));
    assert!(files_below(directory).is_empty());
}

#[test]
fn a_directory_that_others_can_write_to_is_not_used() {
    for mode in [0o777, 0o770, 0o702] {
        let caller = caller();
        let directory = directory(&caller, mode, None).expect("a directory");
        is_not_used(&caller, &directory);
    }
}

#[test]
fn a_directory_of_another_user_is_not_used() {
    for mode in [0o700, 0o755, 0o777, 0o1777] {
        let caller = caller();
        if let Some(directory) = directory(&caller, mode, Some(OTHER_USER)) {
            is_not_used(&caller, &directory);
        }
    }
}

/// As in `/tmp`, users cannot rename or delete files of others.
#[test]
fn a_sticky_directory_of_the_user_is_used() {
    let caller = caller();
    let directory = directory(&caller, 0o1777, None).expect("a directory");
    let mut mssh = caller.command("mssh");
    has_its_agent_below(mssh.env("XDG_RUNTIME_DIR", &directory), &directory);
}

/// The path passed to ssh has no link that others could change.
#[test]
fn a_link_is_resolved_once() {
    let caller = caller();
    let target = directory(&caller, 0o700, None).expect("a directory");
    let link = caller.run_dir().join("link");
    std::os::unix::fs::symlink(&target, &link).expect("a link");
    let mut mssh = caller.command("mssh");
    has_its_agent_below(mssh.env("XDG_RUNTIME_DIR", &link), &target);
}

#[test]
fn without_a_suitable_directory_no_login_begins_and_all_are_listed() {
    let caller = caller();
    let line = "mount -t tmpfs -o mode=777 none /dev/shm && mount -t tmpfs -o mode=777 none /tmp \
                && exec \"$@\"";
    let mut mssh = caller.command("unshare");
    mssh.args(["--mount", "sh", "-c", line, "sh"]);
    // By its own path, since the lab is below a directory that is hidden.
    mssh.arg(env!("CARGO_BIN_EXE_mssh")).arg(WEB1);
    mssh.env_remove("XDG_RUNTIME_DIR").env("TMPDIR", "/tmp");
    mssh.env_remove("LD_PRELOAD").args(["-F", "none"]);
    let outcome = finish(&mut mssh);
    if outcome.stderr.contains("unshare") {
        return skipped("no mount namespace is to be had");
    }
    let said = "mssh: error: no directory for the socket of an ssh agent (/dev/shm: others can write in /dev/shm; \
                /tmp: others can write in /tmp)";
    let hint = "mssh: hint: make one of them writable, or set TMPDIR to a writable directory";
    outcome.fails(255, &[said, hint]);
}

#[test]
fn a_directory_for_sockets_that_others_could_move_is_rejected() {
    let user = SshUser::with("");
    // Its path is short: a socket has to fit.
    let above = tempfile::tempdir().expect("a directory");
    let above = above.path();
    set_mode(above, 0o777);
    let path = above.join("agents").display().to_string();
    let said = format!(
        "mssh: error: cannot have the socket of an ssh agent in {path}: others can write in {}",
        above.display()
    );
    let hint = "mssh: hint: name another with --agent-dir in `mssh --ssh-config --install`";
    let proxy = ["--proxy", "--agent-dir", &path, WEB1, "22", "ec2-user"];
    let setup = ["--ssh-config", "--agent-dir", &path];
    for words in [&proxy[..], &setup] {
        user.run("mssh", words).fails(255, &[&said, hint]);
        // The same if it exists already.
        let _ = DirBuilder::new().mode(0o700).create(&path);
    }
    assert!(files_below(above).is_empty());
}
