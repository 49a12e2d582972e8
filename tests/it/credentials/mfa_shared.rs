//! Several runs that need the same MFA session.

use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use super::mfa::{PROMPT, codes, line, user};
use super::mfa_ends::{pid, watched};
use crate::lab::instances::WEB1;
use crate::sandbox::{Pty, eventually, finish};

#[test]
fn one_of_several_parallel_runs_asks() {
    let user = user();
    let one = line(&user, &format!("{WEB1} true"));
    let line = format!("bash -c \"{one} & {one} & {one} & wait\"");
    let mut pty = Pty::open(&user.caller, &line);
    pty.shows(PROMPT);
    std::thread::sleep(Duration::from_millis(300));
    pty.types("123456\r");
    assert_eq!(pty.end(), Some(0));
    assert_eq!(
        pty.screen().matches(PROMPT).count(),
        1,
        "{:?}",
        pty.screen()
    );
    assert_eq!(codes(&user).len(), 1);
    assert_eq!(
        user.caller.calls_of(crate::lab::SEND_SSH_PUBLIC_KEY).len(),
        3
    );
}

#[test]
fn a_run_that_dies_while_asking_does_not_block_others() {
    let user = user();
    let first = watched(&user);
    kill_process(pid(&first), Signal::KILL).expect("a process");
    let mut second = Pty::open(&user.caller, &line(&user, &format!("{WEB1} true")));
    second.shows(PROMPT);
    second.types("123456\r");
    assert_eq!(second.end(), Some(0));
}

#[test]
fn a_run_that_is_stopped_while_asking_does_not_block_others() {
    let user = user();
    let mut first = Pty::open(&user.caller, "bash --norc --noprofile -i");
    first.types(&format!(
        "{}; echo status=$?=\r",
        line(&user, &format!("{WEB1} true"))
    ));
    first.shows(PROMPT);
    first.types("\x1a");
    first.shows("Stopped");
    let mut second = Pty::open(&user.caller, &line(&user, &format!("{WEB1} true")));
    second.shows(PROMPT);
    second.types("123456\r");
    assert_eq!(second.end(), Some(0));
    // The first run uses the session of the other.
    first.types("fg; echo done=$?=\r");
    first.shows("done=0=");
    assert_eq!(codes(&user), ["123456"]);
    first.types("exit\r");
    first.end();
}

#[test]
fn a_run_that_is_stopped_and_continued_asks_again() {
    let user = user();
    let mut pty = Pty::open(&user.caller, "bash --norc --noprofile -i");
    pty.types(&format!("{}\r", line(&user, &format!("{WEB1} true"))));
    pty.shows(PROMPT);
    pty.types("\x1a");
    pty.shows("Stopped");
    pty.types("fg; echo done=$?=\r");
    let again = eventually(Duration::from_secs(20), || {
        pty.screen().matches(PROMPT).count() == 2
    });
    assert!(again, "{:?}", pty.screen());
    pty.types("123456\r");
    pty.shows("done=0=");
    pty.types("exit\r");
    pty.end();
}

#[test]
fn a_run_that_may_not_ask_does_not_wait_for_one_that_asks() {
    let user = user();
    let first = watched(&user);
    let began = Instant::now();
    let refused = user.runs(&["-u", "guarded", "-o", "BatchMode=yes"]);
    assert!(refused.stderr.contains("BatchMode forbids"), "{refused:?}");
    let mut command = user.command("setsid");
    command.args(["-w", "mssh", "-u", "guarded", WEB1, "true"]);
    let refused = finish(&mut command);
    assert!(
        refused.stderr.contains("there is no terminal"),
        "{refused:?}"
    );
    // Far less than the two minutes that a run waits if it can ask.
    let took = began.elapsed();
    assert!(took < Duration::from_mins(1), "{took:?}");
    assert_eq!(first.screen().matches(PROMPT).count(), 1);
    assert!(codes(&user).is_empty());
}

#[test]
fn a_run_that_may_not_ask_uses_a_session_that_another_just_got() {
    let user = user();
    let mut first = Pty::open(&user.caller, &line(&user, &format!("{WEB1} true")));
    first.shows(PROMPT);
    let mut second = user.mssh(&["-u", "guarded", "-o", "BatchMode=yes"]);
    let second = std::thread::spawn(move || finish(&mut second));
    std::thread::sleep(Duration::from_millis(500));
    assert!(!second.is_finished(), "{:?}", second.join());
    first.types("123456\r");
    second.join().expect("a run").prints("");
    assert_eq!(first.end(), Some(0));
    assert_eq!(codes(&user), ["123456"]);
}
