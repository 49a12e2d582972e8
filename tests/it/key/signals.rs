//! An agent cleans up on every fatal signal but SIGKILL.

use std::process::Command;

use rustix::process::Pid;

use crate::sandbox::{Login, PATIENCE, caller, eventually, leaves_nothing, process};

/// Signals that stop or continue a process, or are ignored by default.
const HARMLESS: [i32; 8] = [17, 18, 19, 20, 21, 22, 23, 28];

/// All that end a process by default, including the first and the last real-time signal.
fn fatal() -> impl Iterator<Item = i32> {
    let named = (1..=31).filter(|it| *it != 9 && !HARMLESS.contains(it));
    named.chain([34, 64])
}

/// kill(1) takes numbers that have no name in the library.
#[track_caller]
fn signal(pid: Pid, number: i32) {
    let line = format!("kill -{number} {}", pid.as_raw_nonzero());
    let status = Command::new("bash").args(["-c", &line]).status();
    assert!(status.is_ok_and(|it| it.success()), "{line}");
}

#[test]
#[cfg(target_os = "linux")]
fn an_agent_removes_its_socket_before_a_signal_ends_it() {
    for number in fatal() {
        let caller = caller();
        let mut session = Login::of(&caller);
        let socket = session.socket();
        signal(session.agent().pid(), number);
        let gone = eventually(PATIENCE, || !socket.exists());
        assert!(gone, "after signal {number} there is {}", socket.display());
        leaves_nothing(&caller);
        assert!(session.answers(), "signal {number}");
        assert_eq!(session.end().code, Some(0));
    }
}

#[test]
fn a_harmless_signal_does_not_end_an_agent() {
    let caller = caller();
    let mut session = Login::of(&caller);
    let agent = session.agent().pid();
    for number in HARMLESS {
        signal(agent, number);
    }
    signal(agent, 18);
    let awake = || process(agent).state == "S";
    assert!(eventually(PATIENCE, awake), "{:?}", process(agent));
    assert_eq!(session.agent().pid(), agent);
    assert_eq!(session.end().code, Some(0));
    leaves_nothing(&caller);
}
