//! The client programs: found on PATH, and become.

pub mod bounded;
pub mod clock;
pub mod error;
pub mod own_program;
pub mod replace_file;
pub mod shell;
pub mod signals;
pub mod stdio;

use std::convert::Infallible;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use self::error::{ClientError, IoError};
use crate::plan::argv::CommandLine;
use crate::plan::argv::ssh_config;
use crate::plan::argv::ssh_config::StartedByMssh;
use crate::plan::program::Program;
#[cfg(target_os = "linux")]
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use tokio::signal::unix::{SignalKind, signal};

/// Finds a client on PATH, as a shell would; but never ourselves under its name, or one who calls
/// us `ssh` by a link would see us start ourselves for ever.
///
/// # Errors
/// [`ClientError::NotFound`].
pub fn find(name: &'static str) -> Result<PathBuf, ClientError> {
    let me = own_program::path().ok();
    let is_me = |path: &Path| me.is_some() && path.canonicalize().ok() == me;
    which::which_all(name)
        .ok()
        .and_then(|mut found| found.find(|path| !is_me(path)))
        .ok_or(ClientError::NotFound(name))
}

/// The path by which others are to run `mssh`, whichever of our programs this is.
///
/// # Errors
/// When the system does not tell.
pub fn mssh_path() -> Result<PathBuf, IoError> {
    let running = own_program::path().map_err(IoError::Start)?;
    let found = which::which("mssh").ok();
    let target = found.as_ref().and_then(|path| path.canonicalize().ok());
    let found = found.as_deref().zip(target.as_deref());
    Ok(ssh_config::preferred_path(&running, found).to_owned())
}

/// Has nobody but root look into our memory, and no core written of it, until we become another
/// program: that is as it would have been without us (execve(2), PR_SET_DUMPABLE in prctl(2)).
pub fn hide_memory() {
    #[cfg(target_os = "linux")]
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Leaves the terminal's session, so that its signals no longer reach us. Fails, to no harm, only
/// for the leader of a process group, which ssh's ProxyCommand is not.
pub fn detach_from_terminal() {
    let _ = rustix::process::setsid();
}

/// Has our children wait for us to ask how they ended, also where who called us ignores SIGCHLD,
/// which we inherit and which would take that from us (wait(2)). To be called in the runtime.
///
/// # Errors
/// When the system refuses.
pub fn make_children_waitable() -> io::Result<()> {
    signal(SignalKind::child()).map(drop)
}

/// Lets go of standard error, as ssh does when it goes to the background: whoever reads it to its end
/// is not to wait for us. To no harm if it fails.
pub fn close_stderr() {
    if let Ok(null) = File::options().write(true).open("/dev/null") {
        let _ = nix::unistd::dup2_stderr(null);
    }
}

/// Becomes the client: same process, so that signals, terminal, job control and exit status are
/// its own (execve(2)).
///
/// # Errors
/// Returns only if the client cannot be run.
pub fn become_client(line: &CommandLine) -> Result<Infallible, ClientError> {
    let us = std::process::id();
    let under = if line.program.file_name() == Some(OsStr::new(Program::Ssh.client())) {
        StartedByMssh::Client(us)
    } else {
        StartedByMssh::ChildOf(us)
    };
    let mut client = Command::new(&line.program);
    client
        .args(&line.words)
        .env(StartedByMssh::ENV, under.value());
    if let Some(other) = shell::instead().filter(|_| line.by_shell) {
        client.env(shell::VARIABLE, other);
    }
    Err(ClientError::CannotRun {
        path: line.program.clone(),
        source: client.exec(),
    })
}

/// Whether the ssh that has started us is one that we have asked, or become. Where the system does not
/// tell who has started that one (`/proc`), it counts as ours.
#[must_use]
pub fn parent_is_started_by_mssh() -> bool {
    let value = std::env::var(StartedByMssh::ENV).unwrap_or_default();
    let ssh = std::os::unix::process::parent_id();
    match StartedByMssh::parse(&value) {
        None => false,
        Some(StartedByMssh::AnySsh) => true,
        Some(StartedByMssh::Client(pid)) => pid == ssh,
        Some(StartedByMssh::ChildOf(pid)) => parent_of(ssh).is_none_or(|parent| parent == pid),
    }
}

/// The parent of a process: proc_pid_stat(5).
fn parent_of(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(1)?.parse().ok()
}

/// Whether who called us has us ignore this signal, and with us all that we become (execve(2)). To
/// be asked before the signal has a handler.
///
/// A process of ours, which inherits that, sends the signal to itself, and shows by what becomes of
/// it: there is no other way that all systems have and that is safe Rust.
pub async fn is_ignored(signal: &str) -> bool {
    let mut shell = tokio::process::Command::from(suicide(signal));
    shell.stdin(Stdio::null()).stdout(Stdio::null());
    let status = shell.stderr(Stdio::null()).status().await;
    status.is_ok_and(|status| status.success())
}

/// Dies of a signal that we have a handler for, and so in no other way. Whoever waits for us sees
/// what has killed us; a handler does not outlive execve(2).
///
/// Returns only if there is no shell.
pub fn die_of(signal: &str) -> io::Error {
    suicide(signal).exec()
}

/// It leaves no core, which would hold our environment, nor has that.
fn suicide(signal: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    let line = "ulimit -c 0; kill -s \"$1\" $$";
    shell.args(["-c", line, "sh", signal]).env_clear();
    shell
}
