//! Rooms whose place ssh can name, by its configuration: one for each host (TOKENS in
//! ssh_config(5) tell hosts apart, and not logins).
//!
//! ssh reads the public half of a key as soon as it has its configuration, and the private half
//! when it logs in. In between it must stay the same. So `Match exec` has us enter the room before
//! either, whoever is in there finds the same key, and whoever leaves last takes it away. Who is in
//! the room has it locked (flock(2), shared): a keeper of each, for its minute at most. A lock goes
//! with its process, however that dies.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::key::Key;
use crate::error::Error;

/// The name of the key in its room.
pub const KEY: &str = "key";

/// How often to begin anew when others come and go at the same time.
const TRIES: usize = 100;

/// Makes the directory that rooms are in, or sees that it is ours alone.
///
/// # Errors
/// When it is somebody else's, or cannot be made.
pub fn prepare(base: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(base) {
        // Whatever the umask.
        Ok(()) => fs::set_permissions(base, Permissions::from_mode(0o700))?,
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
        Err(cause) => return Err(cause),
    }
    if is_private(base)? {
        return Ok(());
    }
    let cause = "it is not a directory of yours alone";
    Err(io::Error::new(io::ErrorKind::PermissionDenied, cause))
}

fn is_private(directory: &Path) -> io::Result<bool> {
    let metadata = fs::symlink_metadata(directory)?;
    let ours = metadata.uid() == rustix::process::geteuid().as_raw();
    Ok(metadata.is_dir() && ours && metadata.mode().trailing_zeros() >= 6)
}

/// Enters a room, which is made if it is not there. It stays at least as long as what this gives.
///
/// # Errors
/// When it cannot be made.
pub fn enter(room: &Path) -> io::Result<File> {
    for _ in 0..TRIES {
        match try_to_enter(room) {
            Ok(Some(lock)) => return Ok(lock),
            Ok(None) => {}
            // Somebody has cleared it, or the directory above.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(cause),
        }
    }
    Err(io::ErrorKind::ResourceBusy.into())
}

/// The key of a room that we have entered: what is there, or a new one.
///
/// # Errors
/// [`Error::Key`], when it cannot be written.
pub fn key(room: &Path) -> Result<PathBuf, Error> {
    let path = room.join(KEY);
    if !path.exists() {
        let fresh = room.join(format!("{KEY}.{}", std::process::id()));
        let written = Key::generate()?.write_to(&fresh, &path);
        // Of several who come at once, one is the first, and the others take what it has left.
        let _ = fs::remove_file(&fresh);
        if let Err(error) = written
            && !path.exists()
        {
            return Err(error);
        }
    }
    Ok(path)
}

fn try_to_enter(room: &Path) -> io::Result<Option<File>> {
    prepare(room.parent().ok_or(io::ErrorKind::InvalidInput)?)?;
    prepare(room)?;
    let lock = File::open(room)?;
    lock.lock_shared()?;
    Ok(is_still(room, &lock).then_some(lock))
}

/// Leaves a room, and clears it unless somebody else is in there.
pub fn leave(room: &Path, lock: &File) {
    let _ = lock.unlock();
    clear_if_empty(room, lock);
}

/// Clears the rooms that killed keepers have left, beside this one and where runs that hopped had
/// theirs.
pub fn sweep_beside(room: &Path) {
    let base = room.parent().unwrap_or(room);
    let hopped = |path: &PathBuf| path != base && super::room::is_for_a_run(path);
    let others = entries(
        &super::room::for_plain_ssh()
            .unwrap_or_default()
            .with_file_name(""),
    );
    for base in others.filter(hopped).chain([base.to_owned()]) {
        if !is_private(&base).unwrap_or(false) {
            continue;
        }
        for path in entries(&base).filter(|path| path != room && path.is_dir()) {
            if let Ok(lock) = File::open(&path) {
                clear_if_empty(&path, &lock);
            }
        }
    }
}

fn entries(directory: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    entries.flatten().map(|entry| entry.path())
}

/// The key first, then the room, and the directory above once it is empty.
fn clear_if_empty(room: &Path, lock: &File) {
    if lock.try_lock().is_err() || !is_still(room, lock) {
        return;
    }
    let ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().starts_with(KEY)
    };
    for file in entries(room).filter(ours) {
        let _ = fs::remove_file(file);
    }
    let _ = fs::remove_dir(room);
    let _ = room.parent().map(fs::remove_dir);
}

/// Whether the directory that we have open is the one of that name.
fn is_still(room: &Path, lock: &File) -> bool {
    let of = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (fs::symlink_metadata(room), lock.metadata()) {
        (Ok(there), Ok(here)) => of(there) == of(here),
        _ => false,
    }
}
