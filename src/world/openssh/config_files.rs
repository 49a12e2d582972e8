//! The user's own ssh_config(5), and our file beside it.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::unistd::{Uid, User};

use super::error::SshError;
use crate::world::process::bounded;
use crate::world::process::replace_file::replace_file;

/// What is appended to a file's name for what it was before.
const BEFORE: &str = ".before-mssh";

/// Who we are by passwd(5), as ssh sees it.
#[must_use]
pub fn user() -> Option<User> {
    User::from_uid(Uid::current()).ok().flatten()
}

/// The directory of the user's files. ssh takes the home directory from passwd(5), whatever HOME
/// says.
#[must_use]
pub fn directory() -> PathBuf {
    let home = user().map_or_else(|| PathBuf::from("~"), |user| user.dir);
    home.join(".ssh")
}

/// Whether there is a file of this name, which may begin with `~/` as in ssh_config(5).
#[must_use]
pub fn is_there(name: &str) -> bool {
    let directory = directory();
    match name.strip_prefix("~/.ssh/") {
        Some(rest) => directory.join(rest).exists(),
        None => Path::new(name).exists(),
    }
}

/// What a file says; `None` where there is none.
///
/// # Errors
/// [`SshError::File`].
pub fn read(file: &Path) -> Result<Option<Vec<u8>>, SshError> {
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

/// Has a file say this: at once or, where that fails, not at all (rename(2)). A link stays one,
/// a mode what it is; a new file is for its owner alone.
///
/// # Errors
/// [`SshError::File`].
pub fn write(file: &Path, content: &[u8]) -> Result<(), SshError> {
    let write = || {
        if let Some(directory) = file.parent().filter(|directory| !directory.exists()) {
            DirBuilder::new().mode(0o700).create(directory)?;
        }
        let target = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        let mode = fs::metadata(&target).map_or(0o600, |found| found.permissions().mode());
        replace_file(&target, content, mode & 0o7777)
    };
    write().map_err(|cause| failed(file, cause))
}

/// Where a copy of a file is kept.
#[must_use]
pub fn backup(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(BEFORE);
    name.into()
}

/// Removes a file, if it is there.
///
/// # Errors
/// [`SshError::File`].
pub fn remove(file: &Path) -> Result<(), SshError> {
    match fs::remove_file(file) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(failed(file, cause)),
        _ => Ok(()),
    }
}
