//! The keeper: the small process that deletes the key when the client which we became is gone.
//!
//! It is our own binary in a hidden mode. It must not hold what we inherited (a pipe of rsync's,
//! a lock of a script's), must outlive the terminal, and must not stay a zombie of a client that
//! does not know it. So it is started in two steps: `--keeper launch` closes all that and starts
//! `--keeper stay`, then ends and is waited for; init inherits the second, which leaves the session.
//!
//! Its standard input is a pipe from us. A byte on it says that a push begins, and the key's minute
//! with it; its end says that we have become the client, or are dead.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open, setsid, test_kill_process};

use super::room::{self, KEY_LIFE};
use crate::error::Error;

/// The hidden option.
pub const OPTION: &str = "--keeper";

/// What it is told: a push begins,
const PUSH: u8 = b'!';

/// or nothing, to see whether it hears.
const NOTHING: u8 = b'.';

/// A keeper that was started. As long as this lives, it knows that we live.
#[derive(Debug)]
pub struct Keeper {
    launcher: Child,
    bell: Bell,
}

/// How to tell a keeper that a push begins.
#[derive(Clone, Debug)]
pub struct Bell {
    pipe: Arc<ChildStdin>,
    rung: Arc<Mutex<Option<Instant>>>,
}

impl Bell {
    /// Tells it: the key's minute begins, or begins again.
    pub fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        // If the keeper is gone, `settle` tells; the minute is then nobody's to count.
        let _ = (&*self.pipe).write_all(&[PUSH]);
    }

    /// Whether the minute is over.
    fn is_over(&self) -> bool {
        let rung = *self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        rung.is_some_and(|rung| rung.elapsed() >= KEY_LIFE)
    }
}

impl Keeper {
    /// Starts the keeper of `directory`.
    ///
    /// # Errors
    /// [`Error::NoKeeper`].
    pub fn start(directory: &Path) -> Result<Self, Error> {
        let start = || {
            let pid = std::process::id().to_string();
            let mut launcher = Command::new(std::env::current_exe()?)
                .args([OPTION, "launch", &pid])
                .arg(directory)
                .env_clear()
                // A Ctrl-C in our first milliseconds is not for it.
                .process_group(0)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()?;
            let pipe = launcher.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
            let bell = Bell {
                pipe: Arc::new(pipe),
                rung: Arc::default(),
            };
            Ok(Self { launcher, bell })
        };
        start().map_err(Error::NoKeeper)
    }

    /// Its bell.
    #[must_use]
    pub fn bell(&self) -> Bell {
        self.bell.clone()
    }

    /// Makes sure that it is in place: to be called before the key is written.
    ///
    /// # Errors
    /// [`Error::NoKeeper`], when it could not be; [`Error::TooLate`], when the key's minute is over
    /// before it could be of use.
    pub fn settle(&mut self) -> Result<(), Error> {
        match self.launcher.wait() {
            Ok(_) if self.bell.is_over() => Err(Error::TooLate),
            // A keeper that is gone has closed its end.
            Ok(status) if status.success() => {
                let heard = (&*self.bell.pipe).write_all(&[NOTHING]);
                heard.map_err(Error::NoKeeper)
            }
            Ok(status) => Err(Error::NoKeeper(io::Error::other(status.to_string()))),
            Err(cause) => Err(Error::NoKeeper(cause)),
        }
    }
}

/// The hidden mode: `launch PID DIRECTORY` or `stay PID DIRECTORY`.
///
/// # Errors
/// Words of another form, or a process that cannot be started.
pub fn run(words: &[OsString]) -> io::Result<()> {
    let [step, pid, directory] = words else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    if step == "launch" {
        return launch(pid, directory);
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
    let directory = Path::new(directory);
    room::sweep_beside(directory);
    let deadline = wait_for_our_end();
    match process {
        _ if !directory.exists() => {}
        Ok(process) => {
            readable(process.as_fd(), Some(deadline));
        }
        Err(Errno::SRCH) => {}
        // An old kernel, or another system.
        Err(_) => look_for(pid, deadline),
    }
    room::remove(directory);
    Ok(())
}

fn launch(pid: &OsString, directory: &OsString) -> io::Result<()> {
    close_inherited()?;
    Command::new(std::env::current_exe()?)
        .args([OPTION, "stay"])
        .args([pid, directory])
        .current_dir("/")
        .spawn()
        .map(drop)
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
