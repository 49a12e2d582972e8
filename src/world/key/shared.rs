//! Rooms whose place ssh can name, by its configuration: one for each host (TOKENS in
//! ssh_config(5) tell hosts apart, and not logins).
//!
//! ssh reads the public half of a key as soon as it has its configuration, and the private half
//! when it logs in. In between it must stay the same. So `Match exec` has us enter the room before
//! either, whoever is in there finds the same key, and whoever leaves last takes it away. Who is in
//! the room has it locked (flock(2), shared): a keeper of each, for its minute at most. A lock goes
//! with its process, however that dies: so what is in a room that nobody has locked is of the dead,
//! and whoever enters deletes it.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use rustix::io::Errno;

use super::Key;
use super::error::KeyError;
use super::private::Private;
use super::room::KEY_LIFE;
use crate::plan::target::Target;

/// The name of the key in its room.
pub(crate) const KEY: &str = "key";

/// The mode of rooms, and of the directory that they are in.
const MODE: u32 = 0o700 | STICKY;

/// The bit by which a directory that we made is told from one that the user made, which is never
/// deleted, nor is anything in it. It does nothing where only one user can write, and is there from
/// the first.
const STICKY: u32 = 0o1000;

/// Why a directory is refused.
const NOT_OURS: &str = "it is not a directory of yours alone";

/// How often to begin anew when others come and go at the same time.
const TRIES: usize = 100;

/// Makes the directory that rooms are in, or sees that it is ours alone, and for this alone.
///
/// # Errors
/// When it is somebody else's, holds anything else, or cannot be made.
pub(crate) fn prepare(base: &Path) -> io::Result<Private> {
    for _ in 0..TRIES {
        match Private::make(base, MODE) {
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made,
        }
        match check(base) {
            // It has been cleared meanwhile.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            checked => return checked,
        }
    }
    Err(io::ErrorKind::ResourceBusy.into())
}

/// Sees that a directory may have rooms in it.
///
/// # Errors
/// When it may not.
pub(crate) fn check(base: &Path) -> io::Result<Private> {
    let refused = |cause| Err(io::Error::new(io::ErrorKind::PermissionDenied, cause));
    let directory = match Private::open_unmoved(base) {
        // A link, or no directory.
        Err(cause) if is_no_directory(&cause) => {
            return refused(NOT_OURS);
        }
        directory => directory?,
    };
    let Some(mode) = directory.mode_if_ours_alone() else {
        return refused(NOT_OURS);
    };
    if mode & STICKY != 0 || directory.names()?.iter().all(|it| is_room(&directory, it)) {
        Ok(directory)
    } else {
        refused("mssh did not make it, and it holds other things")
    }
}

fn is_no_directory(cause: &io::Error) -> bool {
    let kind = Errno::from_io_error(cause);
    kind.is_some_and(|kind| [Errno::LOOP, Errno::NOTDIR].contains(&kind))
}

/// Whether something in a directory is a room: an instance's own name, and made by us. The user may
/// keep keys of their own in directories of such names.
fn is_room(base: &Private, name: &OsStr) -> bool {
    let named = name.to_str().is_some_and(|name| {
        let target = Target::parse(name);
        matches!(target, Ok(Target::Id(_) | Target::Aws(_))) && name == name.to_ascii_lowercase()
    });
    named && base.open_below(name).is_ok_and(|room| is_made(&room))
}

/// Whether a directory was made by us, for us alone.
fn is_made(directory: &Private) -> bool {
    let mode = directory.mode_if_ours_alone();
    mode.is_some_and(|mode| mode & STICKY != 0)
}

