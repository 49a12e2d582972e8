//! What ends an MFA prompt: keys, and signals that the caller ignores or not. The terminal is
//! restored.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

use super::mfa::{PROMPT, asks, codes, line, user};
use crate::lab::instances::WEB1;
use crate::sandbox::{AwsUser, Pty, arn};

/// A shell that outlives `mssh`, and then tells the state of the terminal.
pub(super) fn watched(user: &AwsUser) -> Pty {
    watched_with(user, "trap : INT QUIT", WEB1)
}

/// The same, with commands before and arguments for `mssh`.
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

/// Waits until it has ended with this status, and checks the terminal.
#[track_caller]
fn is_restored(pty: &Pty, status: &str) {
    pty.shows(&format!("status={status}="));
    pty.shows(" end");
    let screen = pty.screen();
    let modes = screen.split("status=").nth(1).unwrap_or_default();
    assert!(modes.contains("isig icanon echo "), "{status}: {screen:?}");
}

#[test]
fn the_terminal_is_restored_however_the_prompt_ends() {
    type Action = fn(&mut Pty);
    let deeds: [(&str, Action); 5] = [
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
        is_restored(&pty, status);
        assert!(codes(&user).is_empty());
    }
}

#[test]
fn the_terminal_is_restored_however_a_second_prompt_ends() {
    // Several times, since an error may show only sometimes.
    for _ in 0..6 {
        let user = user();
        let mut pty = watched(&user);
        // In an orphaned process group, the kernel does not stop processes.
        for asked in 1..4 {
            asks(&pty, asked);
            pty.types("\x1a");
        }
        asks(&pty, 4);
        kill(&pty, Signal::TERM);
        is_restored(&pty, "143");
    }
}

#[test]
fn each_role_of_a_chain_asks_and_restores_the_terminal() {
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
        is_restored(&pty, "143");
        assert_eq!(codes(&user), ["123456"]);
    }
}

#[test]
fn a_signal_that_the_caller_ignores_is_ignored_by_mssh_and_ssh() {
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
    is_restored(&pty, "0");
}

#[test]
fn a_signal_that_the_caller_does_not_ignore_ends_ssh() {
    let user = user();
    let words = format!("{WEB1} \"echo in; read; echo out\"");
    let mut pty = watched_with(&user, "trap \"\" HUP", &words);
    pty.types("123456\r");
    pty.shows("in\r\n");
    kill(&pty, Signal::TERM);
    is_restored(&pty, "255");
}

#[test]
fn an_interrupt_that_the_caller_ignores_ends_the_prompt() {
    let user = user();
    let mut pty = watched_with(&user, "trap \"\" INT QUIT", WEB1);
    pty.types("12\x03");
    pty.shows("needs an MFA code, but none was given");
    is_restored(&pty, "255");
}
