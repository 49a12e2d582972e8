//! The tunnel as ssh would start it, to port 3389 of an instance.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use crate::lab::Caller;
use crate::lab::eice::{SAME_SUBNET, name, pattern};
use crate::lab::instances::HOME_REGION;
use crate::measure::{Cost, echo_server, echoes, print_echoes};
use crate::trusting;

/// Opens a tunnel, and sends a command to the server behind it.
fn open(caller: &Caller<'_>, task: &str) -> (Child, ChildStdin, ChildStdout) {
    let host = name(SAME_SUBNET);
    let door = format!("door=x,{SAME_SUBNET},{host},127.0.1.21,{HOME_REGION}");
    let mut mssh = trusting(caller, env!("CARGO_BIN_EXE_mssh"));
    mssh.args(["--tunnel", "port=3389", &door]);
    mssh.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = mssh.spawn().expect("mssh");
    let mut stdin = child.stdin.take().expect("a pipe");
    let stdout = child.stdout.take().expect("a pipe");
    writeln!(stdin, "{task}").expect("a tunnel");
    (child, stdin, stdout)
}

pub(crate) fn upload(caller: &Caller<'_>, mib: usize) -> Cost {
    let (child, mut stdin, mut stdout) = open(caller, &format!("sink {}", mib << 20));
    let mut block = pattern();
    // Until the tunnel is open, bytes only fill a pipe.
    while !block.is_empty() {
        let size = block.len().min(64 * 1024);
        stdin.write_all(&block[..size]).expect("a tunnel");
        block = &block[size..];
    }
    let started = Instant::now();
    for _ in 1..mib {
        stdin.write_all(pattern()).expect("a tunnel");
    }
    let mut answer = [0; 3];
    stdout.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"ok\n");
    Cost::of(child, started.elapsed())
}

pub(crate) fn download(caller: &Caller<'_>, mib: usize) -> Cost {
    let (child, _stdin, mut stdout) = open(caller, &format!("source {}", mib << 20));
    let mut block = vec![0; pattern().len()];
    stdout.read_exact(&mut block).expect("bytes");
    let started = Instant::now();
    for _ in 1..mib {
        stdout.read_exact(&mut block).expect("bytes");
        assert!(block == pattern(), "changed on the way");
    }
    Cost::of(child, started.elapsed())
}

/// Echoes of single bytes, with and without a tunnel.
pub(crate) fn echo(caller: &Caller<'_>, keys: usize) {
    let port = echo_server(Ipv4Addr::LOCALHOST);
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let mut reader = stream.try_clone().expect("a socket");
    let direct = echoes(&mut stream, &mut reader, keys);
    let (child, mut stdin, mut stdout) = open(caller, "echo");
    let through = echoes(&mut stdin, &mut stdout, keys);
    Cost::of(child, Duration::ZERO);
    print_echoes(&direct, &through);
}
