//! A keeper cleans up on every fatal signal but SIGKILL.

use std::process::Command;

use rustix::process::Pid;

use crate::lab::instances::WEB1;
use crate::sandbox::{
    Login, PATIENCE, SshUser, caller, eventually, keepers_below, leaves_nothing, process,
};

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
fn a_keeper_removes_the_key_before_a_signal_ends_it() {
    for number in fatal() {
        let caller = caller();
        let mut session = Login::of(&caller);
        let key = session.key();
        signal(session.keeper().pid(), number);
        let gone = eventually(PATIENCE, || !key.exists());
        assert!(gone, "after signal {number} there is {}", key.display());
        leaves_nothing(&caller);
        assert!(session.answers(), "signal {number}");
        assert_eq!(session.end().code, Some(0));
    }
}

#[test]
fn a_harmless_signal_does_not_end_a_keeper() {
    let caller = caller();
    let mut session = Login::of(&caller);
    let keeper = session.keeper().pid();
    for number in HARMLESS {
        signal(keeper, number);
    }
    signal(keeper, 18);
    let awake = || process(keeper).state == "S";
    assert!(eventually(PATIENCE, awake), "{:?}", process(keeper));
    assert!(session.key().exists());
    assert_eq!(session.end().code, Some(0));
    leaves_nothing(&caller);
}

/// There is a keeper for each evaluation of the condition in ssh_config, and one for the proxy.
#[test]
fn the_last_keeper_of_plain_ssh_removes_the_key_before_a_signal_ends_it() {
    let user = SshUser::installed("", &[]);
    for number in [1, 2, 3, 6, 11, 13, 15, 34] {
        let mut session = Login::open(user.command("ssh").arg(WEB1));
        let keepers = keepers_below(user.caller.run_dir());
        assert!(keepers.len() >= 2, "{keepers:?}");
        for keeper in keepers {
            signal(keeper.pid(), number);
        }
        leaves_nothing(&user.caller);
        assert!(session.answers(), "signal {number}");
        assert_eq!(session.end().code, Some(0));
    }
}
