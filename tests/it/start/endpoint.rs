//! sshd is waited for through an EC2 Instance Connect Endpoint.

use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use super::{SOON, START};
use crate::lab::eice::TunnelFault;
use crate::lab::instances::PRIVATE;
use crate::lab::power::Power;
use crate::lab::{Caller, SEND_SSH_PUBLIC_KEY};
use crate::sandbox::eice::command;
use crate::sandbox::{Outcome, PATIENCE, caller, eventually, finish, outcome, pid_of};

const NEVER: Duration = Duration::from_hours(1);

/// A caller whose instance is stopped, and answers through endpoints so long after it runs.
fn stopped(sshd: Duration) -> Caller<'static> {
    let caller = caller();
    caller.power(Power::stopped(PRIVATE, SOON).with_sshd_after(sshd));
    caller
}

fn mssh(caller: &Caller<'_>, words: &[&str]) -> Outcome {
    finish(
        command(caller, "mssh")
            .args(["--start", "--eice"])
            .args(words),
    )
}

fn has_tried(caller: &Caller<'_>) -> bool {
    !caller.tunnels().is_empty()
}

#[test]
fn it_is_tried_until_sshd_answers() {
    let caller = stopped(Duration::from_secs(4));
    mssh(&caller, &[PRIVATE, "echo there"]).prints("there\n");
    let mut ends: Vec<String> = caller.tunnels().into_iter().map(|it| it.end).collect();
    let (login, answered) = (ends.pop(), ends.pop());
    assert!(login.is_some() && !ends.is_empty(), "{ends:?}");
    assert_eq!(
        answered.as_deref(),
        Some("closed by the client with Some(1000)")
    );
    let early = |it: &String| it == "Unable to connect to target";
    assert!(ends.iter().all(early), "{ends:?}");
    // From now on it runs: one tunnel, for the login.
    let before = caller.tunnels().len();
    mssh(&caller, &[PRIVATE, "echo again"]).prints("again\n");
    assert_eq!(caller.tunnels().len(), before + 1);
    assert_eq!(caller.calls_of(START).len(), 1);
}

#[test]
fn the_wait_for_sshd_has_the_limit() {
    let hangs = stopped(Duration::ZERO);
    hangs.tunnel_fault(TunnelFault::Hang);
    for (caller, why) in [
        (stopped(NEVER), "sshd does not answer through the endpoint"),
        (hangs, "no answer yet"),
    ] {
        let began = Instant::now();
        mssh(&caller, &["--wait", "5", PRIVATE]).fails(
            255,
            &[
                &format!(
                    "mssh: error: instance {PRIVATE} runs, but cannot be reached after 5s: {why}"
                ),
                "mssh: hint: it is left as it is; `--wait 10s` waits longer",
            ],
        );
        assert!(began.elapsed() < Duration::from_secs(12));
        assert!(has_tried(&caller) && caller.calls_of(SEND_SSH_PUBLIC_KEY).is_empty());
    }
}

#[test]
fn a_signal_ends_the_wait_for_sshd() {
    let caller = stopped(NEVER);
    let mut mssh = command(&caller, "mssh");
    mssh.args(["--start", "--eice", PRIVATE])
        .stderr(Stdio::piped());
    let child = mssh.spawn().expect("mssh starts");
    assert!(eventually(PATIENCE, || has_tried(&caller)));
    kill_process(pid_of(&child), Signal::INT).expect("a process");
    let outcome = outcome(child);
    let error =
        format!("mssh: error: no longer waiting: instance {PRIVATE} is running, and left so\n");
    assert_eq!((outcome.code, outcome.stderr), (Some(255), error));
    assert!(caller.calls_of(SEND_SSH_PUBLIC_KEY).is_empty());
}

#[test]
fn what_waiting_does_not_mend_ends_it() {
    let caller = stopped(NEVER);
    let denied = r#"{"ErrorCode":"AccessDenied","Message":"No."}"#;
    caller.tunnel_fault(TunnelFault::Refuse(403, denied));
    let outcome = mssh(&caller, &[PRIVATE]);
    assert!(outcome.code == Some(255), "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains("refused the tunnel: No (AccessDenied)"),
        "{outcome:?}"
    );
    assert_eq!(caller.tunnels().len(), 1);
}

#[test]
fn a_forwarded_port_without_ssh_is_not_waited_for() {
    let caller = stopped(NEVER);
    let mut listen = command(&caller, "mssh");
    let target = format!("{PRIVATE}:3389");
    listen.args([
        "--listen", "0", "--start", "--eice", "--wait", "30", &target,
    ]);
    let mut child = listen.stdout(Stdio::piped()).spawn().expect("mssh starts");
    let mut told = String::new();
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_to_string(&mut told).expect("a port");
    assert!(told.trim().parse::<u16>().is_ok(), "{told}");
    assert!(!has_tried(&caller));
    kill_process(pid_of(&child), Signal::TERM).expect("a process");
    let _ = child.wait();
}
