//! What labs that were killed have left behind.

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::garrison;

/// How the directory of every lab begins.
pub(crate) const PREFIX: &str = "mssh-lab-";
/// The part of that directory which only daemons have on their command lines.
pub(crate) const DAEMONS: &str = "sshd";
const LOCK: &str = "lock";

/// Marks `directory` as in use until the file is closed.
///
/// Locked before it has its name, lest another lab sees it in between and takes us for dead.
pub(crate) fn claim(directory: &Path) -> io::Result<File> {
    let unnamed = directory.join("lock.new");
    let lock = File::create(&unnamed)?;
    lock.try_lock()?;
    fs::rename(unnamed, directory.join(LOCK))?;
    Ok(lock)
}

/// Ends the daemons and removes the files of labs whose process is gone; never those of a live one.
pub(crate) fn dead_labs() {
    let Ok(entries) = fs::read_dir(env::temp_dir()) else {
        return;
    };
    for entry in entries.flatten() {
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let directory = entry.path();
        let Ok(lock) = File::open(directory.join(LOCK)) else {
            continue;
        };
        if lock.try_lock().is_ok() {
            garrison::disband(&garrison::daemons_of(&directory.join(DAEMONS)));
            // Another user's, or already going: then it stays, and does no harm.
            let _ = fs::remove_dir_all(&directory);
        }
    }
}
