//! What ends all logins at once.

use std::process::{Child, Stdio};

use rustix::process::{Signal, kill_process};

use super::each;
use crate::lab::Caller;
use crate::sandbox::{
    PATIENCE, Pty, bash, caller, eventually, finish, leaves_nothing, outcome, pid_of, pushes,
};

#[test]
fn a_signal_ends_all_logins_and_begins_no_other() {
    for (signal, status) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let caller = caller();
        let child = two_of_three_run(&caller, "echo ready; exec sleep 600");
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
    let outcome = finish(&mut bash(&caller, line));
    assert_eq!(outcome.stdout.lines().count(), 3, "{outcome:?}");
    let summary = outcome.stderr.lines().last();
    assert_eq!(summary, Some("mssh: 0 ok, 4 stopped"), "{outcome:?}");
    leaves_nothing(&caller);
}

/// The terminal sends it to all of them.
#[test]
fn ctrl_c_in_a_terminal_ends_all() {
    let caller = caller();
    let line = "mssh --each --jobs 2 web1,web2,twin 'echo ready; exec sleep 600'";
    let mut pty = Pty::open(&caller, line);
    let both_run = || pty.screen().matches("ready").count() == 2;
    assert!(eventually(PATIENCE, both_run), "{}", pty.screen());
    pty.types("\x03");
    assert_eq!(pty.end(), Some(130), "{}", pty.screen());
    pty.shows("mssh: 0 ok, 2 stopped, 2 not begun");
    leaves_nothing(&caller);
}

/// Each login ends with its command, or as soon as that writes.
#[test]
fn nothing_is_left_of_a_run_that_is_killed() {
    let caller = caller();
    let child = two_of_three_run(&caller, "echo ready; sleep 1; yes");
    kill_process(pid_of(&child), Signal::KILL).expect("a process of ours");
    outcome(child);
    leaves_nothing(&caller);
    assert_eq!(pushes(&caller).len(), 2);
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let caller = caller();
    for to in ["> /dev/full", ">&-"] {
        let line = format!("mssh --each web1,web2 'echo hi; sleep 600' {to}");
        let outcome = finish(&mut bash(&caller, &line));
        assert_eq!(outcome.code, Some(255), "{outcome:?}");
        let error = "mssh: error: cannot write to standard output: ";
        assert!(outcome.stderr.contains(error), "{outcome:?}");
        leaves_nothing(&caller);
    }
}

/// An mssh whose first two logins have begun; the third waits for one of them to end.
fn two_of_three_run(caller: &Caller, command: &str) -> Child {
    let mut mssh = each(caller, &["--jobs", "2", "web1,web2,twin", command]);
    let mssh = mssh
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = mssh.spawn().expect("mssh starts");
    let both_run = || pushes(caller).len() == 2;
    assert!(eventually(PATIENCE, both_run), "{:?}", pushes(caller));
    child
}
