//! The keeper: the small process that deletes the key when the client which we became is gone.
//!
//! It is our own binary in a hidden mode. It must not hold what we inherited (a pipe of rsync's,
//! a lock of a script's), must outlive the terminal, and must not stay a zombie of a client that
//! does not know it. So it is started in two steps: `--keeper launch` closes all that and starts
//! `--keeper stay`, then ends and is waited for; init inherits the second, which leaves the session.
//!
//! Its standard input is a pipe from us. A byte on it says that a push begins, and the key's minute
//! with it; its end says that we have become the client, or are dead.

mod signals;
mod stay;

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

pub(crate) use self::stay::run;
use super::error::KeyError;
use super::room::KEY_LIFE;
use super::shared;
use crate::world::process::own_program;

/// The hidden option.
pub(crate) const OPTION: &str = "--keeper";

/// The last word for the keeper of a room that others share.
const SHARED: &str = "shared";

/// What it is told: a push begins,
const PUSH: u8 = b'!';

/// or nothing, to see whether it hears.
const NOTHING: u8 = b'.';

/// A keeper that was started. As long as this lives, it knows that we live.
#[derive(Debug)]
pub(crate) struct Keeper {
    launcher: Child,
    bell: Bell,
}

/// How to tell a keeper that a push begins.
#[derive(Clone, Debug)]
pub(crate) struct Bell {
    pipe: Arc<ChildStdin>,
    rung: Arc<Mutex<Option<Instant>>>,
}

impl Bell {
    /// Tells it: the key's minute begins, or begins again.
    pub(crate) fn ring(&self) {
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
    /// [`KeyError::NoKeeper`].
    pub(crate) fn start(directory: &Path) -> Result<Self, KeyError> {
        Self::launch(std::process::id(), directory, None)
    }

    /// Starts a keeper of a room that others share, and waits until it is in there.
    ///
    /// # Errors
    /// [`KeyError::Directory`], if that place is not ours alone; [`KeyError::NoKeeper`].
    pub(crate) fn start_shared(room: &Path) -> Result<Self, KeyError> {
        Self::share(std::process::id(), room)
    }

    /// Starts one for the process that has started us, and says where the key is.
    ///
    /// # Errors
    /// As [`Self::start_shared`], and [`KeyError::Write`].
    pub(crate) fn hand_over(room: &Path) -> Result<PathBuf, KeyError> {
        Self::share(std::os::unix::process::parent_id(), room)?;
        shared::key(room)
    }

    fn share(whose: u32, room: &Path) -> Result<Self, KeyError> {
        let base = room.parent().unwrap_or(room);
        shared::prepare(base).map_err(|source| KeyError::Directory {
            path: base.to_owned(),
            source,
        })?;
        let mut keeper = Self::launch(whose, room, Some(SHARED))?;
        keeper.settle().map(|()| keeper)
    }

    fn launch(whose: u32, directory: &Path, shared: Option<&str>) -> Result<Self, KeyError> {
        let start = || {
            let pid = whose.to_string();
            let mut launcher = Command::new(own_program::path()?)
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
        start().map_err(KeyError::NoKeeper)
    }

    /// Its bell.
    #[must_use]
    pub(crate) fn bell(&self) -> Bell {
        self.bell.clone()
    }

    /// Makes sure that it is in place: to be called before the key is written.
    ///
    /// # Errors
    /// [`KeyError::NoKeeper`], when it could not be; [`KeyError::TooLate`], when the key's minute is over
    /// before it could be of use.
    pub(crate) fn settle(&mut self) -> Result<(), KeyError> {
        match self.launcher.wait() {
            Ok(_) if self.bell.is_over() => Err(KeyError::TooLate),
            // A keeper that is gone has closed its end.
            Ok(status) if status.success() => {
                let heard = (&*self.bell.pipe).write_all(&[NOTHING]);
                heard.map_err(KeyError::NoKeeper)
            }
            Ok(status) => Err(KeyError::NoKeeper(io::Error::other(status.to_string()))),
            Err(cause) => Err(KeyError::NoKeeper(cause)),
        }
    }
}
