//! Hostile gateways and agents cost little memory and few calls, and do not block the tunnel.

use std::fs;
use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{read_all, the_session, tunnel, wait, words};
use crate::lab::ssm::Hostile;
use crate::lab::{Caller, Ended, Fault, SessionBehavior, Trouble};
use crate::sandbox::{AwsUser, caller, eventually, memory, write_script};

/// The most memory of a tunnel in megabytes, with and without mapped files: those are the program
/// itself, which is large without optimization.
const MOST: u64 = 40;
const MOST_OF_OURS: u64 = 16;

/// How long each flood lasts.
const FLOOD: Duration = Duration::from_secs(4);

fn against(hostile: Hostile) -> Caller<'static> {
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        hostile: Some(hostile),
        ..SessionBehavior::default()
    });
    caller
}

/// Asserts that a flooded tunnel stays small, and ends on a signal.
#[track_caller]
fn withstands(hostile: Hostile) {
    let caller = against(hostile);
    let mut child = tunnel(&caller, 22).spawn().expect("the tunnel");
    thread::sleep(FLOOD);
    let (peak, files) = memory(&child).expect("a process");
    let _ = kill_process(Pid::from_child(&child), Signal::TERM);
    let told = Instant::now();
    assert_eq!(wait(&mut child), Some(0), "{hostile:?}");
    let took = told.elapsed();
    assert!(peak < MOST << 10, "{hostile:?}: {peak} KiB");
    assert!(
        peak - files < MOST_OF_OURS << 10,
        "{hostile:?}: {peak} - {files} KiB"
    );
    // A second for a close frame that is not answered, and slack for a busy machine.
    assert!(took < Duration::from_secs(4), "{hostile:?}: {took:?}");
    let calls = caller.calls().len();
    assert!(calls <= 10, "{hostile:?}: {calls} calls");
    let session = the_session(&caller);
    assert!(session.websockets >= 1, "{session:?}");
}

#[test]
fn endless_handshake_requests_get_one_answer() {
    withstands(Hostile::Handshakes(1));
}

#[test]
fn hundreds_of_handshake_actions_are_rejected() {
    let caller = against(Hostile::Handshakes(700));
    let mut child = tunnel(&caller, 22).spawn().expect("the tunnel");
    let (_, said) = read_all(&mut child);
    assert_eq!(wait(&mut child), Some(255));
    let error = "mssh: error: the session is over: 700 actions are not supported\n";
    assert_eq!(said, error);
    the_session(&caller);
}

#[test]
fn endless_handshake_completions_are_read_once() {
    withstands(Hostile::Completes);
}

/// Neither the input nor the end is acknowledged.
#[test]
fn a_signal_does_not_wait_for_a_silent_agent_or_service() {
    let caller = against(Hostile::Mute);
    let hang = Fault::new(Trouble::Hang).on("TerminateSession");
    caller.fault(hang);
    let mut child = tunnel(&caller, 22).spawn().expect("the tunnel");
    let stdin = child.stdin.as_mut().expect("a pipe");
    stdin
        .write_all(&vec![0; 100_000])
        .expect("a pipe that is read");
    thread::sleep(Duration::from_secs(1));
    let _ = kill_process(Pid::from_child(&child), Signal::TERM);
    let told = Instant::now();
    let asked = || !caller.calls_of("TerminateSession").is_empty();
    assert!(eventually(Duration::from_secs(4), asked), "nobody is asked");
    assert_eq!(wait(&mut child), Some(0));
    assert!(
        told.elapsed() < Duration::from_secs(10),
        "{:?}",
        told.elapsed()
    );
}

#[test]
fn a_signal_does_not_wait_for_a_session_to_start() {
    let hang = Fault::new(Trouble::Hang).on("StartSession");
    let slow = Fault::new(Trouble::Latency(Duration::from_secs(2))).on("StartSession");
    for (fault, is_started) in [(hang, false), (slow, true)] {
        let caller = caller();
        caller.fault(fault);
        let mut child = tunnel(&caller, 22).spawn().expect("the tunnel");
        let asked = || !caller.calls_of("StartSession").is_empty();
        assert!(
            eventually(Duration::from_secs(20), asked),
            "nobody is asked"
        );
        let _ = kill_process(Pid::from_child(&child), Signal::TERM);
        let told = Instant::now();
        assert_eq!(wait(&mut child), Some(0));
        assert!(
            told.elapsed() < Duration::from_secs(7),
            "{:?}",
            told.elapsed()
        );
        // If it starts late, it is terminated.
        assert_eq!(caller.sessions().len(), usize::from(is_started));
        assert!(!is_started || the_session(&caller).ended == Some(Ended::Api));
    }
}

#[test]
fn early_and_repeated_messages_take_a_few_megabytes() {
    withstands(Hostile::Early);
    withstands(Hostile::Old);
}

#[test]
fn endless_pings_are_not_all_answered() {
    withstands(Hostile::Pings);
}

#[test]
fn an_endless_message_ends_the_websocket() {
    withstands(Hostile::Pieces);
    withstands(Hostile::TooLong);
}

/// How often a session is resumed in ten seconds, and when it is given up: see `wire::ssm::retry`.
#[test]
fn websockets_that_close_at_once_are_retried_less_and_less_often() {
    for hostile in [
        Hostile::Closes,
        Hostile::TooLong,
        Hostile::BadText,
        Hostile::OneByte,
    ] {
        let caller = against(hostile);
        let mut child = tunnel(&caller, 22).spawn().expect("the tunnel");
        thread::sleep(Duration::from_secs(10));
        let resumed = caller.calls_of("ResumeSession").len();
        let _ = kill_process(Pid::from_child(&child), Signal::TERM);
        wait(&mut child);
        assert!((2..=11).contains(&resumed), "{hostile:?}: {resumed} times");
        let session = the_session(&caller);
        assert_eq!(session.ended, Some(Ended::Api), "{hostile:?}");
    }
}

#[test]
fn credentials_are_loaded_again_only_if_aws_rejects_them() {
    let user = AwsUser::with("");
    let helper = user.aws("helper");
    let runs = user.aws("runs");
    let keys = r#"{"Version":1,"AccessKeyId":"$ID","SecretAccessKey":"$SECRET"}"#;
    user.writes("keys", keys);
    let script = format!(
        "#!/bin/sh\necho run >> '{}'\ncat '{}'\n",
        runs.display(),
        user.aws("keys").display()
    );
    write_script(&helper, &script);
    let config = format!("[default]\ncredential_process = \"{}\"\n", helper.display());
    user.writes("config", &config);
    user.caller.session_behavior(SessionBehavior {
        hostile: Some(Hostile::Closes),
        ..SessionBehavior::default()
    });
    let mut tunnel = user.command("mssh");
    tunnel.args(words(22)).stdin(std::process::Stdio::piped());
    tunnel.stdout(std::process::Stdio::piped());
    let mut child = tunnel.spawn().expect("the tunnel");
    thread::sleep(Duration::from_secs(5));
    let resumed = user.caller.calls_of("ResumeSession").len();
    assert!(resumed >= 2, "{resumed} times");
    let _ = kill_process(Pid::from_child(&child), Signal::TERM);
    wait(&mut child);
    let runs = fs::read_to_string(runs).expect("a run");
    assert_eq!(runs.lines().count(), 1);
    the_session(&user.caller);
}
