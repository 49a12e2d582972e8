//! `mscp --each`: one copy to or from each of several instances.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Signal, kill_process};

use super::sorted;
use crate::lab::Caller;
use crate::lab::instances::{STOPPED, WEB1, WEB2};
use crate::sandbox::{
    Outcome, PATIENCE, caller, eventually, finish, leaves_nothing, outcome, pid_of, pushes,
};

/// mscp with `--each` and these words, in this directory.
fn mscp(caller: &Caller<'_>, dir: &Path, words: &[&str]) -> Command {
    let mut mscp = caller.command("mscp");
    mscp.current_dir(dir).arg("--each").args(words);
    mscp
}

fn copy(caller: &Caller<'_>, dir: &Path, words: &[&str]) -> Outcome {
    finish(&mut mscp(caller, dir, words))
}

fn last_line(outcome: &Outcome) -> Option<&str> {
    outcome.stderr.lines().last()
}

#[test]
fn a_file_goes_to_each() {
    let caller = caller();
    let base = tempfile::tempdir().expect("a directory");
    for name in ["one", "two"] {
        fs::write(base.path().join(name), name).expect("written");
    }
    let there = base.path().join("there,too");
    fs::create_dir(&there).expect("made");
    let to = format!("web?,ec2-user@{WEB1}:{}", there.display());
    let outcome = copy(&caller, base.path(), &["one", "two", &to]);
    assert_eq!(outcome.stderr, "mscp: 2 ok\n", "{outcome:?}");
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", Some(0)));
    for name in ["one", "two"] {
        let copied = fs::read_to_string(there.join(name)).expect(name);
        assert_eq!(copied, name);
    }
    assert_eq!(pushes(&caller).len(), 2);
    leaves_nothing(&caller);
}

#[test]
fn files_of_each_come_into_a_directory_of_its_own() {
    let caller = caller();
    let base = tempfile::tempdir().expect("a directory");
    let log = base.path().join("log");
    fs::write(&log, "text").expect("written");
    let from = format!("web1,{WEB2},stopped:{}", log.display());
    let outcome = copy(&caller, base.path(), &[&from, "a/logs"]);
    let summary = Some("mscp: 2 ok, 1 unreachable");
    assert_eq!(last_line(&outcome), summary, "{outcome:?}");
    assert_eq!(outcome.code, Some(255));
    let reason = format!("mscp: stopped unreachable: instance {STOPPED} is stopped\n");
    assert!(outcome.stderr.contains(&reason), "{outcome:?}");
    let logs = base.path().join("a/logs");
    for name in [format!("web1-{WEB1}"), format!("web2-{WEB2}")] {
        let copied = fs::read_to_string(logs.join(&name).join("log"));
        assert_eq!(copied.expect(&name), "text");
    }
    let logins = pushes(&caller).len();
    let again = copy(&caller, base.path(), &[&from, "a/logs"]);
    let error = format!("mscp: error: a/logs/stopped-{STOPPED} is there already");
    again.fails(
        255,
        &[&error, "mscp: hint: remove it, or name another directory"],
    );
    assert_eq!(pushes(&caller).len(), logins);
    leaves_nothing(&caller);
}

#[test]
fn a_dry_run_shows_each_copy_and_makes_no_directory() {
    let caller = caller();
    let base = tempfile::tempdir().expect("a directory");
    let words = ["--dry-run", "web1,web2:/etc/hostname", "logs"];
    let outcome = copy(&caller, base.path(), &words);
    assert_eq!(outcome.stderr, "mscp: 2 ok\n", "{outcome:?}");
    let lines = sorted(&outcome.stdout);
    for (line, (name, id)) in lines.iter().zip([("web1", WEB1), ("web2", WEB2)]) {
        assert!(line.starts_with(&format!("{name} | scp ")), "{outcome:?}");
        assert!(line.ends_with(&format!(" logs/{name}-{id}/")), "{line}");
    }
    assert_eq!(lines.len(), 2);
    assert!(!base.path().join("logs").exists());
    assert!(pushes(&caller).is_empty());
}

#[test]
fn what_fails_is_told_behind_its_name() {
    let caller = caller();
    let base = tempfile::tempdir().expect("a directory");
    let outcome = copy(&caller, base.path(), &["missing", "web1,web2:/tmp"]);
    // Which one scp has depends on its release.
    assert!(matches!(outcome.code, Some(1 | 255)), "{outcome:?}");
    assert_eq!(
        last_line(&outcome),
        Some("mscp: 0 ok, 2 failed"),
        "{outcome:?}"
    );
    let told = outcome.stderr.lines().filter(|line| {
        line.starts_with("web1 | ") && line.ends_with(": No such file or directory")
    });
    assert_eq!(told.count(), 1, "{outcome:?}");

    let outcome = copy(&caller, base.path(), &["a", "web1:x", "web2:x"]);
    outcome.fails(
        255,
        &[
            "mscp: error: mscp --each needs files and one list of targets",
            "mscp: hint: write `mscp --each FILE... TARGET,TARGET:PATH`, or `mscp --each \
             TARGET,TARGET:PATH DIR`",
        ],
    );
    let mut msftp = caller.command("msftp");
    finish(msftp.args(["--each", "web1"])).fails(
        255,
        &[
            "msftp: error: only mssh and mscp have --each",
            "msftp: hint: use `mscp --each`",
        ],
    );
    let outcome = copy(&caller, base.path(), &["--stdin", "a", "web1:"]);
    outcome.fails(
        255,
        &[
            "mscp: error: only mssh has --stdin",
            "mscp: hint: use `mssh --stdin`",
        ],
    );
}

#[test]
fn a_signal_ends_all_copies() {
    let caller = caller();
    let base = tempfile::tempdir().expect("a directory");
    fs::write(base.path().join("large"), vec![0; 1 << 20]).expect("written");
    let to = format!("web1,web2,twin:{}/copy", base.path().display());
    // 8 Kbit/s: it would take a quarter of an hour.
    let words = ["--jobs", "2", "-l", "8", "large", &to];
    let mut mscp = mscp(&caller, base.path(), &words);
    let mscp = mscp
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = mscp.spawn().expect("mscp starts");
    let both_run = || pushes(&caller).len() == 2 && base.path().join("copy").exists();
    assert!(eventually(PATIENCE, both_run), "{:?}", pushes(&caller));
    kill_process(pid_of(&child), Signal::TERM).expect("a process of ours");
    let outcome = outcome(child);
    assert_eq!(outcome.code, Some(143), "{outcome:?}");
    let summary = Some("mscp: 0 ok, 2 stopped, 2 not begun");
    assert_eq!(last_line(&outcome), summary, "{outcome:?}");
    leaves_nothing(&caller);
}
