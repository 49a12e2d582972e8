//! What ends a question for an MFA code: keys, signals and the caller's wish to ignore them; and that
//! the terminal is as it was then.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

use super::mfa::{PROMPT, asks, codes, line, user};
use crate::lab::instances::WEB1;
use crate::sandbox::{AwsUser, Pty, arn};

/// A shell that outlives what is done to `mssh`, and says how it found the terminal.
pub(super) fn watched(user: &AwsUser) -> Pty {
    watched_with(user, "trap : INT QUIT", WEB1)
}

/// The same, after something else, and with these words for `mssh`.
fn watched_with(user: &AwsUser, before: &str, words: &str) -> Pty {
    let line = line(user, words);
    let script = format!(
        "{before}; (echo pid=$BASHPID=; exec {line}); \
         echo status=$?=; stty -a | tr ' ;' '\\n\\n' | grep -xE -- '-?(echo|icanon|isig)' | tr '\\n' ' '; \
         echo ' end'"
    );
    let quoted = script.replace('\'', "'\\''");
    let pty = Pty::open(&user.caller, &format!("bash -c '{quoted}'"));
    pty.shows(PROMPT);
    pty
}

pub(super) fn pid(pty: &Pty) -> Pid {
    let screen = pty.screen();
    let (_, rest) = screen.split_once("pid=").expect("a number");
    let number = rest.split('=').next().and_then(|pid| pid.parse().ok());
    number.and_then(Pid::from_raw).expect("a number")
}

fn kill(pty: &Pty, signal: Signal) {
    kill_process(pid(pty), signal).expect("a process");
}

/// Waits until it has ended with this status, and looks at the terminal.
#[track_caller]
fn is_as_it_was(pty: &Pty, status: &str) {
    pty.shows(&format!("status={status}="));
    pty.shows(" end");
    let screen = pty.screen();
    let modes = screen.split("status=").nth(1).unwrap_or_default();
    assert!(modes.contains("isig icanon echo "), "{status}: {screen:?}");
}

#[test]
fn whatever_ends_us_the_terminal_is_as_it_was() {
    type Deed = fn(&mut Pty);
    let deeds: [(&str, Deed); 5] = [
        ("130", |pty| pty.types("12\x03")),
        ("131", |pty| pty.types("\x1c")),
        ("143", |pty| kill(pty, Signal::TERM)),
        ("130", |pty| kill(pty, Signal::INT)),
        ("129", |pty| kill(pty, Signal::HUP)),
    ];
    for (status, deed) in deeds {
        let user = user();
        let mut pty = watched(&user);
        deed(&mut pty);
        is_as_it_was(&pty, status);
        assert!(codes(&user).is_empty());
    }
}

#[test]
fn whatever_ends_us_when_asked_again_the_terminal_is_as_it_was() {
    // More than once: what is wrong here may go well by chance.
    for _ in 0..6 {
        let user = user();
        let mut pty = watched(&user);
        // Nobody could continue us here (an orphaned process group), and so nothing stops us.
        for asked in 1..4 {
            asks(&pty, asked);
            pty.types("\x1a");
        }
        asks(&pty, 4);
        kill(&pty, Signal::TERM);
        is_as_it_was(&pty, "143");
    }
}

#[test]
fn each_role_of_a_chain_asks_and_leaves_the_terminal_as_it_was() {
    for _ in 0..6 {
        let user = user();
        user.writes(
            "config",
            &format!(
                "{}[profile top]\nrole_arn = {}\nsource_profile = guarded\n\
                 mfa_serial = arn:aws:iam::123456789012:mfa/jane\n",
                fs::read_to_string(user.aws("config")).expect("a file"),
                arn("top")
            ),
        );
        let mut pty = watched_with(&user, "trap : INT QUIT", &format!("-u top {WEB1}"));
        pty.types("123456\r");
        asks(&pty, 2);
        kill(&pty, Signal::TERM);
        is_as_it_was(&pty, "143");
        assert_eq!(codes(&user), ["123456"]);
    }
}

#[test]
fn what_our_caller_ignores_is_ignored_by_us_and_by_ssh() {
    let user = user();
    let words = format!("{WEB1} \"echo in; read; echo out\"");
    let mut pty = watched_with(&user, "trap \"\" HUP TERM", &words);
    kill(&pty, Signal::HUP);
    kill(&pty, Signal::TERM);
    pty.types("123456\r");
    pty.shows("in\r\n");
    kill(&pty, Signal::HUP);
    kill(&pty, Signal::TERM);
    pty.types("\r");
    pty.shows("out\r\n");
    is_as_it_was(&pty, "0");
}

#[test]
fn what_our_caller_does_not_ignore_ends_ssh_as_ever() {
    let user = user();
    let words = format!("{WEB1} \"echo in; read; echo out\"");
    let mut pty = watched_with(&user, "trap \"\" HUP", &words);
    pty.types("123456\r");
    pty.shows("in\r\n");
    kill(&pty, Signal::TERM);
    is_as_it_was(&pty, "255");
}

#[test]
fn an_interrupt_that_our_caller_ignores_ends_the_asking() {
    let user = user();
    let mut pty = watched_with(&user, "trap \"\" INT QUIT", WEB1);
    pty.types("12\x03");
    pty.shows("needs an MFA code, and none was given");
    is_as_it_was(&pty, "255");
}
