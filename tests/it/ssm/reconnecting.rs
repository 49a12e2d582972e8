//! A session outlives its websockets, which AWS closes after about an hour.

use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

use super::{service, the_session, tunnel, wait};
use crate::lab::{Break, SessionBehavior};
use crate::sandbox::caller;

const MS: Duration = Duration::from_millis(1);

/// Nothing is in flight when the websocket breaks, with or without a close frame, and long after.
#[test]
fn a_websocket_that_breaks_while_idle_is_resumed() {
    for politely in [true, false] {
        let caller = caller();
        caller.session_behavior(SessionBehavior {
            breaks: Some((Break::Age(500 * MS), politely, 1)),
            ..SessionBehavior::default()
        });
        let (port, served) = service(|mut stream| {
            let mut word = [0; 4];
            while stream.read_exact(&mut word).is_ok() {
                stream.write_all(&word).expect("a reader");
            }
        });
        let mut child = tunnel(&caller, port).spawn().expect("the tunnel");
        let mut stdin = child.stdin.take().expect("a pipe");
        let stdout = child.stdout.as_mut().expect("a pipe");
        for word in [b"ping", b"pong"] {
            stdin.write_all(word).expect("a tunnel");
            let mut answer = [0; 4];
            stdout.read_exact(&mut answer).expect("a tunnel");
            assert_eq!(&answer, word);
            thread::sleep(1500 * MS);
        }
        drop(stdin);
        assert_eq!(wait(&mut child), Some(0));
        served.join().expect("no panic");
        let record = the_session(&caller);
        assert_eq!((record.breaks, record.resumes), (1, 1), "{record:?}");
        // Nothing was sent twice.
        assert_eq!(record.repeated, 0, "{record:?}");
    }
}

/// AWS closes each websocket after about an hour; here, after two seconds. An old URL is invalid
/// once there is a new one.
#[test]
fn twenty_closes_with_code_1000_are_twenty_resumes() {
    let breaks = Some((Break::Age(2000 * MS), true, 20));
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        breaks,
        latency: MS,
        ..SessionBehavior::default()
    });
    let (port, served) = service(|mut stream| {
        let mut beats = Vec::new();
        let mut beat = [0; 8];
        while stream.read_exact(&mut beat).is_ok() {
            beats.push(u64::from_be_bytes(beat));
            stream.write_all(&beat).expect("a reader");
        }
        beats
    });
    let mut child = tunnel(&caller, port).spawn().expect("the tunnel");
    let mut stdin = child.stdin.take().expect("a pipe");
    let stdout = child.stdout.as_mut().expect("a pipe");
    let mut sent = 0;
    while caller.sessions().first().is_none_or(|it| it.resumes < 20) {
        let mut beat = [0; 8];
        stdin.write_all(&u64::to_be_bytes(sent)).expect("a tunnel");
        stdout.read_exact(&mut beat).expect("a tunnel");
        assert_eq!(u64::from_be_bytes(beat), sent);
        sent += 1;
        thread::sleep(5 * MS);
    }
    drop(stdin);
    assert_eq!(wait(&mut child), Some(0));
    assert_eq!(
        served.join().expect("no panic"),
        (0..sent).collect::<Vec<_>>()
    );
    let record = the_session(&caller);
    assert_eq!(
        (record.breaks, record.resumes, record.websockets),
        (20, 20, 21)
    );
}