/// Enters a room, which is made if it is not there. It stays at least as long as what this gives.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn enter(room: &Path) -> io::Result<File> {
    for _ in 0..TRIES {
        match try_to_enter(room) {
            Ok(Some(room)) => return Ok(room.into_descriptor()),
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
/// [`KeyError::Write`], when it cannot be written.
pub(crate) fn key(room: &Path) -> Result<PathBuf, KeyError> {
    let path = room.join(KEY);
    let error = |source| KeyError::Write {
        path: path.clone(),
        source,
    };
    let room = Private::open(room).map_err(error)?;
    for _ in 0..TRIES {
        if is_reusable(&room).map_err(error)? {
            return Ok(path);
        }
        match Key::generate()?.write_to(&room, KEY) {
            // Of several who come at once, one is the first, and the others take what it has left.
            Err(KeyError::Write { source, .. })
                if source.kind() == io::ErrorKind::AlreadyExists => {}
            written => return written.map(|()| path),
        }
    }
    Err(error(io::ErrorKind::ResourceBusy.into()))
}

/// Whether there is a key that somebody was given within the last minute; then its minute begins
/// anew. An older one is deleted: by the clock on the wall, since the keepers' stands still while
/// the machine is suspended.
fn is_reusable(room: &Private) -> io::Result<bool> {
    let file = match room.file(KEY) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(false),
        file => file?,
    };
    // One at a time renews it or deletes it.
    file.lock()?;
    if !room.is_file(KEY, &file) {
        return Ok(false);
    }
    let age = file.metadata()?.modified()?.elapsed();
    if age.is_ok_and(|age| age < KEY_LIFE) {
        file.set_modified(SystemTime::now())?;
        return Ok(true);
    }
    room.remove(KEY.as_ref());
    Ok(false)
}

fn try_to_enter(path: &Path) -> io::Result<Option<Private>> {
    let name = path.components().next_back();
    let (Some(base), Some(Component::Normal(name))) = (path.parent(), name) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let base = prepare(base)?;
    let room = match base.make_below(name, MODE) {
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => base.open_below(name),
        made => made,
    }?;
    if !is_made(&room) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    // If nobody is in there, whoever had what is in there is gone.
    if room.descriptor().try_lock().is_ok() && room.is_still_there() {
        remove_keys(&room);
    }
    room.descriptor().lock_shared()?;
    Ok(room.is_still_there().then_some(room))
}

/// Leaves a room, and clears it unless somebody else is in there.
pub(crate) fn leave(room: &Path, lock: File) {
    let _ = lock.unlock();
    clear_if_empty(&Private::from_open(room, lock));
}

/// Clears what killed keepers have left in a directory, but for one room. Whatever is no room, or
/// has anything in it that we did not put there, stays as it is. A run's own directory may have rooms
/// of other names, too: those of hops as ssh_config has them.
pub(crate) fn sweep(base: &Path, but: &Path, is_of_a_run: bool) {
    let Ok(directory) = check(base) else {
        return;
    };
    for name in directory.names().unwrap_or_default() {
        let path = base.join(&name);
        if path != but
            && (is_of_a_run || is_room(&directory, &name))
            && let Ok(room) = directory.open_below(&name)
            && is_made(&room)
            && holds_only_keys(&room)
        {
            clear_if_empty(&room);
        }
    }
    remove_if_made(&directory);
}

fn holds_only_keys(room: &Private) -> bool {
    let names = room.names();
    names.is_ok_and(|names| {
        let ours = |name: &OsStr| is_key(name) && room.has_file(name);
        names.iter().all(|name| ours(name))
    })
}

/// Whether a name is one that [`key`] gives.
fn is_key(name: &OsStr) -> bool {
    let suffix = name.to_str().and_then(|name| name.strip_prefix(KEY));
    let fresh = |suffix: &str| {
        suffix
            .strip_prefix('.')
            .is_some_and(|it| it.parse::<u64>().is_ok())
    };
    suffix.is_some_and(|suffix| suffix.is_empty() || fresh(suffix))
}

/// The key first, then the room, and the directory above once it is empty, if we made it.
fn clear_if_empty(room: &Private) {
    if room.descriptor().try_lock().is_err() || !room.is_still_there() {
        return;
    }
    remove_keys(room);
    room.remove_if_empty();
    if let Some(Ok(base)) = room.path().parent().map(Private::open) {
        remove_if_made(&base);
    }
}

fn remove_keys(room: &Private) {
    for name in room.names().unwrap_or_default() {
        if is_key(&name) {
            room.remove(&name);
        }
    }
}

fn remove_if_made(base: &Private) {
    if is_made(base) {
        base.remove_if_empty();
    }
}
