//! Tunnels through Session Manager: throughput in each direction, latency of keystrokes, and
//! throughput of several mscp in parallel.
//!
//! `cargo bench --bench session [-- [--megabytes N] [--keys N] [--side MEGABYTES]]`
//!
//! The lab's gateway and agent run in one thread without pacing, so their speed is measured as much
//! as ours. The real agent sleeps a millisecond after each KiB that it sends.

#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a benchmark prints, and may panic"
)]

#[path = "../../tests/lab/mod.rs"]
mod lab;
#[path = "../shared/measure.rs"]
mod measure;
mod side;

use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use lab::instances::{HOME_REGION, WEB1};
use lab::{Lab, SessionBehavior};
use measure::{Cost, echo_server, echoes, print_echoes};

/// The address at which the agent of [`WEB1`] reaches our servers.
const THERE: Ipv4Addr = Ipv4Addr::new(127, 0, 1, 11);

/// One-way latencies.
const LATENCIES: [Duration; 2] = [Duration::ZERO, Duration::from_millis(20)];

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let Some([megabytes, keys, copied]) = plan(&words) else {
        eprintln!("usage: cargo bench --bench session [-- [--megabytes|--keys|--side N]…]");
        return ExitCode::FAILURE;
    };
    let lab = match Lab::start() {
        Ok(lab) => lab,
        Err(missing) => {
            eprintln!("{missing}");
            return ExitCode::FAILURE;
        }
    };
    for latency in LATENCIES {
        println!("round trip {} ms", 2 * latency.as_millis());
        let size = megabytes * 1_000_000;
        upload(&lab, latency, size).print("  upload", megabytes as f64);
        download(&lab, latency, size).print("  download", megabytes as f64);
    }
    echo(&lab, keys);
    side::compare(&lab, copied);
    ExitCode::SUCCESS
}

/// Megabytes, keystrokes, and megabytes in parallel.
fn plan(words: &[OsString]) -> Option<[usize; 3]> {
    let mut plan = [100, 1000, 8];
    // `cargo bench` adds this argument.
    let mut words = words.iter().filter(|word| *word != "--bench");
    while let Some(word) = words.next() {
        let options = ["--megabytes", "--keys", "--side"];
        let at = options.iter().position(|option| *word == **option)?;
        plan[at] = words.next()?.to_str()?.parse().ok()?;
    }
    Some(plan)
}

/// A tunnel to a server on the instance.
fn tunnel(lab: &Lab, latency: Duration, port: u16) -> Child {
    let caller = lab.caller();
    let behavior = SessionBehavior {
        latency,
        ..SessionBehavior::default()
    };
    caller.session_behavior(behavior);
    caller
        .command("mssh")
        .args(["--tunnel", &format!("port={port}")])
        .arg(format!("session=h,{WEB1},{HOME_REGION}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the tunnel")
}

fn service(serve: impl FnOnce(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind((THERE, 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || serve(listener.accept().expect("a connection").0));
    port
}

fn upload(lab: &Lab, latency: Duration, size: usize) -> Cost {
    let port = service(move |mut stream| {
        stream.write_all(b"!").expect("a reader");
        let mut left = size;
        let mut buffer = vec![0; 64 * 1024];
        while left > 0 {
            left -= stream.read(&mut buffer).expect("bytes");
        }
        stream.write_all(b"!").expect("a reader");
        let _ = stream.read(&mut buffer);
    });
    let mut child = tunnel(lab, latency, port);
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut mark = [0];
    let stdout = child.stdout.as_mut().expect("a pipe");
    stdout.read_exact(&mut mark).expect("a mark");
    let started = Instant::now();
    stdin.write_all(&vec![7; size]).expect("a tunnel");
    stdout.read_exact(&mut mark).expect("a mark");
    Cost::of(child, started.elapsed())
}

fn download(lab: &Lab, latency: Duration, size: usize) -> Cost {
    let port = service(move |mut stream| {
        stream.write_all(&vec![7; size]).expect("a reader");
        let _ = stream.read(&mut [0]);
    });
    let mut child = tunnel(lab, latency, port);
    let stdout = child.stdout.as_mut().expect("a pipe");
    let mut buffer = vec![0; 256 * 1024];
    stdout.read_exact(&mut buffer[..1]).expect("a byte");
    let started = Instant::now();
    let mut left = size - 1;
    while left > 0 {
        left -= stdout.read(&mut buffer).expect("bytes");
    }
    Cost::of(child, started.elapsed())
}

/// Echoes of single bytes, with and without a tunnel.
fn echo(lab: &Lab, keys: usize) {
    let mut stream = TcpStream::connect((THERE, echo_server(THERE))).expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let mut reader = stream.try_clone().expect("a socket");
    let direct = echoes(&mut stream, &mut reader, keys);
    let mut child = tunnel(lab, Duration::ZERO, echo_server(THERE));
    let mut stdin = child.stdin.take().expect("a pipe");
    let stdout = child.stdout.as_mut().expect("a pipe");
    let through = echoes(&mut stdin, stdout, keys);
    drop(stdin);
    let _ = child.kill();
    let _ = child.wait();
    print_echoes(&direct, &through);
}
