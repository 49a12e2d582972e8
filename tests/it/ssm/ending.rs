//! However the tunnel ends, the session ends, too; and the reason is reported.

use std::io::{Read, Write};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{bytes, read_all, service, the_session, tunnel, wait, words, words_to};
use crate::lab::instances::{WEB1, WEB2};
use crate::lab::{Caller, Ended, Fault, SessionBehavior, Trouble};
use crate::sandbox::{caller, run};

/// A tunnel to a server that sends a greeting and nothing else; after the greeting.
fn greeted(caller: &Caller<'_>) -> (Child, thread::JoinHandle<Vec<u8>>) {
    let (port, served) = service(|mut stream| {
        stream.write_all(b"hello").expect("a reader");
        let mut got = Vec::new();
        let _ = stream.read_to_end(&mut got);
        got
    });
    let mut child = tunnel(caller, port).spawn().expect("the tunnel");
    let mut greeting = [0; 5];
    let stdout = child.stdout.as_mut().expect("a pipe");
    stdout.read_exact(&mut greeting).expect("a greeting");
    (child, served)
}

fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_child(child);
    kill_process(pid, signal).expect("a process");
}

#[test]
fn on_a_signal_written_data_arrives_and_the_session_ends() {
    for by in [Signal::HUP, Signal::TERM, Signal::INT] {
        let caller = caller();
        caller.session_behavior(SessionBehavior {
            latency: Duration::from_millis(20),
            ..SessionBehavior::default()
        });
        let (mut child, served) = greeted(&caller);
        let farewell = bytes(30_000, 6);
        let stdin = child.stdin.as_mut().expect("a pipe");
        stdin.write_all(&farewell).expect("a pipe that is read");
        signal(&child, by);
        let told = Instant::now();
        assert_eq!(wait(&mut child), Some(0));
        assert!(
            told.elapsed() < Duration::from_secs(3),
            "{:?}",
            told.elapsed()
        );
        assert_eq!(the_session(&caller).ended, Some(Ended::Flag));
        assert!(served.join().expect("no panic") == farewell);
    }
}

#[test]
fn a_closed_stdout_ends_the_session() {
    let caller = caller();
    let (port, served) = service(|mut stream| {
        while stream.write_all(&[1; 1000]).is_ok() {
            thread::sleep(Duration::from_millis(5));
        }
    });
    let mut child = tunnel(&caller, port).spawn().expect("the tunnel");
    drop(child.stdout.take());
    assert_eq!(wait(&mut child), Some(0));
    assert_eq!(the_session(&caller).ended, Some(Ended::Flag));
    served.join().expect("no panic");
}

#[test]
fn the_end_of_the_input_waits_for_the_answer() {
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        latency: Duration::from_millis(40),
        ..SessionBehavior::default()
    });
    let (port, served) = service(|mut stream| {
        let mut question = [0; 8];
        stream.read_exact(&mut question).expect("a request");
        thread::sleep(Duration::from_millis(500));
        stream.write_all(b"answer").expect("a reader");
        let _ = stream.read_to_end(&mut Vec::new());
        question
    });
    let mut child = tunnel(&caller, port).spawn().expect("the tunnel");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"question").expect("a pipe that is read");
    drop(stdin);
    let (answer, said) = read_all(&mut child);
    assert_eq!((answer.as_slice(), said.as_str()), (&b"answer"[..], ""));
    assert_eq!(wait(&mut child), Some(0));
    assert_eq!(&served.join().expect("no panic"), b"question");
    assert_eq!(the_session(&caller).ended, Some(Ended::Flag));
}

