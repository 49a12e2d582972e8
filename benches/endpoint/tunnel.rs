//! The tunnel as ssh would start it, to what listens at port 3389 of the lab's instances.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::lab::Caller;
use crate::lab::eice::{SAME_SUBNET, name, pattern};
use crate::lab::instances::HOME_REGION;
use crate::{share, trusting};

/// What a transfer took.
pub(crate) struct Cost {
    mib: usize,
    took: Duration,
    /// Seconds of CPU of the tunnel.
    cpu: f64,
    /// Its memory at most, as Linux tells it.
    peak: String,
}

impl Cost {
    pub(crate) fn print(&self, what: &str) {
        let megabytes = self.mib as f64 * 1.048_576;
        println!(
            "{what:<8}{:>8.0} MB/s{:>8.2} s of CPU for a GB,{:>10} at most",
            megabytes / self.took.as_secs_f64(),
            self.cpu / megabytes * 1000.0,
            self.peak
        );
    }
}

/// A tunnel with both of its pipes, and what waits there told what to do.
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

/// What the tunnel has cost so far; then its end.
fn close(mut child: Child, mib: usize, took: Duration) -> Cost {
    let proc = format!("/proc/{}", child.id());
    let stat = fs::read_to_string(format!("{proc}/stat")).expect("a process");
    let times = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks: f64 = times
        .skip(11)
        .take(2)
        .filter_map(|it| it.parse::<f64>().ok())
        .sum();
    let status = fs::read_to_string(format!("{proc}/status")).expect("a process");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.unwrap_or("?").trim().to_owned();
    child.kill().expect("a child");
    child.wait().expect("a child");
    Cost {
        mib,
        took,
        // Clock ticks are hundredths of a second on every Linux that there is.
        cpu: ticks / 100.0,
        peak,
    }
}

pub(crate) fn upload(caller: &Caller<'_>, mib: usize) -> Cost {
    let (child, mut stdin, mut stdout) = open(caller, &format!("sink {}", mib << 20));
    let mut block = pattern();
    // Until the tunnel stands, nothing moves but into a pipe.
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
    close(child, mib, started.elapsed())
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
    close(child, mib, started.elapsed())
}

/// One byte there and back, again and again, beside the same without a tunnel.
pub(crate) fn echo(caller: &Caller<'_>, keys: usize) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let mut stream = TcpStream::connect(listener.local_addr().expect("an address")).expect("us");
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        let mut key = [0];
        while stream.read_exact(&mut key).is_ok() && stream.write_all(&key).is_ok() {}
    });
    stream.set_nodelay(true).expect("a socket");
    let mut reader = stream.try_clone().expect("a socket");
    let straight = echoes(&mut stream, &mut reader, keys);
    let (child, mut stdin, mut stdout) = open(caller, "echo");
    let through = echoes(&mut stdin, &mut stdout, keys);
    close(child, 1, Duration::ZERO);
    println!("\na keystroke's echo: {keys}, in ms");
    println!("{:<28}{:>10}{:>10}", "", "median", "p95");
    for (what, times) in [("straight", straight), ("through the tunnel", through)] {
        let [median, p95] = [0.5, 0.95].map(|part| share(times.clone(), part));
        println!("{what:<28}{median:>10.3}{p95:>10.3}");
    }
}

/// The times that so many keystrokes take, in milliseconds.
fn echoes(to: &mut impl Write, from: &mut impl Read, keys: usize) -> Vec<f64> {
    let mut key = [b'x'];
    // The first waits for the tunnel.
    to.write_all(&key).expect("a tunnel");
    from.read_exact(&mut key).expect("an echo");
    let once = |_| {
        thread::sleep(Duration::from_millis(2));
        let started = Instant::now();
        to.write_all(&key).expect("a tunnel");
        from.read_exact(&mut key).expect("an echo");
        started.elapsed().as_secs_f64() * 1000.0
    };
    (0..keys).map(once).collect()
}
