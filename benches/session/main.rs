//! Session Manager's tunnel: bytes a second each way, what a keystroke waits for its echo, and what
//! several mscp side by side are good for.
//!
//! `cargo bench --bench session [-- [--megabytes N] [--keys N] [--side MEGABYTES]]`
//!
//! Everything goes through the lab's gateway and agent, which are one thread and do not pace
//! themselves; so what is measured is their speed as much as ours. The real agent sleeps a
//! millisecond after each KiB that it sends, whatever the client does.

#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a benchmark prints, and may panic"
)]

#[path = "../../tests/lab/mod.rs"]
mod lab;
mod side;

use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use lab::instances::{HOME_REGION, WEB1};
use lab::{Lab, SessionBehavior};

/// Where the agent of [`WEB1`] finds what listens there.
const THERE: Ipv4Addr = Ipv4Addr::new(127, 0, 1, 11);

/// The latencies, of each way.
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
        report("upload", megabytes, &upload(&lab, latency, size));
        report("download", megabytes, &download(&lab, latency, size));
    }
    echo(&lab, keys);
    side::compare(&lab, copied);
    ExitCode::SUCCESS
}

/// Megabytes, keys, and megabytes side by side.
fn plan(words: &[OsString]) -> Option<[usize; 3]> {
    let mut plan = [100, 1000, 8];
    // `cargo bench` adds a word of its own.
    let mut words = words.iter().filter(|word| *word != "--bench");
    while let Some(word) = words.next() {
        let options = ["--megabytes", "--keys", "--side"];
        let at = options.iter().position(|option| *word == **option)?;
        plan[at] = words.next()?.to_str()?.parse().ok()?;
    }
    Some(plan)
}

/// How long a transfer took, and what it cost.
struct Cost {
    took: Duration,
    cpu: f64,
    peak: String,
}

fn report(what: &str, megabytes: usize, cost: &Cost) {
    let rate = megabytes as f64 / cost.took.as_secs_f64();
    let cpu = cost.cpu / megabytes as f64 * 1000.0;
    println!(
        "  {what:<8} {rate:6.1} MB/s, {cpu:.1} s of CPU for a GB, {} at most",
        cost.peak
    );
}

/// A tunnel to something that listens on the instance.
fn tunnel(lab: &Lab, latency: Duration, port: u16) -> Child {
    let caller = lab.caller();
    let trial = SessionBehavior {
        latency,
        ..SessionBehavior::default()
    };
    caller.session_behavior(trial);
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
    cost(started.elapsed(), child)
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
    cost(started.elapsed(), child)
}

/// What a tunnel has cost so far; then its end.
fn cost(took: Duration, mut child: Child) -> Cost {
    let proc = format!("/proc/{}", child.id());
    let stat = fs::read_to_string(format!("{proc}/stat")).unwrap_or_default();
    let times = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: f64 = times
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum();
    let status = fs::read_to_string(format!("{proc}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.unwrap_or("?").trim().to_owned();
    drop(child.stdin.take());
    let _ = child.kill();
    let _ = child.wait();
    Cost {
        took,
        // Clock ticks are hundredths of a second on every Linux that there is.
        cpu: ticks / 100.0,
        peak,
    }
}

/// One byte there and back, again and again, beside the same without a tunnel.
fn echo(lab: &Lab, keys: usize) {
    let parrot = || {
        service(|mut stream| {
            stream.set_nodelay(true).expect("a socket");
            let mut key = [0];
            while stream.read_exact(&mut key).is_ok() && stream.write_all(&key).is_ok() {}
        })
    };
    let mut stream = TcpStream::connect((THERE, parrot())).expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let mut reader = stream.try_clone().expect("a socket");
    let direct = echoes(&mut stream, &mut reader, keys);
    let mut child = tunnel(lab, Duration::ZERO, parrot());
    let mut stdin = child.stdin.take().expect("a pipe");
    let stdout = child.stdout.as_mut().expect("a pipe");
    let through = echoes(&mut stdin, stdout, keys);
    drop(stdin);
    let _ = child.kill();
    let _ = child.wait();
    println!("a keystroke's echo, in ms: direct, through the tunnel");
    for (what, percent) in [("median", 50), ("p95", 95)] {
        let at = |times: &[f64]| times[times.len() * percent / 100];
        println!("  {what:<8} {:.3} {:.3}", at(&direct), at(&through));
    }
}

/// The times that so many keystrokes take, sorted, in milliseconds.
fn echoes(to: &mut impl Write, from: &mut impl Read, keys: usize) -> Vec<f64> {
    let mut key = [b'x'];
    // The first waits for the tunnel.
    to.write_all(&key).expect("a tunnel");
    from.read_exact(&mut key).expect("an echo");
    let mut times: Vec<f64> = (0..keys)
        .map(|_| {
            thread::sleep(Duration::from_millis(2));
            let started = Instant::now();
            to.write_all(&key).expect("a tunnel");
            from.read_exact(&mut key).expect("an echo");
            started.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times
}
