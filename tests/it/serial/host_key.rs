//! The host key of a console. The lab's console cannot have AWS's host key, so it is rejected. With
//! its own fingerprint in place of AWS's, and the rest of the command line unchanged, it is
//! accepted.

use std::fs;

use super::{TRUSTING, consoles, got_in, types};
use crate::lab::Caller;
use crate::lab::instances::WEB1;
use crate::sandbox::{Pty, caller, copy_program, finish_with, lab, no_key_is_left, run};

/// The fingerprint that AWS publishes for us-east-1.
const PUBLISHED: &str = "SHA256:dXwn5ma/xadVMeBZGEru5l2gx+yI5LDiJaLUcz0FMmw";

const HOST: &str = "serial-console.ec2-instance-connect.us-east-1.aws";

/// The fingerprint of the lab's console.
fn shown() -> String {
    let file = lab().console_key().with_extension("pub");
    let file = file.to_str().expect("a name");
    let told = run(&caller(), "ssh-keygen", ["-l", "-E", "sha256", "-f", file]);
    let mut words = told.stdout.split_whitespace();
    words.nth(1).expect("a fingerprint").to_owned()
}

/// The message about a host key other than the published one.
fn message() -> Vec<String> {
    vec![
        format!(
            "mssh: error: {} is not the host key that AWS publishes for this serial console",
            shown()
        ),
        "mssh: hint: someone may be intercepting the connection; if AWS has announced a new key, \
         connect once with `-o StrictHostKeyChecking=ask`"
            .to_owned(),
    ]
}

#[test]
fn a_host_key_other_than_the_published_one_is_rejected() {
    let known = lab().home().join(".ssh/known_hosts");
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("config");
    let text = format!(
        "Host *\n  StrictHostKeyChecking no\n  UserKnownHostsFile {known}\n  \
         GlobalKnownHostsFile {known}\n  VerifyHostKeyDNS yes\n  CheckHostIP yes\n  \
         NoHostAuthenticationForLocalhost yes\n  Port {port}\n",
        known = known.display(),
        port = lab().port()
    );
    fs::write(&file, text).expect("written");
    let file = file.to_str().expect("a name");
    let before = fs::read(&known).expect("a file");
    for words in [
        &["--serial", "-T", WEB1][..],
        &["--serial", "-F", file, "-T", WEB1],
    ] {
        let caller = caller();
        let outcome = types(&caller, "mssh", words);
        let host = match lab().port() {
            22 => HOST.to_owned(),
            port => format!("[{HOST}]:{port}"),
        };
        let mut lines = message();
        lines.push(format!(
            "No ED25519 host key is known for {host} and you have requested strict checking."
        ));
        lines.push("Host key verification failed.".to_owned());
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        outcome.fails(255, &lines);
        assert_eq!(consoles(&caller), [WEB1]);
    }
    assert_eq!(fs::read(&known).expect("a file"), before);
}

#[test]
fn host_key_options_on_the_command_line_win() {
    for words in [
        [&TRUSTING[..], &[WEB1]].concat(),
        [&[WEB1], &TRUSTING[..]].concat(),
        [&TRUSTING[..], &["--", WEB1]].concat(),
    ] {
        let caller = caller();
        let outcome = types(&caller, "mssh", &[&["--serial"], &words[..]].concat());
        got_in(&outcome, WEB1);
        // The connection is accepted with a warning.
        let lines: Vec<&str> = outcome.stderr.lines().collect();
        assert_eq!(lines, message());
    }
}

/// A key of the user, in a directory that is removed when the first value is dropped.
fn own_key(caller: &Caller<'_>) -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().expect("a directory");
    let key = directory.path().join("own");
    let key = key.to_str().expect("a name").to_owned();
    run(
        caller,
        "ssh-keygen",
        ["-q", "-t", "ed25519", "-N", "", "-f", &key],
    )
    .prints("");
    (directory, key)
}

/// Asserts that the command line of this `mssh` accepts the host key by the fingerprint in it.
#[track_caller]
fn lets_in_by_fingerprint(mssh: &str) {
    let caller = caller();
    let (_kept, key) = own_key(&caller);
    let words = ["--serial", "-i", &key, "-T", WEB1];
    // The pushed key stays valid for a minute, however this ends.
    assert_eq!(types(&caller, mssh, &words).code, Some(255));
    let dry = run(&caller, mssh, ["--dry-run"].iter().chain(&words));
    assert_eq!((dry.stderr.as_str(), dry.code), ("", Some(0)));
    assert_eq!(dry.stdout.matches(PUBLISHED).count(), 1, "{}", dry.stdout);
    let line = dry.stdout.replace(PUBLISHED, &shown());
    let mut bash = caller.command("bash");
    let outcome = finish_with(bash.args(["-c", &line]), b"echo in at $USER\n");
    got_in(&outcome, WEB1);
    assert_eq!(outcome.stderr, "");
    assert!(no_key_is_left(&caller));
}

#[test]
fn a_host_key_with_the_published_fingerprint_is_accepted_silently() {
    lets_in_by_fingerprint("mssh");
}

#[test]
fn mssh_may_have_any_path() {
    let directory = tempfile::tempdir().expect("a directory");
    let odd = directory.path().join("a b'c\"d\\e %h ${HOME} $x #f");
    fs::create_dir(&odd).expect("a directory");
    let program = odd.join("mssh");
    copy_program(env!("CARGO_BIN_EXE_mssh"), &program);
    lets_in_by_fingerprint(program.to_str().expect("a name"));
}

#[test]
fn unexpected_arguments_of_known_hosts_command_fail() {
    let caller = caller();
    for words in [&["--host-key"][..], &["--host-key", "SHA256:a", "SHA256:a"]] {
        let outcome = run(&caller, "mssh", words);
        assert_eq!((outcome.stdout.as_str(), outcome.code), ("", Some(1)));
    }
}

#[test]
fn with_strict_host_key_checking_ask_ssh_asks() {
    let caller = caller();
    let line = format!("mssh --serial -o StrictHostKeyChecking=ask {WEB1}");
    let mut pty = Pty::open(&caller, &line);
    pty.shows("Are you sure you want to continue connecting");
    assert!(pty.screen().contains(&message()[0]), "{}", pty.screen());
    pty.types("yes\n");
    pty.shows("Permanently added");
    pty.types("echo at $USER; exit 7\n");
    pty.shows(&format!("at {WEB1}.port0"));
    assert_eq!(pty.end(), Some(7));
    assert!(no_key_is_left(&caller));
}
