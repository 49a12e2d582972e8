//! Real programs with `mssh` as their ssh, and our own `msftp` and `mscp`.
//!
//! - here: shared helpers, and the probes that programs make first
//! - `ansible`: modules, copies, playbooks for ten hosts
//! - `copying`: `scp -S mssh`, `sftp -S mssh`
//! - `files`: `msftp` and `mscp`
//! - `git`: clone, fetch and push
//! - `rsync`: both directions, and options that collided with those of the original
//! - `sessions`: mosh, autossh, `xargs -P 50`, ssh-copy-id
//! - `storage`: tar, borg, rclone, sshfs
//! - `vscode`: a shell that reads a script, and connections through its SOCKS port

mod ansible;
mod copying;
mod files;
mod git;
mod rsync;
mod sessions;
mod storage;
mod vscode;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::lab::instances::WEB1;
use crate::lab::{Caller, DESCRIBE_INSTANCES, SEND_SSH_PUBLIC_KEY};
use crate::sandbox::{Outcome, caller, finish, lab, run};

/// Two directories of a test: a local one, and one that is used through ssh.
struct Places {
    here: PathBuf,
    there: PathBuf,
}

impl Places {
    fn of(caller: &Caller<'_>) -> Self {
        let here = lab().home().join(caller.access_key());
        let there = lab().remote().join(caller.access_key());
        for place in [&here, &there] {
            fs::create_dir_all(place).expect("a directory in the lab");
        }
        Self { here, there }
    }

    /// A remote path: `USER@ID:PATH`.
    fn remote(&self, id: &str, name: &str) -> String {
        format!("{id}:{}", self.there.join(name).display())
    }
}

/// A program run by this caller, in the local directory.
fn program(caller: &Caller<'_>, places: &Places, name: &str) -> Command {
    let there = finish(
        caller
            .command("sh")
            .args(["-c", &format!("command -v {name}")]),
    );
    assert_eq!(there.code, Some(0), "`{name}` is not installed");
    let mut command = caller.command(name);
    command.current_dir(&places.here);
    command
}

/// Asserts that a command succeeds.
#[track_caller]
fn succeeds(command: &mut Command) -> Outcome {
    let outcome = finish(command);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    outcome
}

#[track_caller]
fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
    fs::write(path, text).expect("a file");
}

#[track_caller]
fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

#[track_caller]
fn pushes(caller: &Caller<'_>, count: usize) {
    let calls = caller.calls();
    let pushes = caller.calls_of(SEND_SSH_PUBLIC_KEY).len();
    assert_eq!(pushes, count, "{calls:?}");
}

/// Asserts that this many operations took one look-up and one push each.
#[track_caller]
fn costs(caller: &Caller<'_>, operations: usize) {
    pushes(caller, operations);
    let calls = caller.calls();
    let look_ups = caller.calls_of(DESCRIBE_INSTANCES).len();
    assert_eq!(
        (look_ups, calls.len()),
        (operations, 2 * operations),
        "{calls:?}"
    );
}

/// Names that a shell, ssh or sftp might interpret.
const NAMES: &[&str] = &[
    "a file.txt",
    "it's",
    "say \"hi\"",
    "$(touch PWNED)",
    "`touch PWNED`",
    "a;touch PWNED",
    "back\\slash",
    "star*and?",
    "-dash",
    "grün",
];

/// Git does this to learn whether `-p` works.
#[test]
fn the_probe_with_g_costs_no_call() {
    let caller = caller();
    let words = ["-G", "-o", "SendEnv=GIT_PROTOCOL", "-p", "22", WEB1];
    let ours = run(&caller, "mssh", words);
    let plain = run(&caller, "ssh", words);
    assert_eq!(
        (ours.code, &ours.stdout, &ours.stderr),
        (Some(0), &plain.stdout, &plain.stderr)
    );
    assert!(ours.stdout.contains("\nport 22\n"), "{ours:?}");
    assert_eq!(caller.calls().len(), 0);
}

/// Ansible does this, and takes `Usage:` or `Bad configuration option` for a no.
#[test]
fn the_control_persist_probe_is_not_answered_with_a_usage_error() {
    let caller = caller();
    let outcome = run(&caller, "mssh", ["-o", "ControlPersist"]);
    for no in ["Usage:", "Bad configuration option"] {
        let said = [&outcome.stdout, &outcome.stderr];
        assert!(!said.iter().any(|it| it.contains(no)), "{outcome:?}");
    }
    assert_eq!(caller.calls().len(), 0);
}

/// The arguments of Ansible's ssh connection, with quotes inside a value.
#[test]
fn the_arguments_of_ansible_are_understood() {
    let caller = caller();
    let words = [
        "-C",
        "-o",
        "KbdInteractiveAuthentication=no",
        "-o",
        "PreferredAuthentications=gssapi-with-mic,gssapi-keyex,hostbased,publickey",
        "-o",
        "PasswordAuthentication=no",
        "-o",
        "User=\"ubuntu\"",
        "-o",
        "ConnectTimeout=10",
        WEB1,
        "/bin/sh -c 'echo ~ && sleep 0'",
    ];
    let home = lab().remote().display().to_string();
    run(&caller, "mssh", words).prints(&format!("{home}\n"));
    let pushed = caller.calls_of(SEND_SSH_PUBLIC_KEY);
    assert_eq!(pushed[0].user.as_deref(), Some("ubuntu"));
}

/// The second run uses the master of the first.
#[test]
fn a_master_connection_is_shared_and_exits() {
    let caller = caller();
    let socket = lab().path().join(format!("{}.ctl", caller.access_key()));
    let shared = |words: &[&str]| {
        let mut mssh = caller.command("mssh");
        mssh.args(["-o", "ControlMaster=auto", "-o", "ControlPersist=60s"]);
        mssh.args(["-o", &format!("ControlPath={}", socket.display())])
            .args(words);
        mssh
    };
    // The master stays behind with its outputs, which are none.
    let null = std::process::Stdio::null;
    let mut master = shared(&["-n", WEB1, "true"]);
    let status = master.stdout(null()).stderr(null()).status();
    assert!(status.expect("mssh starts").success());
    crate::sandbox::leaves_nothing(&caller);
    finish(&mut shared(&[WEB1, "echo shared"])).prints("shared\n");
    let before = caller.calls_of(SEND_SSH_PUBLIC_KEY).len();
    let check = succeeds(&mut shared(&["-O", "check", WEB1]));
    assert!(check.stderr.contains("Master running"), "{check:?}");
    succeeds(&mut shared(&["-O", "exit", WEB1]));
    pushes(&caller, before);
}
