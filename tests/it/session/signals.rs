//! Signals and job control reach ssh only: there is no other process.

use std::fs;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::lab::instances::WEB1;
use crate::lab::{Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{
    Login, PATIENCE, Pty, bash, caller, eventually, leaves_nothing, outcome, pid_of, plain_ssh,
    process,
};

/// Whether a process ignores this signal.
fn ignores(pid: Pid, signal: Signal) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero()));
    let status = status.expect("a process");
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.expect("a signal mask") >> (signal.as_raw() - 1) & 1 == 1
}

#[test]
fn a_signal_to_the_session_ends_it_as_it_ends_ssh() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP, Signal::KILL] {
        let caller = caller();
        let mut ours = Login::of(&caller);
        let mut plain = Login::open(&mut plain_ssh(&caller));
        ours.signal(signal);
        plain.signal(signal);
        let (ours, plain) = (ours.end(), plain.end());
        assert_eq!(
            (ours.code, ours.signal),
            (plain.code, plain.signal),
            "{signal:?}"
        );
        assert_eq!(ours.stderr, plain.stderr);
        leaves_nothing(&caller);
    }
}

#[test]
fn an_ignored_hangup_stays_ignored() {
    let caller = caller();
    let line = format!("trap '' HUP; exec mssh {WEB1} \"$@\"");
    let mut session = Login::open(bash(&caller, &line).arg("bash"));
    assert!(ignores(session.pid(), Signal::HUP));
    session.signal(Signal::HUP);
    assert!(session.answers());
    assert_eq!(session.end().code, Some(0));
    leaves_nothing(&caller);
}

#[test]
fn an_ignored_hangup_is_ignored_while_aws_is_slow_too() {
    let caller = caller();
    let slow = Trouble::Latency(std::time::Duration::from_secs(2));
    caller.fault(Fault::new(slow).on(SEND_SSH_PUBLIC_KEY));
    let line = format!("trap '' HUP; exec mssh {WEB1} echo hi");
    let mut mssh = bash(&caller, &line);
    let (out, err) = (Stdio::piped(), Stdio::piped());
    let child = mssh.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
    let child = child.expect("bash starts");
    let has_called = || !caller.calls_of(SEND_SSH_PUBLIC_KEY).is_empty();
    assert!(eventually(PATIENCE, has_called), "no push begins");
    kill_process(pid_of(&child), Signal::HUP).expect("a process of ours");
    outcome(child).prints("hi\n");
}

#[test]
fn signals_that_were_not_ignored_reach_ssh() {
    let caller = caller();
    let ours = Login::of(&caller);
    let plain = Login::open(&mut plain_ssh(&caller));
    for signal in [
        Signal::HUP,
        Signal::INT,
        Signal::TERM,
        Signal::PIPE,
        Signal::CHILD,
    ] {
        let both = [&ours, &plain].map(|it| ignores(it.pid(), signal));
        assert_eq!(both[0], both[1], "{signal:?}");
    }
}

#[test]
fn a_stopped_session_continues() {
    let caller = caller();
    let mut session = Login::of(&caller);
    session.signal(Signal::STOP);
    let stopped = || process(session.pid()).state == "T";
    assert!(eventually(PATIENCE, stopped));
    session.signal(Signal::CONT);
    assert!(session.answers());
    assert_eq!(session.end().code, Some(0));
}

#[test]
fn ctrl_z_while_aws_is_slow_stops_mssh_and_fg_continues_it() {
    let caller = caller();
    let slow = Trouble::Latency(std::time::Duration::from_secs(2));
    caller.fault(Fault::new(slow).on(SEND_SSH_PUBLIC_KEY));
    let line = format!("set -m; mssh {WEB1} 'echo ready'; echo left=$?; fg");
    let mut terminal = Pty::open(&caller, &line);
    let has_called = || !caller.calls_of(SEND_SSH_PUBLIC_KEY).is_empty();
    assert!(eventually(PATIENCE, has_called), "no push begins");
    terminal.types("\x1a");
    terminal.shows("left=148");
    terminal.shows("ready");
    assert_eq!(terminal.end(), Some(0));
    leaves_nothing(&caller);
}

#[test]
fn the_escape_of_ssh_suspends_the_session_and_fg_continues_it() {
    let caller = caller();
    let line = format!("set -m; mssh -t {WEB1} 'echo ready; cat; exit 6'; echo left=$?; fg");
    let mut terminal = Pty::open(&caller, &line);
    terminal.shows("ready");
    terminal.types("\n~\x1a");
    terminal.shows("left=148");
    terminal.types("on again\n");
    terminal.shows("on again\r\non again");
    terminal.types("\x04");
    assert_eq!(terminal.end(), Some(6));
    leaves_nothing(&caller);
}

#[test]
fn the_escape_of_ssh_ends_the_session() {
    let caller = caller();
    let line = format!("mssh -t {WEB1} 'echo ready; cat'");
    let mut terminal = Pty::open(&caller, &line);
    terminal.shows("ready");
    terminal.types("\n~.");
    assert_eq!(terminal.end(), Some(255));
    leaves_nothing(&caller);
}

#[test]
fn ctrl_c_in_a_terminal_is_sent_to_the_instance() {
    let caller = caller();
    let command = "trap \"echo caught; exit 8\" INT; echo ready; sleep 60";
    let mut terminal = Pty::open(&caller, &format!("mssh -t {WEB1} '{command}'"));
    terminal.shows("ready");
    terminal.types("\x03");
    terminal.shows("caught");
    assert_eq!(terminal.end(), Some(8));
}

/// rsync and scripts signal the whole process group.
#[test]
fn a_signal_to_the_process_group_reaches_ssh_only() {
    use std::os::unix::process::CommandExt;
    let caller = caller();
    let mut session = Login::open(caller.command("mssh").arg(WEB1).process_group(0));
    let agent = session.agent();
    kill_process_group(session.pid(), Signal::TERM).expect("a group of ours");
    assert_ne!(agent.group, session.pid().as_raw_nonzero().get());
    assert_ne!(session.end().code, Some(0));
    leaves_nothing(&caller);
}
