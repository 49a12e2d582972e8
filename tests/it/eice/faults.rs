//! Faults of a tunnel: each is reported in a line, and none hangs.

use std::time::Duration;

use super::mssh;
use crate::lab::eice::{SAME_SUBNET, TunnelFault, name};
use crate::lab::instances::PRIVATE;
use crate::sandbox::eice::command;
use crate::sandbox::{Login, Outcome, caller, finish, leaves_nothing};

/// The lines of mssh on stderr, without those of ssh.
pub(super) fn ours(outcome: &Outcome) -> Vec<&str> {
    let lines = outcome.stderr.lines();
    lines.filter(|line| line.starts_with("mssh: ")).collect()
}

#[track_caller]
fn fails_with(fault: TunnelFault, lines: &[&str]) {
    let caller = caller();
    caller.tunnel_fault(fault);
    let outcome = mssh(&caller, &["--eice", PRIVATE, "echo never; sleep 60"]);
    assert_eq!(ours(&outcome), lines, "{outcome:?}");
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    leaves_nothing(&caller);
}

#[test]
fn a_refusal_is_one_line_and_a_hint() {
    let refuses = |what: &str| format!("mssh: error: {SAME_SUBNET} refused the tunnel: {what}");
    fails_with(
        TunnelFault::Refuse(
            403,
            r#"{"ErrorCode":"AccessDenied","Message":"User: arn:x is not authorized to perform: ec2-instance-connect:OpenTunnel"}"#,
        ),
        &[
            &refuses(
                "User: arn:x is not authorized to perform: ec2-instance-connect:OpenTunnel \
                 (AccessDenied)",
            ),
            "mssh: hint: a policy must allow ec2-instance-connect:OpenTunnel on the endpoint, for \
             this address, port and duration if it has such conditions",
        ],
    );
    fails_with(
        TunnelFault::Refuse(
            429,
            r#"{"ErrorCode":"Throttling","Message":"Too many tunnels."}"#,
        ),
        &[
            &refuses("Too many tunnels (Throttling)"),
            "mssh: hint: an endpoint allows 20 connections at most; end one, or try again later",
        ],
    );
    fails_with(
        TunnelFault::Refuse(503, "<html>busy</html>"),
        &[
            &refuses("no reason given (HTTP 503)"),
            "mssh: hint: try again in a moment",
        ],
    );
    fails_with(
        TunnelFault::Refuse(404, "{\"Message\":\"a\\u001b[2Jb\\nc\"}"),
        &[&refuses("a\\u{1b}[2Jb c (HTTP 404)")],
    );
}

#[test]
fn the_service_refuses_ports_other_than_its_two() {
    let caller = caller();
    let outcome = mssh(&caller, &["--eice", "-p", "2222", PRIVATE, "true"]);
    assert_eq!(
        ours(&outcome),
        [
            &*format!(
                "mssh: error: {SAME_SUBNET} refused the tunnel: The specified RemotePort is not \
                 valid (InvalidParameter)"
            ),
            "mssh: hint: endpoints connect to ports 22 and 3389 only; forward others with ssh's \
             -L",
        ]
    );
    assert_eq!((outcome.code, caller.tunnels()[0].port), (Some(255), 2222));
}

#[test]
fn an_instance_that_the_endpoint_cannot_reach_is_reported() {
    let caller = caller();
    // Found by its private address, and running, but without an sshd.
    let outcome = finish(command(&caller, "mssh").args([
        "--tunnel",
        "port=22",
        &format!(
            "eice=x,{SAME_SUBNET},{},127.0.9.9,us-east-1",
            name(SAME_SUBNET)
        ),
    ]));
    outcome.fails(
        255,
        &[
            &format!(
                "mssh: error: {SAME_SUBNET} closed the tunnel: Unable to connect to target (close \
                 code 1011)"
            ),
            "mssh: hint: do the security groups let the endpoint in, and does sshd listen on that \
             port?",
        ],
    );
}

#[test]
fn a_broken_tunnel_is_reported_and_ends_ssh() {
    fails_with(
        TunnelFault::DropAfter(2000),
        &["mssh: error: the tunnel is lost: the connection has been closed"],
    );
    fails_with(
        TunnelFault::CloseAfter(2000, 1008, "Idle for too long."),
        &[&format!(
            "mssh: error: {SAME_SUBNET} closed the tunnel: Idle for too long (close code 1008)"
        )],
    );
    fails_with(TunnelFault::CloseAfter(2000, 1000, ""), &[]);
    fails_with(
        TunnelFault::Text,
        &["mssh: error: the tunnel is lost: the endpoint sends text"],
    );
    fails_with(
        TunnelFault::TooLong,
        &["mssh: error: the tunnel is lost: payload length of 1048576 exceeds the limit of 131072"],
    );
    fails_with(
        TunnelFault::WrongKey,
        &[
            &format!(
                "mssh: error: cannot open a websocket at {}: its answer makes no sense",
                name(SAME_SUBNET)
            ),
            "mssh: hint: does a proxy or a firewall block websockets?",
        ],
    );
}

#[test]
fn a_slow_or_fragmented_tunnel_works() {
    let slow = Duration::from_millis(20);
    for fault in [
        TunnelFault::SlowReader(slow),
        TunnelFault::SlowWriter(slow),
        TunnelFault::Fragments,
    ] {
        let caller = caller();
        caller.tunnel_fault(fault);
        let mut session = Login::open(command(&caller, "mssh").args(["--eice", PRIVATE]));
        assert!((0..5).all(|_| session.answers()), "{fault:?}");
        let outcome = session.end();
        assert_eq!((outcome.code, &*outcome.stderr), (Some(0), ""), "{fault:?}");
    }
}

#[test]
fn a_refusal_reports_a_wrong_clock() {
    let caller = caller();
    caller.clock_ahead(-20);
    caller.tunnel_fault(TunnelFault::Refuse(
        403,
        r#"{"ErrorCode":"AccessDenied","Message":"Signature not yet current"}"#,
    ));
    let outcome = mssh(&caller, &["--eice", PRIVATE, "echo never; sleep 60"]);
    assert_eq!(
        ours(&outcome),
        [
            &format!(
                "mssh: error: {SAME_SUBNET} refused the tunnel: Signature not yet current \
                 (AccessDenied)"
            ),
            "mssh: hint: set this machine's clock, which is 20 minutes ahead of AWS's",
        ],
    );
}