/// Nothing is read for some seconds, then everything is there.
#[test]
fn a_stalled_reader_loses_nothing() {
    let caller = caller();
    let all = bytes(30_000_000, 7);
    let sent = all.clone();
    let (port, served) = service(move |mut stream| stream.write_all(&sent).is_ok());
    let mut child = tunnel(&caller, port).spawn().expect("the tunnel");
    thread::sleep(Duration::from_secs(8));
    let memory = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
    let (got, said) = read_all(&mut child);
    assert_eq!((said.as_str(), wait(&mut child)), ("", Some(0)));
    assert!(got == all);
    assert!(served.join().expect("no panic"));
    the_session(&caller);
    if let Ok(memory) = memory {
        let peak = memory.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|line| line.split_whitespace().next()?.parse::<u32>().ok());
        assert!(peak.is_some_and(|kib| kib < 64 * 1024), "{peak:?} KiB");
    }
}

#[test]
fn encryption_is_rejected_with_a_reason() {
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        wants_encryption: true,
        ..SessionBehavior::default()
    });
    let outcome = run(&caller, "mssh", words(22));
    assert_eq!(outcome.code, Some(255));
    assert_eq!(
        outcome.stderr,
        "mssh: error: the session is over: encryption with KMS is not supported\n\
         mssh: hint: turn KMS encryption off in Session Manager's preferences, or use `--ssm`, \
         where SSH encrypts\n"
    );
    assert_eq!(the_session(&caller).ended, Some(Ended::Failed));
}

#[test]
fn an_unconnected_and_a_denied_target_are_explained() {
    let caller = caller();
    let outcome = run(&caller, "mssh", words_to(WEB2, 22));
    assert_eq!(outcome.code, Some(255));
    assert_eq!(
        outcome.stderr,
        format!(
            "mssh: error: Session Manager cannot reach {WEB2} in us-east-1 (set by AWS_REGION)\n\
             mssh: hint: is its SSM Agent running, does its role have \
             AmazonSSMManagedInstanceCore, and can it reach ssmmessages.us-east-1.amazonaws.com?\n"
        )
    );
    caller.fault(Fault::new(Trouble::Denied).on("StartSession"));
    let outcome = run(&caller, "mssh", words(22));
    let resource = format!(
        "ssm:StartSession on arn:aws:ec2:us-east-1:123456789012:instance/{WEB1} and on document \
         AWS-StartSSHSession"
    );
    assert_eq!(
        outcome.stderr,
        format!(
            "mssh: error: arn:aws:iam::123456789012:user/lab is not allowed {resource}\n\
             mssh: hint: a policy must allow {resource}\n"
        )
    );
    assert_eq!(caller.sessions().len(), 0);
}

#[test]
fn a_gateway_that_refuses_every_websocket_leaves_no_session() {
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        refused_upgrades: u32::MAX,
        ..SessionBehavior::default()
    });
    let outcome = run(&caller, "mssh", words(22));
    assert_eq!(outcome.code, Some(255));
    assert_eq!(
        outcome.stderr,
        "mssh: error: Session Manager refused the session's websocket (HTTP 503)\n\
         mssh: hint: try again in a moment\n"
    );
    assert_eq!(the_session(&caller).ended, Some(Ended::Api));
}

#[test]
fn a_signal_before_the_session_starts_ends_the_session() {
    let caller = caller();
    let latency = Trouble::Latency(Duration::from_millis(700));
    caller.fault(Fault::new(latency).on("StartSession"));
    let mut child = tunnel(&caller, 22).spawn().expect("the tunnel");
    while caller.calls_of("StartSession").is_empty() {
        thread::sleep(Duration::from_millis(5));
    }
    signal(&child, Signal::TERM);
    assert_eq!(wait(&mut child), Some(0));
    assert_eq!(the_session(&caller).ended, Some(Ended::Api));
}

#[test]
fn the_customer_message_of_the_agent_goes_to_stderr() {
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        message: "be nice",
        ..SessionBehavior::default()
    });
    let outcome = super::carry(&caller, b"", b"bytes");
    assert_eq!(outcome.down, b"bytes");
    assert_eq!(outcome.stderr, "mssh: be nice\n");
}
