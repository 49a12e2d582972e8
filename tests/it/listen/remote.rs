//! Ports of hosts that an instance reaches, and the documents by which sessions forward ports.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::errors::{error_for, is_cut_off};
use super::{Port, WEB1_PRIVATE, answers, echo, no_session_is_left, server};
use crate::lab::instances::WEB1;
use crate::lab::ssm::{DATABASE, Document, Release};
use crate::lab::{DESCRIBE_INSTANCES, SessionBehavior};
use crate::sandbox::{PATIENCE, caller};

const FORWARD: &str = "AWS-StartPortForwardingSession";
const TO_HOST: &str = "AWS-StartPortForwardingSessionToRemoteHost";
const TO_SSH: &str = "AWS-StartSSHSession";

fn denying(denied_documents: &'static [&'static str]) -> SessionBehavior {
    SessionBehavior {
        denied_documents,
        ..SessionBehavior::default()
    }
}

fn closed_port(at: Ipv4Addr) -> u16 {
    let listener = TcpListener::bind((at, 0)).expect("a port");
    listener.local_addr().expect("its address").port()
}

#[test]
fn a_database_behind_an_instance_is_reached_without_sshd_key_and_user() {
    let caller = caller();
    let (name, at) = DATABASE;
    let there = echo(at);
    for host in [name.to_owned(), at.to_string()] {
        let port = Port::to(&caller, &[&format!("{WEB1}:{host}:{there}")]);
        let goal = format!("{WEB1}:{host}:{there} (Session Manager)");
        assert_eq!(port.goal, goal);
        let (first, second) = (port.connect(), port.connect());
        assert!(answers(&first) && answers(&second) && answers(&first));
        drop((first, second));
        port.ends_quietly();
        let document = Document::ToHost(host, there);
        let sessions = caller.sessions();
        assert_eq!(
            sessions.iter().filter(|it| it.document == document).count(),
            2
        );
    }
    no_session_is_left(&caller);
    let mut actions: Vec<_> = caller.calls().into_iter().map(|it| it.action).collect();
    actions.retain(|it| !["StartSession", "TerminateSession"].contains(&&**it));
    assert_eq!(actions, [DESCRIBE_INSTANCES; 2]);
}

#[test]
fn a_database_behind_a_name_or_tag_is_reached() {
    let caller = caller();
    let there = echo(DATABASE.1);
    for name in ["web1", "tag:Name=web1", "[tag:a:b=c:d@e]", "we?1"] {
        let port = Port::to(&caller, &[&format!("{name}:{}:{there}", DATABASE.0)]);
        assert!(answers(&port.connect()), "{name}");
        port.ends_quietly();
    }
    assert!(caller.sessions().iter().all(|it| it.target == WEB1));
    no_session_is_left(&caller);
}

#[test]
fn a_far_end_that_closes_ends_the_connection() {
    let caller = caller();
    let there = server(DATABASE.1, |mut stream| {
        let _ = stream.write_all(b"bye");
    });
    let port = Port::to(&caller, &[&format!("{WEB1}:{}:{there}", DATABASE.0)]);
    for _ in 0..2 {
        let mut heard = String::new();
        port.connect().read_to_string(&mut heard).expect("the end");
        assert_eq!(heard, "bye");
    }
    port.says_nothing_more();
    no_session_is_left(&caller);
    port.ends_quietly();
}

/// The agent has acknowledged all of it long before the far end reads.
#[test]
fn a_far_end_that_reads_slowly_gets_everything() {
    let caller = caller();
    let (tell, told) = mpsc::channel();
    let there = server(DATABASE.1, move |mut stream| {
        thread::sleep(Duration::from_secs(4));
        let mut heard = Vec::new();
        let end = stream.read_to_end(&mut heard).is_ok();
        let _ = tell.send((heard, end));
    });
    let mut all = vec![0; 2_000_000];
    fastrand::Rng::with_seed(3).fill(&mut all);
    let port = Port::to(&caller, &[&format!("{WEB1}:{}:{there}", DATABASE.0)]);
    let mut stream = port.connect();
    stream.write_all(&all).expect("a connection");
    stream.shutdown(Shutdown::Write).expect("a connection");
    let (heard, end) = told.recv_timeout(PATIENCE).expect("all of it");
    assert!(heard == all && end, "{} bytes", heard.len());
    assert_eq!(stream.read(&mut [0; 1]).expect("the end"), 0);
    no_session_is_left(&caller);
    port.ends_quietly();
}

