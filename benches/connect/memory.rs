//! The processes of a session: the peak memory of each, and its CPU while nothing is typed.
//!
//! Their memory is read every millisecond until the session is there, and again when it ends: of a
//! process that executes another program, or ends, the last millisecond is missing. These runs are
//! no part of the times in the other tables.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::prctl::set_child_subreaper;
use nix::sys::wait::wait;

use crate::Plan;
use crate::connection::client;
use crate::lab::Lab;
use crate::meter;
use crate::process::{Status, activity, descendants, name};
use crate::setup::{Setup, median, short};

/// The argument that makes this program watch one session.
pub(crate) const OPTION: &str = "--watch";

const SESSIONS: usize = 5;
/// How long a session is idle.
const IDLE: Duration = Duration::from_secs(2);
/// Until a session that has begun is idle.
const SETTLE: Duration = Duration::from_millis(500);

/// What is known of the processes of one name.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// The largest values.
    status: Status,
    /// Milliseconds of CPU and wake-ups while idle, of those that were there.
    idle: Option<(f64, f64)>,
}

type Processes = BTreeMap<String, Seen>;

/// Prints the processes of a session with each program.
pub(crate) fn compare(lab: &Lab, plan: &Plan) {
    let setup = Setup::new(lab);
    println!(
        "\nthe processes of a session: medians of {SESSIONS}; CPU and wake-ups: in {} idle seconds\n\
         files: what of the memory is mapped files, shared with other processes of the program\n\n\
         {:<30}{:<22}{:>9}{:>10}{:>9}{:>9}",
        IDLE.as_secs(),
        "",
        "process",
        "peak MB",
        "files MB",
        "CPU ms",
        "woken"
    );
    for program in plan.programs() {
        let client = client(&setup, program, &[], "echo ready; exec cat");
        let mut all: BTreeMap<String, Vec<Vec<f64>>> = BTreeMap::new();
        for _ in 0..SESSIONS {
            for line in meter::output(OPTION, &client).lines() {
                let (numbers, name) = line.split_once('\t').expect("a line of the watcher");
                let numbers = numbers.split(' ').flat_map(str::parse).collect();
                all.entry(name.to_owned()).or_default().push(numbers);
            }
        }
        for (name, sessions) in all {
            let of = |column| {
                let values: Vec<f64> = sessions
                    .iter()
                    .filter_map(|it| it.get(column).copied())
                    .collect();
                (!values.is_empty()).then(|| median(values))
            };
            let text =
                |column, digits| of(column).map_or("-".to_owned(), |it| format!("{it:.digits$}"));
            println!(
                "  {:<29}{name:<21}{:>9}{:>10}{:>9}{:>9}",
                short(program),
                text(0, 1),
                text(1, 1),
                text(2, 3),
                text(3, 0)
            );
        }
    }
}

/// The watcher: runs the command, a session that prints a line and then waits for its input to end.
/// Prints a line for each process.
pub(crate) fn run(words: &[OsString]) -> ExitCode {
    set_child_subreaper(true).expect("a subreaper");
    let (program, words) = words.split_first().expect("a command");
    let mut child = Command::new(program)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a program");
    let input = child.stdin.take();
    let mut processes = Processes::new();
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut byte = [0];
    let ready = watch_during(&mut processes, || stdout.read_exact(&mut byte));
    thread::sleep(SETTLE);
    watch_idle(&mut processes);
    drop(input);
    let status = watch_during(&mut processes, || {
        let status = child.wait();
        while wait() != Err(Errno::ECHILD) {}
        status
    });
    for (name, seen) in processes {
        let idle = seen.idle.map(|(cpu, woken)| format!(" {cpu} {woken}"));
        let note = if seen.status.ignores_children {
            " (ignores SIGCHLD: CPU incomplete)"
        } else {
            ""
        };
        let idle = idle.unwrap_or_default();
        let _ = writeln!(
            std::io::stdout(),
            "{} {}{idle}\t{name}{note}",
            seen.status.peak,
            seen.status.files
        );
    }
    if ready.is_ok() && status.is_ok_and(|status| status.success()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Reads the memory of all descendants every millisecond until this is done.
fn watch_during<T: Send>(processes: &mut Processes, act: impl FnOnce() -> T + Send) -> T {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let acting = scope.spawn(|| {
            let result = act();
            done.store(true, Ordering::Relaxed);
            result
        });
        while !done.load(Ordering::Relaxed) {
            look(processes);
            thread::sleep(Duration::from_millis(1));
        }
        acting.join().expect("a thread")
    })
}

fn look(processes: &mut Processes) {
    for pid in descendants(std::process::id()) {
        // If it executes another program meanwhile, the second name differs.
        if let (Some(before), Some(status), Some(after)) = (name(pid), Status::of(pid), name(pid))
            && before == after
        {
            let seen = processes.entry(before).or_default();
            seen.status = seen.status.max(status);
        }
    }
}

/// Adds the CPU time of all descendants while the session is idle.
fn watch_idle(processes: &mut Processes) {
    let all = descendants(std::process::id());
    let before: Vec<_> = all.iter().map(|pid| activity(*pid)).collect();
    thread::sleep(IDLE);
    for (pid, before) in all.into_iter().zip(before) {
        let (Some(before), Some(after), Some(name)) = (before, activity(pid), name(pid)) else {
            continue;
        };
        let idle = &mut processes.entry(name).or_default().idle;
        let (cpu, woken) = idle.unwrap_or_default();
        *idle = Some((cpu + after.0 - before.0, woken + after.1 - before.1));
    }
}
