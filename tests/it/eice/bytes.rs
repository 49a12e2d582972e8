//! Streams of any length: unchanged, complete, and with little memory.

use std::io::{Read, Write};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::lab::Caller;
use crate::lab::eice::{SAME_SUBNET, TunnelFault, name, pattern};
use crate::sandbox::eice::command;
use crate::sandbox::{PATIENCE, caller, eventually, memory, pid_of, ticks};

/// The most memory that a hostile endpoint may take, in MB.
const HARM: u64 = 16;

const MEGABYTES: usize = 192;

/// A tunnel to port 3389, as ssh would start it, limited to 16 MB of data.
fn tunnel(caller: &Caller<'_>) -> Child {
    let door = format!(
        "eice=x,{SAME_SUBNET},{},127.0.1.21,us-east-1",
        name(SAME_SUBNET)
    );
    let mut mssh = command(caller, "prlimit");
    mssh.args(["--data=16777216", env!("CARGO_BIN_EXE_mssh")]);
    mssh.args(["--tunnel", "port=3389", &door]);
    mssh.stdin(Stdio::piped()).stdout(Stdio::piped());
    mssh.spawn().expect("prlimit, of util-linux")
}

/// The peak resident memory of a running process in megabytes, without mapped files: those are the
/// binary, which is large in a debug build.
fn peak(child: &Child) -> u64 {
    let (peak, files) = memory(child).expect("a process");
    (peak - files) / 1024
}

/// With the binary of a release build, that is below 16 MB.
const MOST: u64 = 6;

#[test]
fn a_long_upload_is_unchanged_and_takes_little_memory() {
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
fn a_long_download_is_unchanged_and_takes_little_memory() {
    let caller = caller();
    let mut child = tunnel(&caller);
    let mut stdin = child.stdin.take().expect("a pipe");
    writeln!(stdin, "source {}", MEGABYTES << 20).expect("a pipe");
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut block = vec![0; pattern().len()];
    for number in 1..=MEGABYTES {
        if number == MEGABYTES {
            // It is alive until the last block is sent, which the pipe has no room for.
            let peak = peak(&child);
            assert!(peak < MOST, "{peak} MB");
        }
        stdout.read_exact(&mut block).expect("bytes");
        assert!(block == pattern(), "changed on the way");
    }
    let mut rest = Vec::new();
    stdout.read_to_end(&mut rest).expect("the end");
    assert!(rest.is_empty() && child.wait().expect("a child").success());
}

#[test]
fn both_directions_at_once_are_unchanged_with_every_fault() {
    let ails = [
        None,
        Some(TunnelFault::Fragments),
        Some(TunnelFault::SlowReader(Duration::from_millis(1))),
    ];
    for fault in ails {
        let caller = caller();
        if let Some(fault) = fault {
            caller.tunnel_fault(fault);
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
            assert!(block == pattern(), "changed on the way with {fault:?}");
        }
        drop((writer.join().expect("a writer"), stdout));
        assert!(child.wait().expect("a child").success());
    }
}

/// The end of input does not end the tunnel: an answer still arrives, however late. Then the tunnel
/// ends, without a busy loop in between.
#[test]
fn after_the_end_of_input_the_answer_arrives_without_a_busy_loop() {
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

#[test]
fn an_idle_tunnel_takes_no_cpu() {
    let caller = caller();
    let mut child = tunnel(&caller);
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"echo\nx").expect("a pipe");
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut [0]).expect("an echo");
    let open = ticks(pid_of(&child));
    std::thread::sleep(Duration::from_secs(2));
    let idle = ticks(pid_of(&child));
    drop(stdin);
    std::thread::sleep(Duration::from_secs(2));
    let ended = ticks(pid_of(&child));
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
fn a_slow_reader_holds_up_the_sender() {
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
fn endless_pings_take_little_memory_and_do_not_block() {
    let caller = caller();
    caller.tunnel_fault(TunnelFault::Pings);
    let mut child = tunnel(&caller);
    std::thread::sleep(Duration::from_secs(4));
    let peak = peak(&child);
    let told = Instant::now();
    let _ = kill_process(Pid::from_child(&child), Signal::TERM);
    let status = child.wait().expect("a child");
    assert!(peak < HARM, "{peak} MB");
    // A second for a close frame that is not answered, and slack for a busy machine.
    assert!(
        told.elapsed() < Duration::from_secs(4),
        "{:?}",
        told.elapsed()
    );
    assert_eq!((status.code(), caller.tunnels().len()), (Some(0), 1));
}
