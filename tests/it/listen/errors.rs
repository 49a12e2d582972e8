//! Errors of the port, the target, or one of several connections.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use super::{Port, WEB1_PRIVATE, WEB1_PUBLIC, answers, echo, listener, no_session_is_left};
use crate::lab::eice::{SAME_SUBNET, TunnelFault};
use crate::lab::instances::{PRIVATE, STOPPED, WEB1};
use crate::lab::{DESCRIBE_INSTANCES, Fault, SessionBehavior, Trouble};
use crate::sandbox::{caller, finish, run};

/// The error reported for a client, without its address.
#[track_caller]
pub(super) fn error_for(port: &Port, client: &TcpStream) -> String {
    let line = port.line();
    let who = client.local_addr().expect("an address");
    let what = line.strip_prefix(&format!("mssh: error: {who}: "));
    what.unwrap_or_else(|| panic!("{line}")).to_owned()
}

/// Asserts that the connection is reset without a byte.
#[track_caller]
pub(super) fn is_cut_off(mut client: &TcpStream) {
    let read = client.read(&mut [0; 1]);
    let reset = |it: &std::io::Error| it.kind() == ErrorKind::ConnectionReset;
    assert!(read.as_ref().is_err_and(reset), "{read:?}");
}

#[test]
fn a_connection_that_an_endpoint_refuses_does_not_affect_others() {
    let caller = caller();
    let port = Port::to(&caller, &["--eice", &format!("{PRIVATE}:3389")]);
    let mut first = port.connect();
    first.write_all(b"echo\n").expect("a connection");
    assert!(answers(&first));
    let refusal = r#"{"ErrorCode":"Throttling","Message":"Too many tunnels."}"#;
    caller.tunnel_fault(TunnelFault::Refuse(429, refusal));
    let error = format!("{SAME_SUBNET} refused the tunnel: Too many tunnels (Throttling)");
    let second = port.connect();
    is_cut_off(&second);
    assert_eq!(error_for(&port, &second), error);
    let hint = "mssh: hint: an endpoint allows 20 connections at most; end one, or try again later";
    assert_eq!(port.line(), hint);
    assert!(answers(&first));
    // The hint is given once.
    let third = port.connect();
    is_cut_off(&third);
    assert_eq!(error_for(&port, &third), error);
    port.says_nothing_more();
    assert!(answers(&first));
    port.ends_quietly();
}

#[test]
fn a_connection_that_session_manager_refuses_does_not_affect_others() {
    let caller = caller();
    let port = Port::to(
        &caller,
        &["--ssm", &format!("{WEB1}:{}", echo(WEB1_PRIVATE))],
    );
    let first = port.connect();
    assert!(answers(&first));
    caller.session_behavior(SessionBehavior {
        refused_upgrades: u32::MAX,
        ..SessionBehavior::default()
    });
    let second = port.connect();
    let error = "Session Manager refused the session's websocket (HTTP 503)";
    assert_eq!(error_for(&port, &second), error);
    assert_eq!(port.line(), "mssh: hint: try again in a moment");
    is_cut_off(&second);
    caller.session_behavior(SessionBehavior::default());
    let third = port.connect();
    assert!(answers(&third) && answers(&first));
    caller.fault(Fault::new(Trouble::Denied).on("StartSession").first(2));
    let fourth = port.connect();
    let what = error_for(&port, &fourth);
    assert!(
        what.contains("is not allowed ssm:StartSession on "),
        "{what}"
    );
    assert!(port.line().starts_with("mssh: hint: a policy must allow "));
    assert!(answers(&third) && answers(&first) && answers(&port.connect()));
    port.ends_quietly();
    no_session_is_left(&caller);
}

