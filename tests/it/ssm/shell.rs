//! A shell without sshd, key or port. The lab's agent runs bash on a terminal of its own.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::the_session;
use crate::lab::instances::{STOPPED, WEB1, WEB2};
use crate::lab::ssm::{MANAGED_NODE, PROMPT};
use crate::lab::{Break, Caller, Ended, Fault, SessionBehavior, Trouble};
use crate::sandbox::{PATIENCE, Pty, caller, eventually, files_below, finish_with, run};

/// Runs `line` in a terminal, and waits for the prompt of the remote shell.
#[track_caller]
fn open(caller: &Caller<'_>, line: &str) -> Pty {
    let pty = Pty::open(caller, line);
    pty.shows(PROMPT);
    pty
}

/// The process ID printed as `pid=…`.
fn pid(screen: &str) -> Pid {
    let said = screen
        .split_once("pid=")
        .and_then(|it| it.1.split_once('.'));
    let pid = said.and_then(|it| it.0.parse().ok());
    pid.and_then(Pid::from_raw).expect("an ID")
}

#[test]
fn keys_arrive_raw_and_the_terminal_is_restored() {
    let caller = caller();
    let line = format!(
        "stty rows 20 cols 70; before=$(stty -g); mssh --shell {WEB1}; status=$?; \
         [ \"$(stty -g)\" = \"$before\" ] && echo put back with $status"
    );
    let mut pty = open(&caller, &line);
    // Ctrl-C, Ctrl-Z and Ctrl-\ are sent to the remote shell.
    for (key, name) in [("\x03", "INT"), ("\x1a", "TSTP"), ("\x1c", "QUIT")] {
        pty.types(&format!(
            "bash -c 'trap \"echo got $((40+2))-{name}; exit\" {name}; \
             echo ready $((1+1))-{name}; while :; do :; done'\n"
        ));
        pty.shows(&format!("ready 2-{name}"));
        pty.types(key);
        pty.shows(&format!("got 42-{name}"));
    }
    pty.types("stty size; exit 3\n");
    pty.shows("20 70");
    pty.shows("put back with 0");
    assert_eq!(pty.end(), Some(0));
    let session = the_session(&caller);
    assert_eq!((session.document.port(), session.target), (None, WEB1));
    assert_eq!(session.ended, Some(Ended::Closed));
    assert_eq!(session.sizes[0], r#"{"cols":70,"rows":20}"#);
    // Nothing was looked up, pushed or written.
    let calls: Vec<String> = caller.calls().into_iter().map(|it| it.action).collect();
    assert_eq!(calls, ["StartSession"]);
    assert!(files_below(caller.run_dir()).is_empty());
}

#[test]
fn a_new_terminal_size_is_sent() {
    let caller = caller();
    let line = format!(
        "stty rows 20 cols 70; (sleep 2; stty rows 30 cols 90 </dev/tty) & mssh --shell {WEB1}"
    );
    let mut pty = open(&caller, &line);
    let told = || {
        let sizes = caller.sessions().remove(0).sizes;
        sizes
            .last()
            .is_some_and(|it| it == r#"{"cols":90,"rows":30}"#)
    };
    assert!(eventually(PATIENCE, told));
    pty.types("stty size\n");
    pty.shows("30 90");
    // A Ctrl-D while the terminal changes its mode would be lost.
    pty.types("exit\n");
    assert_eq!(pty.end(), Some(0));
    the_session(&caller);
}

#[test]
fn a_signal_restores_the_terminal_and_ends_the_session() {
    for by in [Signal::HUP, Signal::TERM, Signal::INT, Signal::QUIT] {
        let caller = caller();
        let line = format!(
            "before=$(stty -g); sh -c 'echo pid=$$.; exec mssh --shell {WEB1}'; status=$?; \
             [ \"$(stty -g)\" = \"$before\" ] && echo put back with $status"
        );
        let mut pty = open(&caller, &line);
        kill_process(pid(&pty.screen()), by).expect("a process");
        pty.shows("mssh: error: the session is over: a signal ended it");
        pty.shows("put back with 255");
        assert_eq!(pty.end(), Some(0));
        assert_eq!(the_session(&caller).ended, Some(Ended::Api));
    }
}

#[test]
fn before_the_shell_starts_ctrl_c_ends_mssh_and_the_session() {
    for key in ["\x03", "\x1c"] {
        let caller = caller();
        caller.session_behavior(SessionBehavior {
            slow_dial: Duration::from_mins(1),
            ..SessionBehavior::default()
        });
        let mut pty = Pty::open(&caller, &format!("mssh --shell {WEB1}"));
        let is_there = || {
            caller
                .sessions()
                .first()
                .is_some_and(|it| it.websockets > 0)
        };
        assert!(eventually(PATIENCE, is_there), "{}", pty.screen());
        pty.types(key);
        pty.shows("a signal ended it");
        assert_eq!(pty.end(), Some(255));
        the_session(&caller);
    }
}

#[test]
fn a_shell_continues_over_another_websocket() {
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        breaks: Some((Break::Bytes(3000), true, 1)),
        ..SessionBehavior::default()
    });
    let mut pty = open(&caller, &format!("mssh --shell {WEB1}"));
    pty.types("for i in {1..2000}; do echo line $((i+10000)); done\n");
    pty.shows("line 12000");
    pty.types("exit\n");
    let lines: Vec<String> = (10_001..=12_000)
        .map(|it| format!("line {it}\r\n"))
        .collect();
    assert!(pty.screen().contains(&lines.concat()), "{}", pty.screen());
    assert_eq!(pty.end(), Some(0));
    assert!(the_session(&caller).websockets > 1);
}

