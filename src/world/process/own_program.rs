//! The running program: its file, its stack, and its duties as PID 1.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use rustix::process::{Pid, Signal, kill_process};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// The stack that mssh may need, in bytes: several of its futures are large.
const STACK: usize = 8 << 20;

/// How long PID 1 waits for the processes that delete keys. They need milliseconds.
const LAST_MOMENT: Duration = Duration::from_secs(2);

/// The file that runs. Without `/proc`, the command name, looked up on PATH.
///
/// # Errors
/// If it cannot be found.
pub(crate) fn path() -> io::Result<PathBuf> {
    std::env::current_exe().or_else(|cause| {
        let name = std::env::args_os().next().ok_or(cause)?;
        let found = which::which(name).map_err(io::Error::other)?;
        std::path::absolute(found)
    })
}

/// Becomes the same program under the same name, with these words (execve(2)). Returns only if that
/// fails.
pub(crate) fn start_again(words: &[OsString]) -> io::Error {
    let name = std::env::args_os().next().unwrap_or_default();
    match path() {
        Ok(path) => Command::new(path).arg0(name).args(words).exec(),
        Err(error) => error,
    }
}

/// Runs `run` with enough stack, even if the user's limit (`ulimit -s`) is small.
pub(crate) fn with_large_stack(run: impl FnOnce() -> ExitCode + Send) -> ExitCode {
    let limit = getrlimit(Resource::RLIMIT_STACK).map_or(0, |(soft, _)| soft);
    if usize::try_from(limit).unwrap_or(usize::MAX) >= STACK {
        return run();
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let end = thread.spawn_scoped(scope, run).map(ScopedJoinHandle::join);
        end.ok().and_then(Result::ok).unwrap_or(ExitCode::from(255))
    })
}

/// Whether this is the first process of a container. When it ends, the kernel kills all others: the
/// process that deletes the key would be killed before it could do so.
#[must_use]
pub(crate) fn is_pid_1() -> bool {
    std::process::id() == 1
}

/// Runs the program again as a child. Returns its exit status after all other children have ended.
///
/// # Errors
/// If it cannot be started.
pub(crate) fn run_as_pid_1() -> io::Result<ExitCode> {
    let mut words = std::env::args_os();
    let name = words.next().unwrap_or_default();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut children = signal(SignalKind::child())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut hang_up = signal(SignalKind::hangup())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let child = Command::new(path()?).arg0(name).args(words).spawn()?;
        let pid = Pid::from_child(&child);
        loop {
            let passed_on = tokio::select! {
                _ = children.recv() => None,
                _ = terminate.recv() => Some(Signal::TERM),
                _ = hang_up.recv() => Some(Signal::HUP),
                _ = interrupt.recv() => Some(Signal::INT),
            };
            if let Some(signal) = passed_on {
                let _ = kill_process(pid, signal);
            }
            if let Some(status) = ended(pid) {
                let until = Instant::now() + LAST_MOMENT;
                while Instant::now() < until && others_are_left() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                return Ok(ExitCode::from(status));
            }
        }
    })
}

/// The exit status of the child as a shell reports it, if it has ended. Reaps other children, too.
fn ended(child: Pid) -> Option<u8> {
    loop {
        let status = waitpid(None, Some(WaitPidFlag::WNOHANG)).ok()?;
        let (pid, status) = match status {
            WaitStatus::Exited(pid, code) => (pid, code),
            WaitStatus::Signaled(pid, signal, _) => (pid, 128 + signal as i32),
            WaitStatus::StillAlive => return None,
            _ => continue,
        };
        if pid.as_raw() == child.as_raw_nonzero().get() {
            return Some(u8::try_from(status).unwrap_or(255));
        }
    }
}

/// Whether a child is left, orphans that PID 1 inherits included.
fn others_are_left() -> bool {
    !matches!(
        waitpid(None, Some(WaitPidFlag::WNOHANG)),
        Err(Errno::ECHILD)
    )
}
