//! Removes what killed agents left.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::{OLD_FILES, SOCKET, clear, is_file_name, ours};
use crate::world::key::private::Private;

/// How long an older version's files were of use.
const OLD_FILES_LIFE: Duration = Duration::from_mins(1);

/// Removes the directories of killed agents beside `directory`. One with anything in it that is
/// not ours stays as it is, whatever its name.
pub(crate) fn sweep_beside(directory: &Path) {
    let Some(entries) = directory.parent().and_then(|base| fs::read_dir(base).ok()) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path != directory
            && let Some(left) = ours(&path)
            && is_abandoned(&left)
        {
            clear(&left);
        }
    }
}

/// Whether a directory has only files of ours, and no agent: none listens at the socket; without
/// one, the directory is a day old, or an older version's files in it can be of no use any more.
fn is_abandoned(directory: &Private) -> bool {
    let is_file = |name: &OsStr| is_file_name(name) && directory.has_file(name);
    let is_ours = |name: &OsStr| directory.has_socket(name) || is_file(name);
    let Ok(names) = directory.names() else {
        return false;
    };
    let path = directory.path();
    if !names.iter().all(|name| is_ours(name)) {
        return false;
    }
    if names.iter().any(|name| name == SOCKET) {
        let connected = UnixStream::connect(path.join(SOCKET));
        return connected.is_err_and(|it| it.kind() == io::ErrorKind::ConnectionRefused);
    }
    let is_old = |path: &Path, age| older_than(path, age).unwrap_or(false);
    let old = OLD_FILES.map(|name| path.join(name));
    old.iter().any(|file| is_old(file, OLD_FILES_LIFE)) || is_old(path, Duration::from_hours(24))
}

fn older_than(path: &Path, age: Duration) -> io::Result<bool> {
    let modified = fs::symlink_metadata(path)?.modified()?;
    Ok(modified.elapsed().is_ok_and(|elapsed| elapsed > age))
}
