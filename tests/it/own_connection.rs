//! The ProxyCommand by which ssh gets a TCP connection of ours: real clients take it, and say what
//! they say of their own.

use std::fs;
use std::io::{BufRead, BufReader, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg, sockopt,
};

use crate::sandbox::{Outcome, PATIENCE, caller, eventually, finish, free_port, plain_ssh, spawn};

/// The options that make ssh take our connection.
const OURS: [&str; 4] = [
    "-o",
    "ProxyCommand=mssh --connection host=%h port=%p keepalive tos=16",
    "-o",
    "ProxyUseFdpass=yes",
];

/// Plain ssh to a port of this machine, connected by itself or by us.
fn ssh_to(port: u16, options: &[&str]) -> Command {
    let mut ssh = caller().command("ssh");
    ssh.args(options)
        .args(["-T", "-p", &port.to_string(), "127.0.0.1"]);
    ssh
}

/// What both kinds of ssh say of a server.
fn both(port: u16, options: &[&str]) -> [Outcome; 2] {
    [&[][..], &OURS].map(|ours| finish(&mut ssh_to(port, &[ours, options].concat())))
}

/// A server that serves two connections.
fn server(serve: impl Fn(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || listener.incoming().take(2).flatten().for_each(serve));
    port
}

/// Reads the client's identification.
fn hear(stream: &TcpStream) -> String {
    let mut line = String::new();
    let _ = BufReader::new(stream).read_line(&mut line);
    line
}

#[test]
fn ssh_logs_in_and_knows_the_address() {
    let caller = caller();
    finish(plain_ssh(&caller).args(OURS).arg("echo in")).prints("in\n");
    let verbose = finish(plain_ssh(&caller).args(OURS).args(["-v", "true"]));
    let said = |text: &str| verbose.stderr.contains(text);
    assert!(
        said("Authenticated to 127.0.0.11 ([127.0.0.11]:"),
        "{verbose:?}"
    );
    assert!(!said("via proxy"), "{verbose:?}");
}

#[test]
fn a_server_that_closes_is_reported_as_ever() {
    let close = server(|stream| drop(hear(&stream)));
    let speak_first = server(|mut stream| {
        let _ = stream.write_all(b"Not allowed at this time\r\n");
        hear(&stream);
    });
    for port in [close, speak_first] {
        let [plain, ours] = both(port, &[]);
        let closed = format!("Connection closed by 127.0.0.1 port {port}");
        assert!(plain.stderr.contains(&closed), "{plain:?}");
        assert_eq!((plain.stderr, plain.code), (ours.stderr, ours.code));
    }
}

#[test]
fn a_server_that_is_silent_is_given_up_as_ever() {
    let port = server(|stream| {
        hear(&stream);
        std::thread::spawn(move || {
            std::thread::sleep(PATIENCE);
            drop(stream);
        });
    });
    let [plain, ours] = both(port, &["-o", "ConnectTimeout=1"]);
    assert!(plain.stderr.contains("timed out"), "{plain:?}");
    assert_eq!((plain.stderr, plain.code), (ours.stderr, ours.code));
}

#[test]
fn a_connection_that_fails_is_reported_in_the_words_of_ssh() {
    let port = free_port();
    let [plain, ours] = both(port, &[]);
    let refused = format!("ssh: connect to host 127.0.0.1 port {port}: Connection refused\r\n");
    assert_eq!(plain.stderr, refused);
    assert!(ours.stderr.starts_with(&refused), "{ours:?}");
    assert_eq!((plain.code, ours.code), (Some(255), Some(255)));
}

#[test]
fn the_connection_has_the_options_that_were_asked_for() {
    for (words, keepalive, tos) in [(&["keepalive", "tos=72"][..], true, 72), (&[], false, 0)] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let connection = handed_over(port, words);
        assert!(connection.nodelay().expect("a socket"));
        let is_kept_alive = sockopt::socket_keepalive(&connection);
        assert_eq!(is_kept_alive.expect("a socket"), keepalive);
        assert_eq!(sockopt::ip_tos(&connection).expect("a socket"), tos);
    }
}

