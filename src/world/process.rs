//! This process, and the client programs that it runs or becomes.

pub(crate) mod bounded;
pub(crate) mod clock;
pub(crate) mod ending;
pub(crate) mod error;
pub(crate) mod held_signals;
pub(crate) mod inherited;
pub(crate) mod output_dir;
pub(crate) mod own_program;
pub(crate) mod parents;
pub(crate) mod replace_file;
pub(crate) mod shell;
pub(crate) mod signals;
pub(crate) mod spool;
pub(crate) mod stdio;

use std::convert::Infallible;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use self::error::{ClientError, IoError};
use crate::plan::argv::CommandLine;
use crate::plan::argv::ssh_config::{self, StartedByMssh};
use crate::plan::program::Program;
#[cfg(target_os = "linux")]
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use tokio::signal::unix::{SignalKind, signal};

/// Finds a program on PATH, as a shell would. Skips links to mssh itself: under the name `ssh`, mssh
/// would start itself forever.
///
/// # Errors
/// [`ClientError::NotFound`].
pub(crate) fn find(name: &'static str) -> Result<PathBuf, ClientError> {
    let own = own_program::path().ok();
    let is_own = |path: &Path| own.is_some() && path.canonicalize().ok() == own;
    which::which_all(name)
        .ok()
        .and_then(|mut found| found.find(|path| !is_own(path)))
        .ok_or(ClientError::NotFound(name))
}

/// The path by which ssh can run `mssh`, under any name that this process was started by.
///
/// # Errors
/// If the system does not say which file this process runs.
pub(crate) fn mssh_path() -> Result<PathBuf, IoError> {
    let running = own_program::path().map_err(IoError::Start)?;
    let found = which::which("mssh").ok();
    let target = found.as_ref().and_then(|path| path.canonicalize().ok());
    let found = found.as_deref().zip(target.as_deref());
    Ok(ssh_config::preferred_path(&running, found).to_owned())
}

/// Keeps other processes of the user from reading our memory, and the system from writing a core
/// dump of it. execve(2) undoes this for the client (PR_SET_DUMPABLE in prctl(2)).
pub(crate) fn hide_memory() {
    #[cfg(target_os = "linux")]
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Starts a session without a terminal, so that the terminal's signals no longer reach us. Fails only
/// for the leader of a process group, which ssh's ProxyCommand is not; the failure does no harm.
pub(crate) fn detach_from_terminal() {
    let _ = rustix::process::setsid();
}

/// Makes it possible to wait for children even if we inherited SIGCHLD as ignored (wait(2)). Call it
/// in the runtime.
///
/// # Errors
/// If the system refuses the handler.
pub(crate) fn make_children_waitable() -> io::Result<()> {
    signal(SignalKind::child()).map(drop)
}

/// Points standard error to `/dev/null`, as ssh does when it goes to the background: a program that
/// reads it to the end must not wait for us. A failure does no harm.
pub(crate) fn close_stderr() {
    if let Ok(null) = File::options().write(true).open("/dev/null") {
        let _ = nix::unistd::dup2_stderr(null);
    }
}

/// Replaces standard output by `/dev/null`, so that a program that reads it sees the end.
pub(crate) fn end_output() {
    if let Ok(null) = File::options().write(true).open("/dev/null") {
        let _ = nix::unistd::dup2_stdout(null);
    }
}

/// Becomes the client (execve(2)). It keeps our process ID, so signals, terminal, job control and
/// exit status need no forwarding.
///
/// # Errors
/// Returns only if the client cannot be run.
pub(crate) fn become_client(line: &CommandLine) -> Result<Infallible, ClientError> {
    let pid = std::process::id();
    let started = if line.program.file_name() == Some(OsStr::new(Program::Ssh.client())) {
        StartedByMssh::Client(pid)
    } else {
        StartedByMssh::ChildOf(pid)
    };
    let mut client = Command::new(&line.program);
    client
        .args(&line.words)
        .env(StartedByMssh::ENV, started.value());
    if let Some(other) = shell::instead().filter(|_| line.by_shell) {
        client.env(shell::VARIABLE, other);
    }
    Err(ClientError::CannotRun {
        path: line.program.clone(),
        source: client.exec(),
    })
}

/// Starts the client with this standard output. It is killed when this is dropped. Call it in the
/// runtime.
///
/// # Errors
/// If it cannot be run.
pub(crate) fn start_client(
    line: &CommandLine,
    output: OwnedFd,
) -> Result<tokio::process::Child, ClientError> {
    let mut client = tokio::process::Command::new(&line.program);
    client
        .args(&line.words)
        .stdout(output)
        .env(StartedByMssh::ENV, StartedByMssh::AnySsh.value())
        .kill_on_drop(true);
    if let Some(other) = shell::instead().filter(|_| line.by_shell) {
        client.env(shell::VARIABLE, other);
    }
    client.spawn().map_err(|source| ClientError::CannotRun {
        path: line.program.clone(),
        source,
    })
}

/// Whether mssh has started the ssh that is our parent. Without `/proc`, the parent of that ssh is
/// unknown, and is taken to be mssh.
#[must_use]
pub(crate) fn parent_is_started_by_mssh() -> bool {
    let value = std::env::var(StartedByMssh::ENV).unwrap_or_default();
    let ssh = std::os::unix::process::parent_id();
    match StartedByMssh::parse(&value) {
        None => false,
        Some(StartedByMssh::AnySsh) => true,
        Some(StartedByMssh::Client(pid)) => pid == ssh,
        Some(StartedByMssh::ChildOf(pid)) => {
            parents::parent_of(ssh).is_none_or(|parent| parent == pid)
        }
    }
}
