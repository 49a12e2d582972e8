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
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open, setsid, test_kill_process};

use super::room::{self, KEY_LIFE};
use super::shared;
use crate::error::Error;

/// The hidden option.
pub const OPTION: &str = "--keeper";

/// The last word for the keeper of a room that others share.
const SHARED: &str = "shared";

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
        Self::launch(std::process::id(), directory, None)
    }

    /// Starts a keeper of a room that others share, and waits until it is in there.
    ///
    /// # Errors
    /// [`Error::KeyDir`], if that place is not ours alone; [`Error::NoKeeper`].
    pub fn start_shared(room: &Path) -> Result<Self, Error> {
        Self::share(std::process::id(), room)
    }

    /// Starts one for the process that has started us, and says where the key is.
    ///
    /// # Errors
    /// As [`Self::start_shared`], and [`Error::Key`].
    pub fn hand_over(room: &Path) -> Result<PathBuf, Error> {
        Self::share(std::os::unix::process::parent_id(), room)?;
        shared::key(room)
    }

    fn share(whose: u32, room: &Path) -> Result<Self, Error> {
        let base = room.parent().unwrap_or(room);
        shared::prepare(base).map_err(|cause| Error::KeyDir(base.to_owned(), cause))?;
        let mut keeper = Self::launch(whose, room, Some(SHARED))?;
        keeper.settle().map(|()| keeper)
    }

    fn launch(whose: u32, directory: &Path, shared: Option<&str>) -> Result<Self, Error> {
        let start = || {
            let pid = whose.to_string();
            let mut launcher = Command::new(std::env::current_exe()?)
                .args([OPTION, "launch", &pid])
                .arg(directory)
                .args(shared)
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
    if is_shared {
        shared::sweep_beside(directory);
    } else {
        room::sweep_beside(directory);
    }
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
    if is_shared {
        shared::leave(directory, &lock()?);
    } else {
        room::remove(directory);
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
