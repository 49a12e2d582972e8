//! Agents as they really are, of two releases: what they drop, what they take twice, and where they
//! are silent.

use std::io::{ErrorKind, Read, Write};
use std::process::{Child, ChildStdin};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use super::{bytes, carry, read_all, service, the_session, tunnel, wait, words};
use crate::lab::ssm::Release;
use crate::lab::{Break, Caller, Ended, SessionBehavior, instances};
use crate::sandbox::{Pty, caller, run};

const MS: Duration = Duration::from_millis(1);

const RELEASES: [Release; 2] = [Release::Old, Release::New];

/// Without the mending, the old agent's tunnel hangs after 10 MB.
#[test]
fn one_acknowledgement_that_is_lost_holds_up_no_upload() {
    for release in RELEASES {
        let caller = caller();
        caller.session_behavior(SessionBehavior {
            release,
            unacknowledged: Some(7),
            latency: 5 * MS,
            ..SessionBehavior::default()
        });
        let up = bytes(14_000_000, 1);
        let carried = carry(&caller, &up, b"SSH-2.0-lab\r\n");
        assert!(carried.up == up, "{release:?}");
        assert_eq!((carried.stderr.as_str(), carried.code), ("", Some(0)));
        assert!(the_session(&caller).repeated > 0, "{release:?}");
    }
}

/// A websocket that breaks takes many acknowledgements with it.
#[test]
fn an_old_agent_goes_on_over_another_websocket() {
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        release: Release::Old,
        breaks: Some((Break::Bytes(1_500_000), true, 3)),
        latency: 5 * MS,
        ..SessionBehavior::default()
    });
    let (up, down) = (bytes(14_000_000, 1), bytes(100_000, 2));
    let carried = carry(&caller, &up, &down);
    assert!(carried.up == up && carried.down == down);
    assert_eq!((carried.stderr.as_str(), carried.code), ("", Some(0)));
    assert_eq!(the_session(&caller).resumes, 3);
}

#[test]
fn an_old_agent_that_is_slow_to_connect_gets_everything() {
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        release: Release::Old,
        slow_dial: 4000 * MS,
        ..SessionBehavior::default()
    });
    let up = bytes(14_000_000, 1);
    let carried = carry(&caller, &up, b"SSH-2.0-lab\r\n");
    assert!(carried.up == up);
    assert!(the_session(&caller).early_birds > 0);
}

