//! Streams through a port: every byte arrives once, in either direction, up to the end.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{
    Port, WEB1_PRIVATE, WEB1_PUBLIC, answers, no_session_is_left, port_by, routes, server,
};
use crate::lab::eice::pattern;
use crate::lab::instances::{PRIVATE, WEB1};
use crate::sandbox::{PATIENCE, caller, eventually};

/// The limit of an endpoint.
const MANY: u64 = 20;

fn bytes(size: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; size];
    fastrand::Rng::with_seed(seed).fill(&mut bytes);
    bytes
}

/// Sends everything and half-closes. Returns as many bytes of the answer.
fn half_closed(stream: &TcpStream, greeting: &str, all: &[u8]) -> Vec<u8> {
    let (mut writer, mut reader) = (stream, stream);
    thread::scope(|scope| {
        scope.spawn(move || {
            writer.write_all(greeting.as_bytes()).expect("written");
            writer.write_all(all).expect("written");
            writer.shutdown(Shutdown::Write).expect("a connection");
        });
        let mut heard = vec![0; all.len()];
        reader.read_exact(&mut heard).expect("all of it");
        heard
    })
}

/// The AWS CLI returned 81,380 of 300,000 bytes.
#[test]
fn after_a_half_close_the_whole_answer_arrives() {
    for (words, greeting) in routes() {
        let caller = caller();
        let port = port_by(&caller, &words);
        let all = bytes(300_000, 1);
        let stream = port.connect();
        let heard = half_closed(&stream, greeting, &all);
        assert!(heard == all, "{words:?}");
        if !words.contains(&"--eice".to_owned()) {
            // Directly, the echo server sees the end and closes; an idle SSM session is ended. An
            // endpoint has no half-close.
            let mut rest = Vec::new();
            (&stream).read_to_end(&mut rest).expect("the end");
            assert!(rest.is_empty(), "{words:?}");
        }
        drop(stream);
        port.ends_quietly();
        no_session_is_left(&caller);
    }
}

#[test]
fn the_last_bytes_and_the_end_arrive_once() {
    for (at, words) in [(WEB1_PUBLIC, &[][..]), (WEB1_PRIVATE, &["--ssm"])] {
        let caller = caller();
        let (tell, told) = mpsc::channel();
        let listens = server(at, move |mut stream| {
            let mut heard = String::new();
            let end = stream.read_to_string(&mut heard).is_ok();
            let _ = tell.send((heard, end));
        });
        let target = format!("{WEB1}:{listens}");
        let port = Port::to(&caller, &[words, &[&target]].concat());
        for round in 0..5 {
            let mut stream = port.connect();
            write!(stream, "first and last {round}").expect("a connection");
            drop(stream);
        }
        let mut heard: Vec<_> = (0..5)
            .map(|_| told.recv_timeout(PATIENCE).expect("a message"))
            .collect();
        heard.sort();
        let expected = (0..5).map(|round| (format!("first and last {round}"), true));
        assert_eq!(heard, expected.collect::<Vec<_>>());
        port.ends_quietly();
        no_session_is_left(&caller);
    }
    // Behind an endpoint there is no counter, but the echo would show duplicates.
    let caller = caller();
    let port = Port::to(&caller, &["--eice", &format!("{PRIVATE}:3389")]);
    let stream = port.connect();
    assert_eq!(half_closed(&stream, "echo\n", b"once"), b"once");
    stream
        .set_read_timeout(Some(Duration::from_millis(500)))
        .expect("a socket");
    let more = (&stream).read(&mut [0; 9]);
    let quiet = |it: &std::io::Error| matches!(it.kind(), ErrorKind::WouldBlock);
    assert!(more.as_ref().is_err_and(quiet), "{more:?}");
    port.ends_quietly();
}

#[test]
fn twenty_connections_are_kept_apart() {
    for (words, greeting) in routes() {
        let caller = caller();
        let port = port_by(&caller, &words);
        thread::scope(|scope| {
            for seed in 0..MANY {
                let mut stream = port.connect();
                scope.spawn(move || {
                    let all = bytes(100_000, seed);
                    stream.write_all(greeting.as_bytes()).expect("written");
                    let mut writer = stream.try_clone().expect("a socket");
                    let sent = all.clone();
                    let sends = thread::spawn(move || writer.write_all(&sent).is_ok());
                    let mut heard = vec![0; all.len()];
                    stream.read_exact(&mut heard).expect("all of it");
                    assert!(sends.join().expect("no panic") && heard == all);
                });
            }
        });
        port.says_nothing_more();
        port.ends_quietly();
        no_session_is_left(&caller);
        let sessions = caller.sessions().len() + caller.tunnels().len();
        assert_eq!(sessions, if words.len() == 1 { 0 } else { 20 });
    }
}

#[test]
fn a_long_stream_arrives_complete_with_its_end() {
    let all = pattern().len() * 24;
    let listens = server(WEB1_PUBLIC, |mut stream| {
        let asked = BufReader::new(&stream).read_line(&mut String::new());
        assert!(asked.is_ok_and(|it| it > 0));
        for _ in 0..24 {
            let _ = stream.write_all(pattern());
        }
    });
    let direct = format!("{WEB1}:{listens}");
    let there = format!("{PRIVATE}:3389");
    for words in [&[&*direct][..], &["--eice", &there]] {
        let caller = caller();
        let port = Port::to(&caller, words);
        let mut stream = port.connect();
        writeln!(stream, "source {all}").expect("a connection");
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).expect("the end");
        assert!(heard.len() == all && heard.chunks(pattern().len()).all(|it| it == pattern()));
        port.says_nothing_more();
        port.ends_quietly();
    }
}

/// A port check is not worth a message.
#[test]
fn connecting_and_closing_is_silent_and_leaves_nothing() {
    for (words, greeting) in routes() {
        let caller = caller();
        let port = port_by(&caller, &words);
        for _ in 0..3 {
            drop(port.connect());
        }
        let reset = port.connect();
        reset.set_nonblocking(true).expect("a socket");
        rustix::net::sockopt::set_socket_linger(&reset, Some(Duration::ZERO)).expect("a socket");
        drop(reset);
        let mut stream = port.connect();
        stream.write_all(greeting.as_bytes()).expect("a connection");
        assert!(answers(&stream), "{words:?}");
        let started = || caller.sessions().len() + caller.tunnels().len();
        let all = if words.len() == 1 { 0 } else { 5 };
        assert!(eventually(PATIENCE, || started() == all), "{words:?}");
        if words.contains(&"--ssm".to_owned()) {
            let over = || {
                caller
                    .sessions()
                    .iter()
                    .filter(|it| it.ended.is_some())
                    .count()
            };
            assert!(
                eventually(PATIENCE, || over() == 4),
                "{:?}",
                caller.sessions()
            );
        }
        assert!(answers(&stream), "{words:?}");
        port.says_nothing_more();
        port.ends_quietly();
        no_session_is_left(&caller);
    }
}

/// sshd sends first, so the closed client is noticed.
#[test]
fn a_tunnel_to_sshd_ends_with_a_client_that_only_connected() {
    let caller = caller();
    let target = format!("{PRIVATE}:{}", caller.lab().port());
    let port = Port::to(&caller, &["--eice", &target]);
    let mut stream = port.connect();
    stream.read_exact(&mut [0; 4]).expect("a banner");
    drop(stream);
    drop(port.connect());
    let over = || {
        let tunnels = caller.tunnels();
        tunnels.len() == 2 && tunnels.iter().all(|it| !it.end.is_empty())
    };
    assert!(eventually(PATIENCE, over), "{:?}", caller.tunnels());
    port.ends_quietly();
}
