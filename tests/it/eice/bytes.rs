//! Streams of any length: nothing is changed, nothing is lost at the end, and little is kept.

use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::lab::Caller;
use crate::lab::eice::{SAME_SUBNET, TunnelFault, name, pattern};
use crate::sandbox::eice::command;
use crate::sandbox::{PATIENCE, caller, eventually};

/// What an endpoint that means harm may cost at most.
const HARM: u64 = 16;

const MEGABYTES: usize = 192;

/// A tunnel to what listens at port 3389, as ssh would start it. Who asks the system for more data
/// than 16 MB gets none.
fn tunnel(caller: &Caller<'_>) -> Child {
    let door = format!(
        "door=x,{SAME_SUBNET},{},127.0.1.21,us-east-1",
        name(SAME_SUBNET)
    );
    let mut mssh = command(caller, "prlimit");
    mssh.args(["--data=16777216", env!("CARGO_BIN_EXE_mssh")]);
    mssh.args(["--tunnel", "port=3389", &door]);
    mssh.stdin(Stdio::piped()).stdout(Stdio::piped());
    mssh.spawn().expect("prlimit, of util-linux")
}

/// The most memory that a process has had resident, in megabytes, as far as it lives; without what
/// it has mapped of files, which is its binary: in a development build longer than in a release.
fn peak(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("a process");
    let kilobytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|it| it.split_whitespace().next()?.parse::<u64>().ok());
        number.expect(name)
    };
    (kilobytes("VmHWM:") - kilobytes("RssFile:")) / 1024
}

/// With the binary of a release it makes no 16.
const MOST: u64 = 6;

#[test]
fn a_long_stream_goes_there_unchanged_in_little_memory() {
    let caller = caller();
    let mut child = tunnel(&caller);
    let mut stdin = child.stdin.take().expect("a pipe");
    writeln!(stdin, "sink {}", MEGABYTES << 20).expect("a pipe");
    for _ in 0..MEGABYTES {
        stdin.write_all(pattern()).expect("a pipe");
    }
    let mut answer = [0; 3];
    child
        .stdout
        .as_mut()
        .expect("a pipe")
        .read_exact(&mut answer)
        .expect("an answer");
    assert_eq!(&answer, b"ok\n");
    let peak = peak(&child);
    assert!(peak < MOST, "{peak} MB");
    drop((stdin, child.stdout.take()));
    assert!(child.wait().expect("a child").success());
}

#[test]
fn a_long_stream_comes_back_unchanged_in_little_memory() {
    let caller = caller();
    let mut child = tunnel(&caller);
    let mut stdin = child.stdin.take().expect("a pipe");
    writeln!(stdin, "source {}", MEGABYTES << 20).expect("a pipe");
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut block = vec![0; pattern().len()];
    for number in 1..=MEGABYTES {
        if number == MEGABYTES {
            // It lives until the last block is on its way, for which the pipe has no room.
            let peak = peak(&child);
            assert!(peak < MOST, "{peak} MB");
        }
        stdout.read_exact(&mut block).expect("bytes");
        assert!(block == pattern(), "changed on the way");
    }
    let mut rest = Vec::new();
    stdout.read_to_end(&mut rest).expect("an end");
    assert!(rest.is_empty() && child.wait().expect("a child").success());
}

#[test]
fn both_ways_at_once_and_with_every_ail_nothing_is_changed() {
    let ails = [
        None,
        Some(TunnelFault::Fragments),
        Some(TunnelFault::SlowReader(Duration::from_millis(1))),
    ];
    for ail in ails {
        let caller = caller();
        if let Some(ail) = ail {
            caller.tunnel_fault(ail);
        }
        let mut child = tunnel(&caller);
        let mut stdin = child.stdin.take().expect("a pipe");
        let mut stdout = child.stdout.take().expect("a pipe");
        let count = 8;
        let writer = std::thread::spawn(move || {
            stdin.write_all(b"echo\n").expect("a pipe");
            for _ in 0..count {
                stdin.write_all(pattern()).expect("a pipe");
            }
            stdin
        });
        let mut block = vec![0; pattern().len()];
        for _ in 0..count {
            stdout.read_exact(&mut block).expect("bytes");
            assert!(block == pattern(), "changed on the way with {ail:?}");
        }
        drop((writer.join().expect("a writer"), stdout));
        assert!(child.wait().expect("a child").success());
    }
}

