//! The keeper itself, which is our own binary in a hidden mode.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open, setsid, test_kill_process};

use super::super::room::{self, KEY_LIFE};
use super::super::shared;
use super::{OPTION, PUSH, SHARED};

/// The hidden mode: `launch PID DIRECTORY [shared]` or `stay PID DIRECTORY [shared]`.
///
/// # Errors
/// Words of another form, or a process that cannot be started.
pub fn run(words: &[OsString]) -> io::Result<()> {
    let [step, rest @ ..] = words else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let (pid, directory, is_shared) = match rest {
        [pid, directory] => (pid, Path::new(directory), false),
        [pid, directory, shared] if shared == SHARED => (pid, Path::new(directory), true),
        _ => return Err(io::ErrorKind::InvalidInput.into()),
    };
    if step == "launch" {
        return launch(rest, is_shared.then_some(directory));
    }
    let pid = pid.to_str().and_then(|pid| pid.parse().ok());
    let pid = pid
        .and_then(Pid::from_raw)
        .ok_or(io::ErrorKind::InvalidInput)?;
    // At once, while nobody else can have got that number.
    let process = pidfd_open(pid, PidfdFlags::empty());
    // Out of the terminal's reach. Fails only for the leader of a process group, which is the
    // launcher.
    let _ = setsid();
    // Whatever becomes of its path.
    let ours = room::ours(directory);
    if is_shared {
        shared::sweep_beside(directory);
    } else {
        room::sweep_beside(directory);
    }
    let deadline = wait_for_our_end();
    if directory.exists() {
        wait_for_its_end(pid, process, deadline);
    }
    if is_shared {
        shared::leave(directory, lock()?);
    } else if let Some(room) = ours {
        room::clear(&room);
    }
    Ok(())
}

fn launch(words: &[OsString], shared: Option<&Path>) -> io::Result<()> {
    close_inherited()?;
    let mut keeper = Command::new(std::env::current_exe()?);
    if let Some(room) = shared {
        // The lock is there before we end, and is the keeper's from its beginning.
        keeper.stderr(shared::enter(room)?);
    }
    keeper
        .args([OPTION, "stay"])
        .args(words)
        .current_dir("/")
        .spawn()
        .map(drop)
}

/// The locked room that is our standard error.
fn lock() -> io::Result<File> {
    io::stderr().as_fd().try_clone_to_owned().map(File::from)
}

/// Closes every descriptor but the standard three.
fn close_inherited() -> io::Result<()> {
    let open: Vec<RawFd> = fs::read_dir("/dev/fd")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|&fd| fd > 2)
        .collect();
    for fd in open {
        // One of them was the directory that we read, and is closed already.
        let _ = nix::unistd::close(fd);
    }
    Ok(())
}

/// Waits until the process that started us has become the client or died, and says until when
/// its key may live: a minute from the last push that began, since only that one succeeded.
fn wait_for_our_end() -> Instant {
    let mut deadline = None;
    let mut stdin = io::stdin();
    let mut told = [0; 64];
    while readable(stdin.as_fd(), deadline) {
        match stdin.read(&mut told) {
            Ok(0) => break,
            Ok(count) if told[..count].contains(&PUSH) => {
                deadline = Some(Instant::now() + KEY_LIFE);
            }
            Ok(_) => {}
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    deadline.unwrap_or_else(|| Instant::now() + KEY_LIFE)
}

/// Waits until the client is gone, but not past the deadline.
fn wait_for_its_end(pid: Pid, process: Result<OwnedFd, Errno>, deadline: Instant) {
    match process {
        Ok(process) => {
            readable(process.as_fd(), Some(deadline));
        }
        Err(Errno::SRCH) => {}
        // An old kernel, or another system.
        Err(_) => look_for(pid, deadline),
    }
}

/// Looks every now and then until the process is gone, but not past the deadline.
fn look_for(pid: Pid, deadline: Instant) {
    while Instant::now() < deadline && test_kill_process(pid).is_ok() {
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Waits until there is something to read, or its end; `false` when the deadline came first.
fn readable(fd: BorrowedFd<'_>, deadline: Option<Instant>) -> bool {
    loop {
        let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut [PollFd::new(&fd, PollFlags::IN)], timeout.as_ref()) {
            Ok(0) => return false,
            Ok(_) => return true,
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}
