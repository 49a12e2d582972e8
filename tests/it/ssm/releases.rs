//! Bugs of real agents, in two releases.

use std::io::{ErrorKind, Read, Write};
use std::process::{Child, ChildStdin};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use super::{bytes, carry, read_all, service, the_session, tunnel, wait, words};
use crate::lab::instances::WEB1;
use crate::lab::ssm::Release;
use crate::lab::{Break, Caller, Ended, SessionBehavior};
use crate::sandbox::{Pty, caller, run};

const MS: Duration = Duration::from_millis(1);

const RELEASES: [Release; 2] = [Release::Old, Release::New];

/// Without the workaround, the tunnel of an old agent hangs after 10 MB.
#[test]
fn one_lost_acknowledgement_does_not_stop_an_upload() {
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

/// A broken websocket loses many acknowledgements.
#[test]
fn an_old_agent_continues_over_another_websocket() {
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
fn an_old_agent_that_connects_slowly_gets_everything() {
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

/// A tunnel with a stuck agent, which has read as much input as it can.
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

/// Without room nothing is read, so the end of the input is not seen either.
#[test]
fn a_signal_with_a_stuck_agent_leaves_no_tunnel_and_no_session() {
    let caller = caller();
    let (mut child, stdin) = stuck(&caller);
    drop((stdin, child.stdout.take()));
    let left = Instant::now();
    assert_eq!(wait(&mut child), Some(0));
    assert!(left.elapsed() < 10_000 * MS, "{:?}", left.elapsed());
    assert_eq!(the_session(&caller).ended, Some(Ended::Api));
}

#[test]
fn a_stuck_agent_is_reported_a_minute_after_the_end_of_input() {
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
/// forgets that it has written, and no client can know. SSH detects that; other protocols may not.
#[test]
fn an_agent_whose_websocket_is_reset_handles_at_most_one_message_twice() {
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
fn a_closed_port_is_reported_as_soon_as_the_agent_reports_it() {
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
                "mssh: hint: does anything listen on port 1 there?",
            ],
        );
        assert_eq!(the_session(&caller).ended, Some(Ended::Failed));
    }
}

/// That takes a minute, and ssh does not say what it waits for.
#[test]
fn a_port_without_an_answer_is_reported_on_a_terminal_unless_quiet() {
    let remark = "mssh: no answer from port 1 yet: does anything listen on it there?";
    let behavior = SessionBehavior {
        notices: Some(9000 * MS),
        ..SessionBehavior::default()
    };
    let watched = caller();
    watched.session_behavior(behavior.clone());
    let mut pty = Pty::open(&watched, &format!("mssh --ssm -p1 {WEB1}"));
    pty.shows(remark);
    pty.shows("mssh: hint: does anything listen on port 1 there?");
    assert_eq!(pty.end(), Some(255));
    let screen = pty.screen();
    assert!(screen.find(remark) < screen.find("is over"), "{screen}");
    the_session(&watched);

    for words in ["-q", "-oBatchMode=yes"] {
        let quiet = caller();
        quiet.session_behavior(behavior.clone());
        let line = format!("mssh {words} --ssm -p1 {WEB1}");
        let mut pty = Pty::open(&quiet, &line);
        pty.shows("mssh: hint: does anything listen on port 1 there?");
        assert_eq!(pty.end(), Some(255));
        assert!(!pty.screen().contains("no answer"), "{}", pty.screen());
    }

    let script = caller();
    script.session_behavior(behavior);
    let outcome = run(&script, "mssh", ["--ssm", "-p1", WEB1, "true"]);
    assert!(!outcome.stderr.contains("no answer"), "{outcome:?}");
    assert!(
        outcome.stderr.contains("does anything listen"),
        "{outcome:?}"
    );
}

/// An agent that is told to end a session that is ending already does not read for two seconds.
#[test]
fn a_server_that_closes_with_us_ends_the_session_cleanly() {
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        latency: 20 * MS,
        ..SessionBehavior::default()
    });
    let (port, served) = service(|mut stream| {
        stream.write_all(b"hello").expect("a reader");
        let mut farewell = [0; 3];
        stream.read_exact(&mut farewell).expect("the last bytes");
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