/// The end of input is not the end: what comes back is still taken, however late; and then the
/// tunnel ends by itself, with no busy loop in between.
#[test]
fn after_the_end_of_input_the_rest_still_comes_and_no_time_is_burnt() {
    let caller = caller();
    caller.tunnel_fault(TunnelFault::SlowWriter(Duration::from_millis(500)));
    let mut child = tunnel(&caller);
    let mut stdin = child.stdin.take().expect("a pipe");
    writeln!(stdin, "source 300000").expect("a pipe");
    drop(stdin);
    let began = Instant::now();
    let mut bytes = Vec::new();
    child
        .stdout
        .take()
        .expect("a pipe")
        .read_to_end(&mut bytes)
        .expect("bytes");
    assert!(bytes == pattern()[..300_000], "{} bytes", bytes.len());
    assert!(began.elapsed() > Duration::from_secs(1), "it was not slow");
    assert!(child.wait().expect("a child").success());
}

/// Ticks of 10 ms that a process has used.
fn ticks(child: &Child) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).expect("a process");
    let (_, fields) = stat.rsplit_once(')').expect("fields");
    let fields: Vec<&str> = fields.split_whitespace().collect();
    fields[11].parse::<u64>().expect("utime") + fields[12].parse::<u64>().expect("stime")
}

#[test]
fn idle_costs_nothing_with_or_without_input() {
    let caller = caller();
    let mut child = tunnel(&caller);
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"echo\nx").expect("a pipe");
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut [0]).expect("an echo");
    let open = ticks(&child);
    std::thread::sleep(Duration::from_secs(2));
    let idle = ticks(&child);
    drop(stdin);
    std::thread::sleep(Duration::from_secs(2));
    let ended = ticks(&child);
    assert!(
        idle - open <= 2 && ended - idle <= 4,
        "{open} {idle} {ended}"
    );
    assert!(
        child.try_wait().expect("a child").is_none(),
        "half a close is a close"
    );
    drop(stdout);
    let gone = || {
        child
            .try_wait()
            .expect("a child")
            .is_some_and(|it| it.success())
    };
    assert!(eventually(PATIENCE, gone), "nobody hears it, and it stays");
}

#[test]
fn a_reader_that_is_slow_holds_up_the_far_end_and_not_us() {
    let caller = caller();
    let mut child = tunnel(&caller);
    let mut stdin = child.stdin.take().expect("a pipe");
    writeln!(stdin, "source {}", 256 << 20).expect("a pipe");
    std::thread::sleep(Duration::from_secs(2));
    let peak = peak(&child);
    assert!(
        peak < MOST,
        "{peak} MB are kept for a reader that does not read"
    );
    drop((stdin, child.stdout.take()));
    assert!(child.wait().expect("a child").success());
}

#[test]
fn pings_whose_pongs_nobody_reads_cost_little_memory_and_keep_us_from_nothing() {
    let caller = caller();
    caller.tunnel_fault(TunnelFault::Pings);
    let mut child = tunnel(&caller);
    std::thread::sleep(Duration::from_secs(4));
    let peak = peak(&child);
    let told = Instant::now();
    let _ = kill_process(Pid::from_child(&child), Signal::TERM);
    let status = child.wait().expect("a child");
    assert!(peak < HARM, "{peak} MB");
    // A second for a farewell that nobody takes, and time for a busy machine.
    assert!(
        told.elapsed() < Duration::from_secs(4),
        "{:?}",
        told.elapsed()
    );
    assert_eq!((status.code(), caller.tunnels().len()), (Some(0), 1));
}
