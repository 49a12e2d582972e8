//! What ends all logins at once.

use std::process::Stdio;

use rustix::process::{Signal, kill_process};

use super::each;
use crate::sandbox::{
    PATIENCE, caller, eventually, finish, leaves_nothing, outcome, pid_of, pushes,
};

#[test]
fn a_signal_ends_all_logins_and_begins_no_other() {
    for (signal, status) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let caller = caller();
        let words = [
            "--jobs",
            "2",
            "web1,web2,twin",
            "echo ready; exec sleep 600",
        ];
        let mut mssh = each(&caller, &words);
        let mssh = mssh
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = mssh.spawn().expect("mssh starts");
        let both_run = || pushes(&caller).len() == 2;
        assert!(eventually(PATIENCE, both_run), "{:?}", pushes(&caller));
        kill_process(pid_of(&child), signal).expect("a process of ours");
        let outcome = outcome(child);
        assert_eq!(outcome.code, Some(status), "{outcome:?}");
        let summary = outcome.stderr.lines().last();
        assert_eq!(
            summary,
            Some("mssh: 0 ok, 2 stopped, 2 not begun"),
            "{outcome:?}"
        );
        leaves_nothing(&caller);
    }
}

#[test]
fn an_output_that_nobody_reads_ends_all() {
    let caller = caller();
    let line = "mssh --each web1,web2,twin 'yes' | head -n 3";
    let outcome = finish(&mut crate::sandbox::bash(&caller, line));
    assert_eq!(outcome.stdout.lines().count(), 3, "{outcome:?}");
    let summary = outcome.stderr.lines().last();
    assert_eq!(summary, Some("mssh: 0 ok, 4 stopped"), "{outcome:?}");
    leaves_nothing(&caller);
}
