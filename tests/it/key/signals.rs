//! Every signal but SIGKILL has a keeper clean up before it goes.

use std::process::Command;

use rustix::process::Pid;

use crate::lab::instances::WEB1;
use crate::sandbox::{
    Login, PATIENCE, SshUser, caller, eventually, keepers_below, leaves_nothing, process,
};

/// Those that stop a process or have it go on, and those that do nothing to it.
const HARMLESS: [i32; 8] = [17, 18, 19, 20, 21, 22, 23, 28];

/// All that would end a process, the first and the last real-time signal among them.
fn fatal() -> impl Iterator<Item = i32> {
    let named = (1..=31).filter(|it| *it != 9 && !HARMLESS.contains(it));
    named.chain([34, 64])
}

/// kill(1) knows numbers that the library has no name for.
#[track_caller]
fn signal(pid: Pid, number: i32) {
    let line = format!("kill -{number} {}", pid.as_raw_nonzero());
    let status = Command::new("bash").args(["-c", &line]).status();
    assert!(status.is_ok_and(|it| it.success()), "{line}");
}

#[test]
#[cfg(target_os = "linux")]
fn every_signal_that_ends_a_keeper_has_it_remove_the_key_first() {
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
fn a_signal_that_ends_nobody_does_not_end_a_keeper() {
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

/// A keeper for each time that ssh_config's condition is tried, and one for the proxy.
#[test]
fn every_signal_that_ends_the_keepers_of_plain_ssh_has_the_last_remove_the_key() {
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
