//! Serial consoles have masters of their own.

use super::Sockets;
use crate::lab::instances::{CONSOLE_ONLY, NEW_REGION, WEB1};
use crate::lab::{Caller, SEND_CONSOLE_KEY};
use crate::sandbox::{caller, finish_with, look_ups, run};

/// Logs in at the console of [`CONSOLE_ONLY`]. Returns the numbers of look-ups and pushes.
#[track_caller]
fn gets_in(caller: &Caller<'_>, words: &[&str]) -> [usize; 2] {
    let calls = || [look_ups(caller), caller.calls_of(SEND_CONSOLE_KEY).len()];
    let before = calls();
    let mut mssh = caller.command("mssh");
    mssh.args(["--serial", "-r", NEW_REGION, "-T", CONSOLE_ONLY])
        .args(words);
    let outcome = finish_with(&mut mssh, b"echo in\n");
    assert_eq!(
        (outcome.stdout.as_str(), outcome.code),
        ("in\n", Some(0)),
        "{outcome:?}"
    );
    let after = calls();
    [after[0] - before[0], after[1] - before[1]]
}

#[test]
fn later_sessions_use_the_master_of_the_console_without_a_call() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("%C");
    let auto = ["-S", &path, "-oControlMaster=auto", "-oControlPersist=60"];
    assert_eq!(gets_in(&caller, &auto), [1, 1]);
    assert_eq!(gets_in(&caller, &auto), [0, 0]);
    for (asked, told) in [("check", "Master running"), ("exit", "Exit request sent.")] {
        let words = [
            "--serial",
            "-r",
            NEW_REGION,
            "-S",
            &path,
            "-O",
            asked,
            CONSOLE_ONLY,
        ];
        let outcome = run(&caller, "mssh", words);
        assert!(outcome.stderr.starts_with(told), "{outcome:?}");
    }
    assert_eq!(look_ups(&caller), 1);
}

#[test]
fn a_master_of_the_instance_is_not_used_for_its_console() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("socket");
    sockets.master(&["-S", &path, WEB1]);
    let file = sockets.config(&format!("Host i-*\n  ControlPath {path}"));
    super::gets_in(&caller, &["-F", &file, WEB1], [0, 0]);
    assert_eq!(gets_in(&caller, &["-F", &file]), [1, 1]);
}
