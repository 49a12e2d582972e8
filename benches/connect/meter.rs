//! A process that runs a command, and measures it with all its descendants.
//!
//! It is a subreaper: descendants whose parent has ended become its children, so that none escapes,
//! not even a daemon. It waits for every one of them. Each process adds its CPU time to its parent
//! when that waits for it, so the sum is complete, unless a process ignores SIGCHLD: the kernel then
//! drops what its children used. The part `memory` looks for such processes.

use std::ffi::OsString;
use std::io::Write;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use nix::errno::Errno;
use nix::sys::prctl::set_child_subreaper;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use nix::sys::wait::wait;

/// The argument that makes this program a meter.
pub(crate) const OPTION: &str = "--meter";

#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// Milliseconds until the client ended.
    pub(crate) wall: f64,
    /// CPU milliseconds of the client and all descendants.
    pub(crate) cpu: f64,
    /// Peak resident megabytes of the largest of these processes.
    pub(crate) peak: f64,
    /// Milliseconds from the client's end to that of the last descendant.
    pub(crate) after: f64,
}

/// Measures a command in a new meter process.
pub(crate) fn read(command: &Command) -> Reading {
    let text = output(OPTION, command);
    let numbers: Vec<f64> = text
        .split_whitespace()
        .filter_map(|n| n.parse().ok())
        .collect();
    let [wall, cpu, peak, after] = numbers[..] else {
        panic!("not a reading: {text:?}");
    };
    Reading {
        wall,
        cpu,
        peak,
        after,
    }
}

/// What this program prints about a command, in a mode of its own.
pub(crate) fn output(mode: &str, command: &Command) -> String {
    let mut meter = Command::new(std::env::current_exe().expect("this program"));
    meter.arg(mode).arg(command.get_program());
    meter.args(command.get_args()).env_clear();
    let variables = command.get_envs();
    meter.envs(variables.filter_map(|(name, value)| Some((name, value?))));
    let output = meter.stdin(Stdio::null()).output().expect("a meter");
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The meter: runs the command, adopts orphans, and prints a reading.
pub(crate) fn run(words: &[OsString]) -> ExitCode {
    set_child_subreaper(true).expect("a subreaper");
    let (program, words) = words.split_first().expect("a command");
    let began = Instant::now();
    let mut child = Command::new(program)
        .args(words)
        // It would mix with the reading.
        .stdout(Stdio::null())
        .spawn()
        .expect("a program");
    let status = child.wait().expect("a child");
    let wall = began.elapsed().as_secs_f64() * 1000.0;
    // The process that keeps the key ends soon after its client.
    while wait() != Err(Errno::ECHILD) {}
    let after = began.elapsed().as_secs_f64() * 1000.0 - wall;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("usage");
    let cpu = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    if !status.success() {
        return ExitCode::FAILURE;
    }
    let (cpu, peak) = (cpu as f64 / 1000.0, usage.max_rss() as f64 / 1024.0);
    let _ = writeln!(std::io::stdout(), "{wall} {cpu} {peak} {after}");
    ExitCode::SUCCESS
}
