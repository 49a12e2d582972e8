//! A process that runs a command, and measures it with all its descendants.

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
}

/// Measures a command in a new meter process.
pub(crate) fn read(command: &Command) -> Reading {
    let mut meter = Command::new(std::env::current_exe().expect("this program"));
    meter
        .arg(OPTION)
        .arg(command.get_program())
        .args(command.get_args());
    meter.env_clear();
    meter.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let output = meter.stdin(Stdio::null()).output().expect("a meter");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers: Vec<f64> = text
        .split_whitespace()
        .filter_map(|n| n.parse().ok())
        .collect();
    let [wall, cpu, peak] = numbers[..] else {
        panic!(
            "the command failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    Reading { wall, cpu, peak }
}

/// The meter: runs the command, adopts orphans, and prints a reading.
pub(crate) fn run(words: &[OsString]) -> ExitCode {
    set_child_subreaper(true).expect("a subreaper");
    let (program, words) = words.split_first().expect("a command");
    let began = Instant::now();
    let mut child = Command::new(program)
        .args(words)
        .spawn()
        .expect("a program");
    let status = child.wait().expect("a child");
    let wall = began.elapsed().as_secs_f64() * 1000.0;
    // A keeper ends soon after its client.
    while wait() != Err(Errno::ECHILD) {}
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("usage");
    let cpu = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    if !status.success() {
        return ExitCode::FAILURE;
    }
    let (cpu, peak) = (cpu as f64 / 1000.0, usage.max_rss() as f64 / 1024.0);
    let _ = writeln!(std::io::stdout(), "{wall} {cpu} {peak}");
    ExitCode::SUCCESS
}
