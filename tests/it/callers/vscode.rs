//! VS Code's Remote-SSH with `mssh` in its setting `remote.SSH.path`. By its logs, it asks for the
//! version, starts a shell with a SOCKS port, writes a script to it, and sends its connections
//! through that port.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};

use super::costs;
use crate::lab::instances::WEB1;
use crate::sandbox::{
    PATIENCE, caller, echo_server, eventually, free_port, leaves_nothing, outcome, run, spawn,
};

#[test]
fn the_version_is_the_one_of_ssh_and_costs_no_call() {
    let caller = caller();
    let ours = run(&caller, "mssh", ["-V"]);
    let plain = run(&caller, "ssh", ["-V"]);
    assert!(ours.stderr.starts_with("OpenSSH_"), "{ours:?}");
    assert_eq!(
        (ours.code, ours.stdout, ours.stderr),
        (plain.code, plain.stdout, plain.stderr)
    );
    assert_eq!(caller.calls().len(), 0);
}

#[test]
fn a_script_runs_and_two_connections_use_the_socks_port() {
    let caller = caller();
    let port = free_port();
    let mut mssh = caller.command("mssh");
    mssh.args(["-T", "-D", &port.to_string(), "-o", "ConnectTimeout=15"]);
    mssh.args([WEB1, "bash"]);
    let mut child = spawn(&mut mssh);
    let mut script = child.stdin.take().expect("a pipe");
    script
        .write_all(b"uname -s\necho \"listeningOn==$((40 + 2))==\"\n")
        .expect("a script");
    let mut answer = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut said = String::new();
    for _ in 0..2 {
        answer.read_line(&mut said).expect("an answer");
    }
    assert_eq!(said, "Linux\nlisteningOn==42==\n");
    let server = echo_server();
    let mut first = through(port, server);
    let mut second = through(port, server);
    assert_eq!(echoes_back(&mut first, b"first"), b"first");
    assert_eq!(echoes_back(&mut second, b"second"), b"second");
    assert_eq!(echoes_back(&mut first, b"again"), b"again");
    drop((first, second));
    script.write_all(b"exit 3\n").expect("a script");
    let ended = outcome(child);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(3), ""));
    costs(&caller, 1);
    leaves_nothing(&caller);
}

/// A connection to a remote port through the local SOCKS port (RFC 1928, no authentication).
#[track_caller]
fn through(socks: u16, port: u16) -> TcpStream {
    let mut stream = None;
    let connected = eventually(PATIENCE, || {
        stream = TcpStream::connect((Ipv4Addr::LOCALHOST, socks)).ok();
        stream.is_some()
    });
    assert!(connected, "nobody listens");
    let mut stream = stream.expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    stream.write_all(&[5, 1, 0]).expect("a greeting");
    let mut method = [0; 2];
    stream.read_exact(&mut method).expect("a method");
    assert_eq!(method, [5, 0]);
    let [high, low] = port.to_be_bytes();
    let connect = [5, 1, 0, 1, 127, 0, 0, 1, high, low];
    stream.write_all(&connect).expect("a request");
    let mut reply = [0; 10];
    stream.read_exact(&mut reply).expect("a reply");
    assert_eq!(reply[..2], [5, 0]);
    stream
}

fn echoes_back(stream: &mut TcpStream, words: &[u8]) -> Vec<u8> {
    stream.write_all(words).expect("a connection");
    let mut heard = vec![0; words.len()];
    stream.read_exact(&mut heard).expect("an answer");
    heard
}
