//! mssh and its agent leave no core dump: it would contain the key and AWS credentials.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use rustix::process::{Signal, kill_process};

use super::cleanup::hanging;
use crate::lab::instances::WEB1;
use crate::lab::{Caller, DESCRIBE_INSTANCES};
use crate::sandbox::{Login, PATIENCE, caller, eventually, leaves_nothing, pid_of, skipped};

/// A shell without a limit on cores, in a directory of its own, that then execs this.
fn with_cores(caller: &Caller<'_>, line: &str) -> Command {
    let mut bash = caller.command("bash");
    let line = format!("ulimit -c unlimited && {line}");
    bash.args(["-c", &line, "bash"])
        .current_dir(caller.run_dir());
    bash
}

/// Whether a process killed by SIGABRT leaves a core on this machine.
fn there_are_cores(caller: &Caller<'_>) -> bool {
    let mut shell = with_cores(caller, "kill -ABRT $$");
    let status = shell.stderr(Stdio::null()).status();
    let dumped = status.is_ok_and(|it| it.core_dumped());
    remove_cores(caller.run_dir());
    if !dumped {
        skipped("no process leaves a core here: ulimit -c, or a file system that is full");
    }
    dumped
}

/// Returns how many there were.
fn remove_cores(directory: &Path) -> usize {
    let entries = fs::read_dir(directory).expect("a directory").flatten();
    let cores = entries.filter(|it| it.file_name().to_string_lossy().starts_with("core"));
    cores
        .filter(|it| fs::remove_file(it.path()).is_ok())
        .count()
}

#[track_caller]
fn leaves_no_core(caller: &Caller<'_>, status: ExitStatus, signal: Signal) {
    assert_eq!(status.signal(), Some(signal.as_raw()), "{status:?}");
    assert!(!status.core_dumped(), "{status:?}");
    assert_eq!(remove_cores(caller.run_dir()), 0);
}

#[test]
fn mssh_leaves_no_core_whatever_signal_kills_it() {
    for signal in [Signal::QUIT, Signal::ABORT, Signal::TRAP, Signal::SYS] {
        let caller = caller();
        if !there_are_cores(&caller) {
            return;
        }
        let mut bash = with_cores(&caller, "exec mssh 127.0.0.11");
        let mut mssh = hanging(&mut bash, &caller, DESCRIBE_INSTANCES);
        kill_process(pid_of(&mssh), signal).expect("a process of ours");
        let status = mssh.wait().expect("a child");
        leaves_no_core(&caller, status, signal);
        leaves_nothing(&caller);
    }
}

#[test]
fn the_agent_leaves_no_core_whatever_signal_ends_it() {
    for signal in [Signal::QUIT, Signal::ABORT, Signal::SEGV] {
        let caller = caller();
        if !there_are_cores(&caller) {
            return;
        }
        let line = format!("exec mssh {WEB1} \"$@\"");
        let mut session = Login::open(&mut with_cores(&caller, &line));
        kill_process(session.agent().pid(), signal).expect("an agent");
        session.end();
        leaves_nothing(&caller);
    }
}

/// With --listen there is a signal handler, and mssh ends in another way.
#[test]
fn mssh_listen_leaves_no_core() {
    let caller = caller();
    if !there_are_cores(&caller) {
        return;
    }
    let line = format!("exec mssh --listen 0 {WEB1}");
    let mut bash = with_cores(&caller, &line);
    let mut mssh = bash.stderr(Stdio::null()).spawn().expect("bash");
    let has_called = || !caller.calls_of(DESCRIBE_INSTANCES).is_empty();
    assert!(eventually(PATIENCE, has_called));
    std::thread::sleep(std::time::Duration::from_millis(300));
    kill_process(pid_of(&mssh), Signal::ABORT).expect("a process of ours");
    let status = mssh.wait().expect("a child");
    leaves_no_core(&caller, status, Signal::ABORT);
}

/// The user's limit applies to ssh, as without mssh.
#[test]
fn ssh_keeps_the_core_limit_and_may_leave_one() {
    for limit in ["0", "4096", "unlimited"] {
        let caller = caller();
        let mut bash = caller.command("bash");
        let line = format!("ulimit -c {limit}; exec mssh {WEB1} \"$@\"");
        let session = Login::open(bash.args(["-c", &line, "bash"]));
        let file = format!("/proc/{}/limits", session.pid().as_raw_nonzero());
        let limits = fs::read_to_string(file).expect("its limits");
        let line = limits
            .lines()
            .find(|it| it.starts_with("Max core file size"));
        let words: Vec<_> = line.expect("a limit").split_whitespace().collect();
        // In kilobytes.
        let bytes = limit.parse::<u64>().map(|it| (it * 1024).to_string());
        let wanted = bytes.unwrap_or_else(|_| limit.to_owned());
        assert_eq!(words[4], wanted, "{words:?}");
    }
    let caller = caller();
    if !there_are_cores(&caller) {
        return;
    }
    let line = format!("exec mssh {WEB1} \"echo ready; cat\"");
    let mut bash = with_cores(&caller, &line);
    let mut session = bash
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash");
    let mut ready = [0; 6];
    let stdout = session.stdout.as_mut().expect("a pipe");
    std::io::Read::read_exact(stdout, &mut ready).expect("a login");
    kill_process(pid_of(&session), Signal::ABORT).expect("a process of ours");
    let status = session.wait().expect("a child");
    assert!(status.core_dumped(), "{status:?}");
    assert_eq!(remove_cores(caller.run_dir()), 1);
    leaves_nothing(&caller);
}
