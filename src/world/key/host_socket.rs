//! Sockets of agents that ssh finds by its configuration: one path for all logins of a user at a
//! host, since tokens tell hosts apart and not logins (TOKENS in ssh_config(5)).
//!
//! Each agent has a socket of its own, `PID@TAG` with its ssh's process ID, and gives it the common name
//! as well, which replaces the one before. The agent that has the name hands the connections of other
//! ssh over to their agents, which wait for them at `PID+TAG`. One that ends passes the name on, to an
//! agent with the same TAG: a hash of the name, which itself may be too long for a second time.

mod names;

use std::fs::{self, File};
use std::io;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};

use self::names::{give_name, retire, sweep, tag};
use super::directory::check_path;
use super::private::Private;

/// The mode of a directory that we make. The sticky bit, which has no effect here, tells it from the
/// user's own, which stay.
const MODE: u32 = 0o1700;

/// As long as the names of usual users.
const LONG_NAME: &str = "i-0123456789abcdef0.65535.ec2-user";

/// How often to try again when others make and remove the directory at the same time.
const TRIES: usize = 100;

/// An agent's sockets, removed when this is dropped.
#[derive(Debug)]
pub(crate) struct HostSocket {
    directory: PathBuf,
    name: String,
    tag: String,
    ssh: u32,
}

/// What is listened to.
pub(crate) struct Listening {
    pub socket: HostSocket,
    /// For ssh.
    pub listener: UnixListener,
    /// For other agents.
    pub handovers: UnixDatagram,
}

impl HostSocket {
    /// Listens at `directory/name`, for the ssh with this process ID and others that find it. The
    /// name must have a `.` before any `@` and `+`, or neither, and not be `link`.
    ///
    /// # Errors
    /// If the directory is not the user's alone, or the sockets cannot be made.
    pub(crate) fn listen(directory: &Path, name: &str, ssh: u32) -> io::Result<Listening> {
        let socket = Self {
            directory: directory.to_owned(),
            name: name.to_owned(),
            tag: tag(name),
            ssh,
        };
        check_path(&socket.own())?;
        check_path(&socket.common())?;
        let mut failed = io::ErrorKind::ResourceBusy.into();
        for _ in 0..TRIES {
            let private = match prepare(directory) {
                // Another one has removed it, unless it never was there.
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                    failed = cause;
                    continue;
                }
                private => private?,
            };
            let lock = lock(&private)?;
            if private.is_still_there() {
                let bound = socket.bind(&private);
                // Before the socket is dropped, which takes the lock again.
                drop(lock);
                let (listener, handovers) = bound?;
                return Ok(Listening {
                    socket,
                    listener,
                    handovers,
                });
            }
        }
        Err(failed)
    }

    /// Makes the sockets. Call it with the lock.
    fn bind(&self, directory: &Private) -> io::Result<(UnixListener, UnixDatagram)> {
        sweep(directory);
        let (own, handovers) = (self.own(), self.handovers_of(self.ssh));
        // Of a process that had this number before.
        for left in [&own, &handovers] {
            let _ = fs::remove_file(left);
        }
        let (listener, handovers) = (UnixListener::bind(&own)?, UnixDatagram::bind(&handovers)?);
        give_name(&own, &self.common())?;
        Ok((listener, handovers))
    }

    /// Whether an agent here serves the ssh with this process ID.
    pub(crate) fn serves(&self, ssh: u32) -> bool {
        fs::symlink_metadata(self.handovers_of(ssh)).is_ok()
    }

    /// Whether this is the agent of that ssh.
    pub(crate) fn is_of(&self, ssh: u32) -> bool {
        self.ssh == ssh
    }

    /// Where the agent of this ssh waits for connections that other agents hand over.
    pub(crate) fn handovers_of(&self, ssh: u32) -> PathBuf {
        self.directory.join(format!("{ssh}+{}", self.tag))
    }

    fn own(&self) -> PathBuf {
        self.directory.join(format!("{}@{}", self.ssh, self.tag))
    }

    fn common(&self) -> PathBuf {
        self.directory.join(&self.name)
    }

    /// Removes the sockets, and passes the common name on: from then on, nobody connects.
    pub(crate) fn close(&self) {
        let Ok(directory) = Private::open(&self.directory) else {
            return;
        };
        let Ok(_lock) = lock(&directory) else {
            return;
        };
        if directory.is_still_there() {
            let _ = fs::remove_file(self.handovers_of(self.ssh));
            retire(&self.directory, &self.own(), &self.tag);
            if directory.mode_if_ours_alone() == Some(MODE) {
                directory.remove_if_empty();
            }
        }
    }
}

impl Drop for HostSocket {
    fn drop(&mut self) {
        self.close();
    }
}

/// Makes the directory, or sees that it is the user's alone.
fn prepare(path: &Path) -> io::Result<Private> {
    match Private::make(path, MODE) {
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
        made => return made,
    }
    let directory = Private::open_unmoved(path)?;
    is_private(&directory).map(|()| directory)
}

/// Checks that a directory may have sockets in it: it is the user's alone, or does not exist yet, and
/// its path leaves room for the names.
///
/// # Errors
/// Why it may not.
pub(crate) fn check(directory: &Path) -> io::Result<()> {
    check_path(&directory.join(LONG_NAME))?;
    match Private::open_unmoved(directory) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
        opened => is_private(&opened?),
    }
}

fn is_private(directory: &Private) -> io::Result<()> {
    if directory.mode_if_ours_alone().is_some() {
        return Ok(());
    }
    let cause = "it is not a directory of yours alone";
    Err(io::Error::new(io::ErrorKind::PermissionDenied, cause))
}

/// One agent at a time changes names.
fn lock(directory: &Private) -> io::Result<File> {
    let file = directory.descriptor().try_clone()?;
    file.lock()?;
    Ok(file)
}

#[cfg(test)]
mod tests;