#[test]
fn while_reconnecting_a_message_is_shown_and_ctrl_c_works() {
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        breaks: Some((Break::Bytes(3000), true, 1)),
        ..SessionBehavior::default()
    });
    caller.fault(Fault::new(Trouble::Status(500)).on("ResumeSession"));
    let mut pty = open(&caller, &format!("mssh --shell {WEB1}"));
    pty.types("for i in {1..2000}; do echo line $((i+10000)); done\n");
    pty.shows("mssh: the connection is lost, and tried again; Ctrl-C gives up");
    // The terminal turns it into a signal again.
    pty.types("\x03");
    pty.shows("mssh: error: the session is over: a signal ended it");
    assert_eq!(pty.end(), Some(255));
    assert_eq!(the_session(&caller).ended, Some(Ended::Api));
}

#[test]
fn a_shell_works_without_a_terminal() {
    for (words, target) in [
        (vec![MANAGED_NODE], WEB1),
        (vec!["127.0.1.11"], WEB1),
        (vec!["web1"], WEB1),
        (vec!["tag:Name=web1"], WEB1),
        (vec!["--region", "eu-west-1,us-east-1", "web1"], WEB1),
        (vec!["any-name", "-t", WEB1], WEB1),
    ] {
        let caller = caller();
        let mut mssh = caller.command("mssh");
        mssh.arg("--shell").args(words);
        let outcome = finish_with(&mut mssh, b"echo typed $((40+2))");
        assert!(outcome.stdout.contains("typed 42\r\n"), "{outcome:?}");
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", Some(0)));
        assert_eq!(the_session(&caller).target, target);
    }
}

#[test]
fn a_shell_that_cannot_be_started_says_why() {
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        no_such_user: true,
        ..SessionBehavior::default()
    });
    run(&caller, "mssh", ["--shell", WEB1]).fails(
        255,
        &[
            "mssh: error: the session is over: Unable to start shell: failed to start pty since \
             RunAs user nobody-there does not exist",
        ],
    );
    the_session(&caller);
}

#[test]
fn unsupported_options_and_encryption_are_reported() {
    let no_ssh = "ssh is not involved: the SSM Agent runs the shell, as the user set in Session \
                  Manager's preferences";
    let session = "leave out --via: the shell runs in a Session Manager session";
    let dry_run = "leave out --dry-run or --shell";
    let caller = caller();
    for (words, what, hint) in [
        (&["--shell", "-L1:h:2", WEB1][..], "`-L`", no_ssh),
        (&["--shell", WEB1, "true"], "a command", no_ssh),
        (
            &["--shell", "ubuntu@i-0face000000000001"],
            "`ubuntu@`",
            no_ssh,
        ),
        (&["--shell", "--eice", WEB1], "--via eice", session),
        (&["--shell", "--dry-run", WEB1], "--dry-run", dry_run),
    ] {
        let error = format!("mssh: error: {what} cannot be used with --shell");
        let hint = format!("mssh: hint: {hint}");
        run(&caller, "mssh", words).fails(255, &[&error, &hint]);
    }
    assert!(caller.calls().is_empty());
    caller.session_behavior(SessionBehavior {
        wants_encryption: true,
        ..SessionBehavior::default()
    });
    let outcome = run(&caller, "mssh", ["--shell", WEB1]);
    assert_eq!(
        outcome.stderr,
        "mssh: error: the session is over: encryption with KMS is not supported\n\
         mssh: hint: turn KMS encryption off in Session Manager's preferences, or use `--ssm`, \
         where SSH encrypts\n"
    );
    the_session(&caller);
}

#[test]
fn an_unconnected_instance_is_looked_up_for_the_reason() {
    let says = |caller: &Caller<'_>, id: &str, lines: &[&str]| {
        run(caller, "mssh", ["--shell", id]).fails(255, lines);
        let calls: Vec<String> = caller.calls().into_iter().map(|it| it.action).collect();
        assert_eq!(calls, ["StartSession", "DescribeInstances"]);
    };
    let start = "mssh: hint: start it with --start, or with `aws ec2 start-instances --region us-east-1 \
                 --instance-ids ID`";
    says(
        &caller(),
        STOPPED,
        &[
            &format!("mssh: error: instance {STOPPED} is stopped"),
            &start.replace("ID", STOPPED),
        ],
    );
    says(
        &caller(),
        "i-0123456789abcdef0",
        &[
            "mssh: error: there is no instance i-0123456789abcdef0 in us-east-1 (set by AWS_REGION)",
            "mssh: hint: is it in another region (--region) or account (--profile)?",
        ],
    );
    // A running one, and one that may not be looked up.
    for (id, denied) in [(WEB2, false), (STOPPED, true)] {
        let caller = caller();
        if denied {
            caller.fault(Fault::new(Trouble::Denied).on(crate::lab::DESCRIBE_INSTANCES));
        }
        says(
            &caller,
            id,
            &[
                &format!(
                    "mssh: error: Session Manager cannot reach {id} in us-east-1 (set by AWS_REGION)"
                ),
                "mssh: hint: is its SSM Agent running, does its role have \
                 AmazonSSMManagedInstanceCore, and can it reach ssmmessages.us-east-1.amazonaws.com?",
            ],
        );
    }
}