#[test]
fn where_the_document_for_ssh_is_not_allowed_the_one_for_ports_is_used() {
    let caller = caller();
    caller.session_behavior(denying(&[TO_SSH]));
    let there = echo(WEB1_PRIVATE);
    let port = Port::to(&caller, &["--ssm", &format!("{WEB1}:{there}")]);
    for calls in [2, 3] {
        assert!(answers(&port.connect()));
        assert_eq!(caller.calls_of("StartSession").len(), calls);
    }
    port.says_nothing_more();
    port.ends_quietly();
    no_session_is_left(&caller);
    let documents: Vec<_> = caller
        .sessions()
        .into_iter()
        .map(|it| it.document)
        .collect();
    assert_eq!(
        documents,
        [Document::Forward(there), Document::Forward(there)]
    );
}

#[test]
fn a_denied_document_is_named() {
    let caller = caller();
    caller.session_behavior(denying(&[TO_SSH, FORWARD, TO_HOST]));
    let document = |name: &str| format!("arn:aws:ssm:us-east-1::document/{name}");
    for (target, documents) in [
        (
            format!("{WEB1}:80"),
            format!("{} or {FORWARD}", document(TO_SSH)),
        ),
        (format!("{WEB1}:db:80"), document(TO_HOST)),
    ] {
        let port = Port::to(&caller, &["--ssm", &target]);
        let client = port.connect();
        let what = format!("ssm:StartSession on {documents}");
        let error = error_for(&port, &client);
        assert_eq!(
            error,
            format!("arn:aws:iam::123456789012:user/lab is not allowed {what}")
        );
        assert_eq!(
            port.line(),
            format!("mssh: hint: a policy must allow {what}")
        );
        is_cut_off(&client);
        port.ends_quietly();
    }
    assert!(caller.sessions().is_empty());
}

#[test]
fn a_far_end_that_refuses_is_reported_for_its_connection() {
    let caller = caller();
    caller.session_behavior(denying(&[TO_SSH]));
    let (own, other) = (closed_port(WEB1_PRIVATE), closed_port(DATABASE.1));
    for (target, place, hint) in [
        (
            format!("{WEB1}:{own}"),
            format!("its own port {own}"),
            format!("does anything listen on port {own} there?"),
        ),
        (
            format!("{WEB1}:{}:{other}", DATABASE.0),
            format!("{}:{other}", DATABASE.0),
            format!(
                "does {} resolve on {WEB1}, does anything listen on that port, and do the security \
                 groups let {WEB1} in?",
                DATABASE.0
            ),
        ),
        (
            format!("{WEB1}:no-such.host:1"),
            "no-such.host:1".to_owned(),
            format!(
                "does no-such.host resolve on {WEB1}, does anything listen on that port, and do \
                 the security groups let {WEB1} in?"
            ),
        ),
    ] {
        let port = Port::to(&caller, &["--ssm", &target]);
        let client = port.connect();
        let error = error_for(&port, &client);
        assert_eq!(error, format!("{WEB1} cannot connect to {place}"));
        assert_eq!(port.line(), format!("mssh: hint: {hint}"));
        is_cut_off(&client);
        port.ends_quietly();
    }
    no_session_is_left(&caller);
}

/// It would connect to itself.
#[test]
fn an_agent_that_is_too_old_for_other_hosts_is_refused() {
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        release: Release::Ancient,
        ..SessionBehavior::default()
    });
    let port = Port::to(&caller, &[&format!("{WEB1}:{}:1", DATABASE.0)]);
    let client = port.connect();
    assert_eq!(
        error_for(&port, &client),
        "the session is over: the SSM Agent's release 3.0.196.0 is too old for that: it takes \
         3.1.1374.0 or later"
    );
    assert_eq!(
        port.line(),
        "mssh: hint: update the agent, for example with the document AWS-UpdateSSMAgent"
    );
    is_cut_off(&client);
    port.ends_quietly();
    no_session_is_left(&caller);
}