/// A tunnel whose agent takes nothing more, and which has read all that it can.
fn stuck(caller: &Caller<'_>) -> (Child, ChildStdin) {
    caller.session_behavior(SessionBehavior {
        stuck_at: Some(40),
        ..SessionBehavior::default()
    });
    let (port, _served) = service(|mut stream| {
        stream.write_all(b"hello").expect("a reader");
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let mut child = tunnel(caller, port).spawn().expect("the tunnel");
    let stdout = child.stdout.as_mut().expect("a pipe");
    stdout.read_exact(&mut [0; 5]).expect("a greeting");
    let mut stdin = child.stdin.take().expect("a pipe");
    let flags = fcntl_getfl(&stdin).expect("flags");
    fcntl_setfl(&stdin, flags | OFlags::NONBLOCK).expect("flags");
    let mut last = Instant::now();
    while last.elapsed() < 2000 * MS {
        match stdin.write(&[7; 4096]) {
            Ok(_) => last = Instant::now(),
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(20 * MS),
            Err(error) => panic!("{error}"),
        }
    }
    (child, stdin)
}

/// Without room nothing is read, and so the end of what could be read was not, either.
#[test]
fn who_leaves_an_agent_that_takes_nothing_more_leaves_no_tunnel_and_no_session() {
    let caller = caller();
    let (mut child, stdin) = stuck(&caller);
    drop((stdin, child.stdout.take()));
    let left = Instant::now();
    assert_eq!(wait(&mut child), Some(0));
    assert!(left.elapsed() < 10_000 * MS, "{:?}", left.elapsed());
    assert_eq!(the_session(&caller).ended, Some(Ended::Api));
}

#[test]
fn who_closes_the_input_of_an_agent_that_takes_nothing_more_is_told_after_a_minute() {
    let caller = caller();
    let (mut child, stdin) = stuck(&caller);
    drop(stdin);
    let (_, said) = read_all(&mut child);
    assert_eq!(wait(&mut child), Some(255));
    let what = "the session is over: the instance takes nothing more of what is sent";
    assert_eq!(said, format!("mssh: error: {what}\n"));
    assert_eq!(the_session(&caller).ended, Some(Ended::Api));
}

/// The agent writes to the port, and then acknowledges. If its websocket is reset in between, it
/// forgets that it has written, and no client can know. SSH notices; other protocols need not.
#[test]
fn an_agent_whose_websocket_is_reset_takes_one_message_twice_and_no_more() {
    for release in RELEASES {
        let caller = caller();
        caller.session_behavior(SessionBehavior {
            release,
            reset_at: Some(40),
            latency: 5 * MS,
            ..SessionBehavior::default()
        });
        let (port, served) = service(|mut stream| {
            let mut got = Vec::new();
            let _ = stream.read_to_end(&mut got);
            got
        });
        let mut child = tunnel(&caller, port).spawn().expect("the tunnel");
        let up = bytes(300_000, 3);
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(&up).expect("a pipe that is read");
        drop(stdin);
        assert_eq!(wait(&mut child), Some(0));
        let got = served.join().expect("no panic");
        let twice = got.len() - up.len();
        assert!((1..=1024).contains(&twice), "{twice}");
        let same = got.iter().zip(&up).take_while(|(a, b)| a == b).count();
        assert!(got[same..] == up[same - twice..]);
        the_session(&caller);
    }
}

#[test]
fn a_port_where_nobody_listens_is_called_that_as_soon_as_the_agent_says_so() {
    for (release, what) in [
        (Release::Old, "document worker timed out"),
        (
            Release::New,
            "document process failed unexpectedly: ipc messaging received timeout signal , check \
             [ssm-document-worker]/[ssm-session-worker] log for crash reason",
        ),
    ] {
        let caller = caller();
        caller.session_behavior(SessionBehavior {
            release,
            notices: Some(1000 * MS),
            ..SessionBehavior::default()
        });
        run(&caller, "mssh", words(1)).fails(
            255,
            &[
                &format!("mssh: error: the session is over: {what}"),
                "mssh: hint: nothing listens on port 1 there, it seems: is that the right one?",
            ],
        );
        assert_eq!(the_session(&caller).ended, Some(Ended::Failed));
    }
}

/// Until then a minute passes, and ssh does not say what it waits for.
#[test]
fn who_watches_is_told_of_a_port_that_does_not_answer_and_who_wants_no_words_is_not() {
    let remark = "mssh: no answer from port 1 yet: does anything listen on it there?";
    let trial = SessionBehavior {
        notices: Some(9000 * MS),
        ..SessionBehavior::default()
    };
    let watched = caller();
    watched.session_behavior(trial.clone());
    let mut pty = Pty::open(&watched, &format!("mssh --ssm -p1 {}", instances::WEB1));
    pty.shows(remark);
    pty.shows("mssh: hint: nothing listens on port 1 there");
    assert_eq!(pty.end(), Some(255));
    let screen = pty.screen();
    assert!(screen.find(remark) < screen.find("is over"), "{screen}");
    the_session(&watched);

    for words in ["-q", "-oBatchMode=yes"] {
        let quiet = caller();
        quiet.session_behavior(trial.clone());
        let line = format!("mssh {words} --ssm -p1 {}", instances::WEB1);
        let mut pty = Pty::open(&quiet, &line);
        pty.shows("mssh: hint: nothing listens on port 1 there");
        assert_eq!(pty.end(), Some(255));
        assert!(!pty.screen().contains("no answer"), "{}", pty.screen());
    }

    let script = caller();
    script.session_behavior(trial);
    let outcome = run(&script, "mssh", ["--ssm", "-p1", instances::WEB1, "true"]);
    assert!(!outcome.stderr.contains("no answer"), "{outcome:?}");
    assert!(outcome.stderr.contains("nothing listens"), "{outcome:?}");
}

/// An agent that is told to end what is ending already listens to nothing for two seconds.
#[test]
fn a_server_that_closes_at_our_farewell_is_let_do_so() {
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        latency: 20 * MS,
        ..SessionBehavior::default()
    });
    let (port, served) = service(|mut stream| {
        stream.write_all(b"hello").expect("a reader");
        let mut farewell = [0; 3];
        stream.read_exact(&mut farewell).expect("a farewell");
        let _ = stream.write_all(&bytes(100_000, 4));
        farewell
    });
    let mut child = tunnel(&caller, port).spawn().expect("the tunnel");
    let stdout = child.stdout.as_mut().expect("a pipe");
    stdout.read_exact(&mut [0; 5]).expect("a greeting");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"bye").expect("a pipe that is read");
    drop((stdin, child.stdout.take()));
    assert_eq!(wait(&mut child), Some(0));
    assert_eq!(&served.join().expect("no panic"), b"bye");
    assert_ne!(the_session(&caller).ended, Some(Ended::Api));
    assert!(caller.calls_of("TerminateSession").is_empty());
}
