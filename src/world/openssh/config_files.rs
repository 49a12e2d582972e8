//! The user's ssh_config(5), and the file with our block next to it.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::unistd::{Uid, User};

use super::error::SshError;
use crate::world::process::bounded;
use crate::world::process::replace_file::replace_file;

/// The suffix of a backup.
const BACKUP_SUFFIX: &str = ".before-mssh";

/// The local user by passwd(5), as for ssh.
#[must_use]
pub(crate) fn user() -> Option<User> {
    User::from_uid(Uid::current()).ok().flatten()
}

/// The home directory. ssh takes it from passwd(5), not from HOME.
pub(crate) fn home() -> PathBuf {
    user().map_or_else(|| PathBuf::from("~"), |user| user.dir)
}

/// A path of ssh's, in which `~/` stands for the home directory.
pub(super) fn with_home(path: &str) -> PathBuf {
    match path.strip_prefix("~/") {
        Some(below) => home().join(below),
        None => path.into(),
    }
}

/// `~/.ssh`.
#[must_use]
pub(crate) fn directory() -> PathBuf {
    home().join(".ssh")
}

/// Reads a file; `None` if it does not exist.
///
/// # Errors
/// [`SshError::File`].
pub(crate) fn read(file: &Path) -> Result<Option<Vec<u8>>, SshError> {
    match bounded::file(file) {
        Ok(content) => Ok(Some(content)),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(failed(file, cause)),
    }
}

fn failed(file: &Path, source: io::Error) -> SshError {
    SshError::File {
        path: file.to_owned(),
        source,
    }
}

/// Writes a file atomically (rename(2)). Follows a link and keeps the mode. A new file gets mode 0600, a
/// new directory 0700.
///
/// # Errors
/// [`SshError::File`].
pub(crate) fn write(file: &Path, content: &[u8]) -> Result<(), SshError> {
    let write = || {
        if let Some(directory) = file.parent().filter(|directory| !directory.exists()) {
            DirBuilder::new().mode(0o700).create(directory)?;
        }
        let target = match file.canonicalize() {
            Ok(target) => target,
            // The link must not be lost.
            Err(error) if file.is_symlink() => return Err(error),
            Err(_) => file.to_owned(),
        };
        let mode = fs::metadata(&target).map_or(0o600, |found| found.permissions().mode());
        replace_file(&target, content, mode & 0o7777)
    };
    write().map_err(|cause| failed(file, cause))
}

/// The path of a file's backup.
#[must_use]
pub(crate) fn backup(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(BACKUP_SUFFIX);
    name.into()
}

/// Removes a file, if it exists.
///
/// # Errors
/// [`SshError::File`].
pub(crate) fn remove(file: &Path) -> Result<(), SshError> {
    match fs::remove_file(file) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(failed(file, cause)),
        _ => Ok(()),
    }
}