/// What the ProxyCommand passes to ssh.
fn handed_over(port: u16, words: &[&str]) -> TcpStream {
    let (ssh, helper) = UnixStream::pair().expect("sockets");
    let mut mssh = caller().command("mssh");
    mssh.args(["--connection", "host=127.0.0.1", &format!("port={port}")])
        .args(words)
        .stdin(OwnedFd::from(helper.try_clone().expect("a socket")))
        .stdout(OwnedFd::from(helper))
        .stderr(Stdio::inherit());
    assert!(mssh.status().expect("it starts").success());
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [1; 2];
    let into = &mut [IoSliceMut::new(&mut byte)];
    let received = recvmsg(&ssh, into, &mut control, RecvFlags::empty());
    assert_eq!(received.expect("a message").bytes, 1);
    let mut messages = control.drain();
    let Some(RecvAncillaryMessage::ScmRights(mut descriptors)) = messages.next() else {
        panic!("no descriptor");
    };
    TcpStream::from(descriptors.next().expect("a descriptor"))
}

#[test]
fn the_connection_of_an_agent_is_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let opened = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    let address = opened.local_addr().expect("its address");
    let (_directory, socket) = agent(opened);
    let taken = handed_over(port, &[&socket]);
    assert_eq!(taken.local_addr().expect("its address"), address);
    // The agent has gone with its connection, and its socket is stale.
    let other = handed_over(port, &[&socket]);
    assert_ne!(other.local_addr().expect("its address"), address);
}

/// An agent that answers one request with this connection, and the word that names its socket.
fn agent(opened: TcpStream) -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("agent 100%");
    let listener = UnixListener::bind(&path).expect("a socket");
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut request = [0; 4];
        stream.read_exact(&mut request).expect("a length");
        let name = b"connection@mssh";
        // SSH_AGENT_EXTENSION_RESPONSE (RFC 9987, section 3.8).
        let length = u8::try_from(name.len()).expect("a byte");
        let reply = [&[0, 0, 0, length + 5, 29, 0, 0, 0, length], &name[..]].concat();
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let passed = [opened.as_fd()];
        control.push(SendAncillaryMessage::ScmRights(&passed));
        let bytes = [IoSlice::new(&reply)];
        sendmsg(&stream, &bytes, &mut control, SendFlags::empty()).expect("sent");
        let _ = stream.read_to_end(&mut Vec::new());
    });
    (directory, format!("socket={}", path.display()))
}

/// The kernel's keep-alive timer runs only where TCPKeepAlive asks for it (proc_net_tcp in the kernel's
/// documentation).
#[test]
fn ssh_keeps_the_connection_alive_as_asked() {
    let silent = || {
        server(|stream| {
            hear(&stream);
            std::thread::spawn(move || {
                std::thread::sleep(PATIENCE);
                drop(stream);
            });
        })
    };
    let without = [
        "-o",
        "ProxyCommand=mssh --connection host=%h port=%p",
        OURS[2],
        OURS[3],
    ];
    for (options, timer) in [(&OURS, "02"), (&without, "00")] {
        let port = silent();
        let mut ssh = spawn(&mut ssh_to(port, options));
        let has_timer = || timer_of(port).is_some_and(|it| it == timer);
        let found = eventually(Duration::from_secs(10), has_timer);
        let _ = ssh.kill();
        let _ = ssh.wait();
        assert!(found, "{:?}", timer_of(port));
    }
}

/// The timer of the client's connection to this port.
fn timer_of(port: u16) -> Option<String> {
    let table = fs::read_to_string("/proc/net/tcp").expect("the kernel's table");
    let line = table.lines().find(|line| {
        let mut fields = line.split_whitespace().skip(2);
        let remote = fields.next().unwrap_or_default();
        remote.ends_with(&format!(":{port:04X}")) && fields.next() == Some("01")
    })?;
    let timer = line.split_whitespace().nth(5)?;
    timer.split(':').next().map(str::to_owned)
}
