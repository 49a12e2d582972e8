//! Errors of this machine and of the calling process.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::lab::instances::WEB1;
use crate::sandbox::{caller, finish, lab, no_key_is_left, skipped};

#[test]
fn a_missing_client_gives_the_exit_status_of_a_shell() {
    let caller = caller();
    let bins = Path::new(env!("CARGO_BIN_EXE_mssh"))
        .parent()
        .expect("a directory");
    for (program, client) in [("mssh", "ssh"), ("msftp", "sftp"), ("mscp", "scp")] {
        let mut command = caller.command(bins.join(program));
        command.env("PATH", lab().path().join("nothing here"));
        let words = if program == "mscp" {
            vec!["a", "i-0face000000000001:"]
        } else {
            vec![WEB1]
        };
        finish(command.args(words)).fails(
            127,
            &[
                &format!("{program}: error: `{client}` not found on PATH"),
                &format!("{program}: hint: install the OpenSSH clients (package openssh-client)"),
            ],
        );
    }
    assert!(caller.calls().is_empty(), "AWS was asked");
}

#[test]
fn a_key_of_the_user_needs_a_public_key() {
    let caller = caller();
    let directory = tempfile::tempdir().expect("a directory");
    let pem = directory.path().join("old.pem");
    fs::write(
        &pem,
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n",
    )
    .expect("written");
    let pem = pem.to_str().expect("a name");
    super::mssh(&caller, &["-i", pem, WEB1]).fails(
        255,
        &[
            &format!("mssh: error: no public key found for {pem}"),
            &format!("mssh: hint: make it with `ssh-keygen -y -f {pem} > {pem}.pub`"),
        ],
    );
    super::mssh(&caller, &["-i", "/nowhere/key", WEB1]).fails(
        255,
        &[
            "mssh: error: cannot read the key /nowhere/key: No such file or directory",
            "mssh: hint: leave out -i to use a key made for this connection only",
        ],
    );
    assert!(caller.calls().is_empty(), "AWS was asked");
}

/// Public keys of FIDO tokens.
const FIDO: [(&str, &str); 2] = [
    (
        "sk-ssh-ed25519@openssh.com",
        "AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\
         AAAABHNzaDo=",
    ),
    (
        "sk-ecdsa-sha2-nistp256@openssh.com",
        "AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBGsX0fLhLEJH+Lzm\
         5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfUAAAAEc3NoOg==",
    ),
];

/// The EC2 Instance Connect scripts on an instance skip keys that do not begin with `ssh`.
#[test]
fn a_key_type_that_instances_skip_is_rejected_before_any_call() {
    let caller = caller();
    let directory = tempfile::tempdir().expect("a directory");
    let refused = |key: &Path, kind: &str| {
        let key = key.to_str().expect("a name");
        let what = format!("mssh: error: EC2 Instance Connect does not accept {kind} keys: {key}");
        let hint = "mssh: hint: instances ignore keys whose line does not start with `ssh`: name \
                    an ed25519 or RSA key, or leave out -i to use a key made for this connection \
                    only";
        super::mssh(&caller, &["-i", key, WEB1]).fails(255, &[&what, hint]);
    };
    for (kind, public) in FIDO {
        let key = directory.path().join(kind);
        let beside = directory.path().join(format!("{kind}.pub"));
        fs::write(beside, format!("{kind} {public} of a token\n")).expect("written");
        refused(&key, kind);
    }
    // The public key in a file beside the private one, inside it (encrypted or not), and derived
    // from another format.
    for (bits, words) in [
        ("256", &["-N", ""][..]),
        ("384", &["-N", "a passphrase"]),
        ("521", &["-N", "", "-m", "PEM"]),
    ] {
        let key = directory.path().join(bits);
        let mut keygen = caller.command("ssh-keygen");
        keygen.args(["-q", "-t", "ecdsa", "-b", bits]).args(words);
        finish(keygen.arg("-f").arg(&key)).prints("");
        let kind = format!("ecdsa-sha2-nistp{bits}");
        refused(&key, &kind);
        fs::remove_file(key.with_extension("pub")).expect("a public half");
        refused(&key, &kind);
    }
    assert!(caller.calls().is_empty(), "AWS was asked");
}

/// Runs `mssh` with `/dev/shm` as a tmpfs with these options. `None` if that is not allowed.
fn with_memory(mount_options: &str) -> Option<crate::sandbox::Outcome> {
    let unshare = ["--mount", "--map-root-user"];
    let possible = Command::new("unshare").args(unshare).arg("true").status();
    if !possible.is_ok_and(|status| status.success()) {
        skipped("unshare(1) is not allowed here, so /dev/shm cannot be replaced");
        return None;
    }
    let caller = caller();
    let script = format!(
        "mount -t tmpfs -o {mount_options} tmpfs /dev/shm && XDG_RUNTIME_DIR= TMPDIR=/proc exec mssh {WEB1}"
    );
    let mut command = caller.command("unshare");
    let outcome = finish(command.args(unshare).args(["sh", "-c", &script]));
    assert!(no_key_is_left(&caller));
    Some(outcome)
}

#[test]
fn without_a_directory_for_the_key_the_error_lists_those_tried() {
    let Some(outcome) = with_memory("ro") else {
        return;
    };
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(255), ""));
    assert!(
        lines[0]
            .starts_with("mssh: error: no directory for the socket of an ssh agent (/dev/shm: "),
        "{lines:?}"
    );
    assert!(lines[0].contains("Read-only file system"), "{lines:?}");
    assert!(lines[0].contains("; /proc: "), "{lines:?}");
    assert_eq!(
        lines[1..],
        ["mssh: hint: make one of them writable, or set TMPDIR to a writable directory"]
    );
}

#[test]
fn a_full_disk_is_reported() {
    // Two inodes: the root directory of the file system, and the agent's directory.
    let Some(outcome) = with_memory("nr_inodes=2") else {
        return;
    };
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(255), ""));
    assert!(
        lines[0].starts_with("mssh: error: cannot make /dev/shm/mssh-"),
        "{lines:?}"
    );
    assert!(lines[0].contains("No space left on device"), "{lines:?}");
    assert_eq!(
        lines[1..],
        ["mssh: hint: free some space there, or set XDG_RUNTIME_DIR to another directory"]
    );
}

#[test]
fn mssh_works_with_sigchld_ignored() {
    let caller = caller();
    let script = "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); \
                os.execvp('mssh', ['mssh'] + sys.argv[1:])";
    let mut command = caller.command("python3");
    finish(command.args(["-c", script, WEB1, "echo in"])).prints("in\n");
}

#[test]
fn a_killed_run_leaves_nothing_in_any_mode() {
    use crate::lab::{Fault, Trouble};
    let caller = caller();
    caller.fault(Fault::new(Trouble::Hang));
    for words in [&["--dry-run"][..], &["-O", "check", "-S", "none"]] {
        for signal in ["INT", "TERM", "HUP", "KILL"] {
            let mut command = caller.command("timeout");
            let limit = ["--foreground", "-s", signal, "1", "mssh"];
            finish(command.args(limit).args(words).arg(WEB1));
            assert!(no_key_is_left(&caller), "{words:?} {signal}");
        }
    }
}