#[test]
fn a_closed_remote_port_is_reported_and_an_open_one_is_reached() {
    let nobody = |at| {
        let listener = TcpListener::bind((at, 0)).expect("a port");
        listener.local_addr().expect("its address").port()
    };
    let caller = caller();
    let there = nobody(WEB1_PUBLIC);
    let port = Port::to(&caller, &[&format!("{WEB1}:{there}")]);
    let client = port.connect();
    let refused = "Connection refused";
    let error = format!("cannot connect to 127.0.0.11 port {there}: {refused}");
    assert_eq!(error_for(&port, &client), error);
    is_cut_off(&client);
    assert!(
        port.line()
            .starts_with("mssh: hint: does a security group block")
    );
    let listener = TcpListener::bind((WEB1_PUBLIC, there)).expect("the same port");
    let mut client = port.connect();
    let mut arrived = listener.accept().expect("a connection").0;
    client.write_all(b"hello").expect("a connection");
    arrived.read_exact(&mut [0; 5]).expect("a word");
    // A remote reset becomes a local one.
    rustix::net::sockopt::set_socket_linger(&arrived, Some(Duration::ZERO)).expect("a socket");
    drop(arrived);
    is_cut_off(&client);
    let lost = "the connection is lost: Connection reset by peer";
    assert_eq!(error_for(&port, &client), lost);
    port.ends_quietly();

    // An agent that could not connect is silent until it notices that its worker has crashed.
    caller.session_behavior(SessionBehavior {
        notices: Some(Duration::from_secs(1)),
        ..SessionBehavior::default()
    });
    let there = nobody(WEB1_PRIVATE);
    let port = Port::to(&caller, &["--ssm", &format!("{WEB1}:{there}")]);
    let client = port.connect();
    let what = error_for(&port, &client);
    assert!(what.contains("ipc messaging received timeout"), "{what}");
    let hint = format!("mssh: hint: does anything listen on port {there} there?");
    let said = port.line();
    assert!(said.starts_with(&hint), "{said}");
    is_cut_off(&client);
    port.ends_quietly();
    no_session_is_left(&caller);
}

#[test]
fn a_local_port_that_is_not_free_is_reported_before_any_call() {
    let caller = caller();
    let holder = TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = holder.local_addr().expect("its address").to_string();
    run(&caller, "mssh", ["--listen", &taken, WEB1]).fails(
        255,
        &[
            &format!("mssh: error: cannot listen on {taken}: Address already in use"),
            "mssh: hint: another program uses that port: choose another, or 0 for any free one",
        ],
    );
    drop(holder);
    run(&caller, "mssh", ["--listen", "192.0.2.1:0", WEB1]).fails(
        255,
        &[
            "mssh: error: cannot listen on 192.0.2.1:0: Cannot assign requested address",
            "mssh: hint: this machine has no such address: leave it out",
        ],
    );
    assert!(caller.calls().is_empty());
}

#[test]
fn an_unreachable_target_ends_it_at_once() {
    let caller = caller();
    let fails = |words: &[&str], error: &str| {
        let outcome = finish(listener(&caller).args(words));
        let line = outcome.stderr.lines().next().unwrap_or_default();
        assert_eq!(line, format!("mssh: error: {error}"));
        assert_eq!((outcome.code, &*outcome.stdout), (Some(255), ""));
    };
    fails(&[STOPPED], &format!("instance {STOPPED} is stopped"));
    let unknown = "i-0123456789abcdef0";
    fails(
        &[unknown],
        &format!("there is no instance {unknown} in us-east-1 (set by AWS_REGION)"),
    );
    fails(
        &[
            "--eice",
            "--eice-endpoint",
            "eice-0123456789abcdef0",
            PRIVATE,
        ],
        "there is no EC2 Instance Connect Endpoint eice-0123456789abcdef0",
    );
    fails(
        &["--via", "public", PRIVATE],
        &format!("instance {PRIVATE} has no public IPv4 address"),
    );
    caller.fault(Fault::new(Trouble::Denied).on(DESCRIBE_INSTANCES));
    let outcome = finish(listener(&caller).arg(WEB1));
    assert!(
        outcome.stderr.contains("ec2:DescribeInstances"),
        "{outcome:?}"
    );
}
