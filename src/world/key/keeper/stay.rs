//! The keeper itself, which is our own binary in a hidden mode.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd, RawFd};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open, setsid, test_kill_process};

use super::signals::{Signals, Woken};
use super::{OPTION, PUSH, SHARED};
use crate::world::key::private::Private;
use crate::world::key::room::{self, KEY_LIFE};
use crate::world::key::shared;
use crate::world::process::own_program;

/// The hidden mode: `launch PID DIRECTORY [shared]` or `stay PID DIRECTORY [shared]`.
///
/// # Errors
/// Words of another form, or a process that cannot be started.
pub(crate) fn run(words: &[OsString]) -> io::Result<()> {
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
    let signals = Signals::hold()?;
    // Out of the terminal's reach. Fails only for the leader of a process group, which is the
    // launcher.
    let _ = setsid();
    // Cleared when this is dropped, so also where we panic.
    let kept = if is_shared {
        Kept::Shared(directory, lock()?)
    } else {
        Kept::Own(room::ours(directory))
    };
    sweep(directory, is_shared);
    if let Some(deadline) = wait_for_our_end(&signals)
        && directory.exists()
    {
        wait_for_its_end(pid, process, &signals, deadline);
    }
    drop(kept);
    Ok(())
}

/// What we keep: by descriptor, whatever becomes of its path.
enum Kept<'a> {
    Own(Option<Private>),
    Shared(&'a Path, Option<File>),
}

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        match self {
            Self::Own(room) => room.iter().for_each(room::clear),
            Self::Shared(room, lock) => lock.take().into_iter().for_each(|lock| {
                shared::leave(room, lock);
            }),
        }
    }
}

/// Removes what killed runs and keepers have left, wherever runs of any kind have their keys.
fn sweep(directory: &Path, is_shared: bool) {
    if is_shared {
        let base = directory.parent().unwrap_or(directory);
        shared::sweep(base, directory, false);
    } else {
        room::sweep_beside(directory);
    }
    for base in room::of_runs() {
        shared::sweep(&base, directory, true);
    }
}

fn launch(words: &[OsString], shared: Option<&Path>) -> io::Result<()> {
    close_inherited()?;
    // The keeper begins with these held.
    let _signals = Signals::hold()?;
    let mut keeper = Command::new(own_program::path()?);
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
fn lock() -> io::Result<Option<File>> {
    let lock = io::stderr().as_fd().try_clone_to_owned()?;
    Ok(Some(lock.into()))
}

/// How many descriptors are looked for at most where the system does not tell.
const MOST_FILES: RawFd = 1 << 16;

/// Closes every descriptor but the standard three.
fn close_inherited() -> io::Result<()> {
    let open: Vec<RawFd> = if let Ok(names) = fs::read_dir("/dev/fd") {
        let number =
            |entry: io::Result<fs::DirEntry>| entry.ok()?.file_name().to_str()?.parse().ok();
        names.filter_map(number).filter(|&fd| fd > 2).collect()
    } else {
        // No `/proc`: whatever may be open.
        let (limit, _) = getrlimit(Resource::RLIMIT_NOFILE)?;
        let end = RawFd::try_from(limit).unwrap_or(MOST_FILES);
        (3..end.min(MOST_FILES)).collect()
    };
    for fd in open {
        // One of them was the directory that we read, and is closed already.
        let _ = nix::unistd::close(fd);
    }
    Ok(())
}

/// Waits until the process that started us has become the client or died, and says until when
/// its key may live: a minute from the last push that began, since only that one succeeded. `None`
/// if a signal tells us to go.
fn wait_for_our_end(signals: &Signals) -> Option<Instant> {
    let mut deadline = None;
    let mut stdin = io::stdin();
    let mut told = [0; 64];
    loop {
        match signals.or(Some(stdin.as_fd()), deadline) {
            Woken::Ready => {}
            Woken::Late => break,
            Woken::Signalled => return None,
        }
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
    Some(deadline.unwrap_or_else(|| Instant::now() + KEY_LIFE))
}

/// Waits until the client is gone, but not past the deadline, nor when a signal tells us to go.
fn wait_for_its_end(
    pid: Pid,
    process: Result<OwnedFd, Errno>,
    signals: &Signals,
    deadline: Instant,
) {
    match process {
        Ok(process) => {
            signals.or(Some(process.as_fd()), Some(deadline));
        }
        Err(Errno::SRCH) => {}
        // An old kernel, or another system.
        Err(_) => look_for(pid, signals, deadline),
    }
}

/// Looks every now and then until the process is gone.
fn look_for(pid: Pid, signals: &Signals, deadline: Instant) {
    while Instant::now() < deadline && test_kill_process(pid).is_ok() {
        let next = Instant::now() + Duration::from_millis(200);
        if let Woken::Signalled = signals.or(None, Some(next)) {
            return;
        }
    }
}
