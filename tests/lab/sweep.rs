//! Removes what killed labs have left.

use std::env;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::sshd_pool;

/// The start of the name of a lab's directory.
pub(crate) const PREFIX: &str = "mssh-lab-";
/// The subdirectory that the command lines of sshds name.
pub(crate) const DAEMONS: &str = "sshd";
const LOCK: &str = "lock";

/// Marks `directory` as in use until the file is closed.
///
/// It is locked before it gets its name; another lab might find it unlocked otherwise.
pub(crate) fn claim(directory: &Path) -> io::Result<File> {
    let unnamed = directory.join("lock.new");
    let lock = File::create(&unnamed)?;
    lock.try_lock()?;
    fs::rename(unnamed, directory.join(LOCK))?;
    Ok(lock)
}

/// Kills the sshds and removes the files of labs whose process is gone.
pub(crate) fn dead_labs() {
    let Ok(entries) = fs::read_dir(env::temp_dir()) else {
        return;
    };
    for entry in entries.flatten() {
        let directory = entry.path();
        if !is_lab(&directory) {
            continue;
        }
        let Ok(lock) = File::open(directory.join(LOCK)) else {
            continue;
        };
        if lock.try_lock().is_ok() {
            sshd_pool::kill_all(&sshd_pool::daemons_of(&directory.join(DAEMONS)));
            // It fails if another lab removes it at the same time.
            let _ = fs::remove_dir_all(&directory);
        }
    }
}

/// Whether a lab made this directory: by its name, owner, mode and contents.
fn is_lab(directory: &Path) -> bool {
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    let suffix = name.strip_prefix(PREFIX).unwrap_or_default();
    let named = suffix.len() == 6 && suffix.bytes().all(|it| it.is_ascii_alphanumeric());
    let us = Path::new("/proc/self").metadata().map(|it| it.uid()).ok();
    let is_ours =
        |it: fs::Metadata| it.is_dir() && Some(it.uid()) == us && it.mode() & 0o777 == 0o700;
    named && fs::symlink_metadata(directory).is_ok_and(is_ours) && directory.join(DAEMONS).is_dir()
}
