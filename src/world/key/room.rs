//! The private directory of one connection: it holds the key, and is gone before or with it.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use ssh_key::rand_core::{OsRng, RngCore};

use super::error::KeyError;
use super::private::Private;

/// What the names of our directories begin with, and how many letters and digits follow.
const PREFIX: &str = "mssh-key-";
const SUFFIX: usize = 10;

/// The name of the key in its directory.
const KEY: &str = "key";

/// The name of the credentials for a tunnel.
const CREDENTIALS: &str = "credentials";

/// After this long a key is of no use: AWS has forgotten its public half.
pub(crate) const KEY_LIFE: Duration = Duration::from_mins(1);

/// The mode of our directories.
const MODE: u32 = 0o700;

/// A directory of mode 0700, removed with what we put there when dropped.
#[derive(Debug)]
pub(crate) struct Room {
    directory: Private,
}

impl Room {
    /// Makes one, in memory where there is a file system for that: in `$XDG_RUNTIME_DIR`, else
    /// `/dev/shm`, else the temporary directory.
    ///
    /// # Errors
    /// [`KeyError::NoRoom`] with what was tried.
    pub(crate) fn open() -> Result<Self, KeyError> {
        let mut tried = Vec::new();
        for base in bases() {
            // What others could lead elsewhere later on shall not be in the path.
            let base = base.canonicalize().unwrap_or(base);
            let name = format!("{PREFIX}{}", random_suffix());
            match Private::make(&base.join(name), MODE) {
                Ok(directory) => return Ok(Self { directory }),
                Err(cause) => tried.push((base, cause)),
            }
        }
        Err(KeyError::NoRoom(tried))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Writes the key into a file that only we can read, and says where it is.
    ///
    /// # Errors
    /// [`KeyError::Write`], for whatever reason it cannot be written.
    pub(crate) fn write_key(&self, key: &[u8]) -> Result<PathBuf, KeyError> {
        self.write(KEY, key)
    }

    /// Writes the credentials that a tunnel is to take, in the same way.
    ///
    /// # Errors
    /// As [`Room::write_key`].
    pub(crate) fn write_credentials(&self, text: &[u8]) -> Result<PathBuf, KeyError> {
        self.write(CREDENTIALS, text)
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<PathBuf, KeyError> {
        let path = self.path().join(name);
        match self.directory.write(name, content) {
            Ok(()) => Ok(path),
            Err(source) => Err(KeyError::Write { path, source }),
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        clear(&self.directory);
    }
}

/// Letters and digits that nobody can guess.
fn random_suffix() -> String {
    let letters = ('0'..='9').chain('A'..='Z').chain('a'..='z');
    let letters: Vec<char> = letters.collect();
    let random = |_| letters[OsRng.next_u32() as usize % letters.len()];
    (0..SUFFIX).map(random).collect()
}

/// Whether a name ends, after what it begins with, in what [`random_suffix`] makes.
fn has_our_name(name: &OsStr, prefix: &str) -> bool {
    let suffix = name.to_str().and_then(|name| name.strip_prefix(prefix));
    let ours = |suffix: &str| suffix.bytes().all(|it| it.is_ascii_alphanumeric());
    suffix.is_some_and(|suffix| suffix.len() == SUFFIX && ours(suffix))
}

/// Where keys for plain ssh are made: a place that its configuration can name once and for all,
/// in memory where there is a file system for that which is always there.
///
/// # Errors
/// [`KeyError::NoRoom`].
pub(crate) fn for_plain_ssh() -> Result<PathBuf, KeyError> {
    Ok(place()?.join(user_prefix()))
}

/// Where keys for the hops of this run are made, and for nobody else: one place for all of its
/// destinations. Nobody can take the name before us.
///
/// # Errors
/// [`KeyError::NoRoom`].
pub(crate) fn for_this_run() -> Result<PathBuf, KeyError> {
    static SUFFIX: OnceLock<String> = OnceLock::new();
    let suffix = SUFFIX.get_or_init(random_suffix);
    Ok(place()?.join(format!("{}-{suffix}", user_prefix())))
}

fn user_prefix() -> String {
    format!("mssh-{}", rustix::process::geteuid().as_raw())
}

fn place() -> Result<PathBuf, KeyError> {
    let mut places = [PathBuf::from("/dev/shm"), std::env::temp_dir()].into_iter();
    let place = places.find(|place| place.is_dir());
    place.ok_or_else(|| KeyError::NoRoom(Vec::new()))
}

/// The directories of runs with hops, also of those that were killed.
pub(crate) fn of_runs() -> impl Iterator<Item = PathBuf> {
    let entries = place().ok().and_then(|place| fs::read_dir(place).ok());
    let prefix = format!("{}-", user_prefix());
    let entries = entries.into_iter().flatten().flatten();
    entries
        .filter(move |entry| has_our_name(&entry.file_name(), &prefix))
        .map(|entry| entry.path())
}

/// The directories to try, best first.
///
/// ssh expands `%` and `${…}` in the name of a key (TOKENS in ssh_config(5)), so a directory with
/// such a name will not do.
fn bases() -> impl Iterator<Item = PathBuf> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    runtime
        .into_iter()
        .filter(|path| path.is_absolute())
        .chain([PathBuf::from("/dev/shm"), std::env::temp_dir()])
        .filter(|path| !path.to_string_lossy().contains(['%', '$']))
}

/// Takes a file out of a room of ours: it is gone then, unless others will want it, too. `None` if
/// there is none any more, or it is no file of ours.
pub(crate) fn take(file: &Path, keep: bool) -> Option<Vec<u8>> {
    let name = file.file_name().filter(|name| *name == CREDENTIALS)?;
    let room = ours(file.parent()?)?;
    let content = room.read(CREDENTIALS).ok()?;
    if !keep {
        room.remove(name);
    }
    Some(content)
}

/// Removes a directory of ours: the files that we put there, and the directory once it is empty.
/// What somebody else has put there is not ours to delete.
pub(crate) fn clear(room: &Private) {
    for file in [KEY, CREDENTIALS] {
        room.remove(file.as_ref());
    }
    room.remove_if_empty();
}

/// Removes what killed runs and killed keepers have left beside `directory`: rooms whose key is
/// older than a key can be of use, and rooms without one that are a day old. A directory with
/// anything in it that is not ours stays as it is, whatever its name.
pub(crate) fn sweep_beside(directory: &Path) {
    let Some(entries) = directory.parent().and_then(|base| fs::read_dir(base).ok()) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let Some(room) = ours(&path).filter(holds_only_ours) else {
            continue;
        };
        let stale = older_than(&path.join(KEY), KEY_LIFE)
            .or_else(|_| older_than(&path.join(CREDENTIALS), KEY_LIFE))
            .or_else(|_| older_than(&path, Duration::from_hours(24)));
        if stale.unwrap_or(false) {
            clear(&room);
        }
    }
}

fn older_than(path: &Path, age: Duration) -> io::Result<bool> {
    let modified = fs::symlink_metadata(path)?.modified()?;
    Ok(modified.elapsed().is_ok_and(|elapsed| elapsed > age))
}

fn holds_only_ours(room: &Private) -> bool {
    let ours = |name: &OsStr| (name == KEY || name == CREDENTIALS) && room.has_file(name);
    let names = room.names();
    names.is_ok_and(|names| names.iter().all(|name| ours(name)))
}

/// The directory of this path, if one of our runs made it: by its name, its owner and its mode.
#[must_use]
pub(crate) fn ours(path: &Path) -> Option<Private> {
    let named = has_our_name(path.file_name()?, PREFIX);
    let room = Private::open(path).ok().filter(|_| named)?;
    (room.mode_if_ours_alone() == Some(MODE)).then_some(room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_ours_as_a_whole_or_not_at_all() {
        let made = format!("{PREFIX}{}", random_suffix());
        assert!(has_our_name(made.as_ref(), PREFIX), "{made}");
        for other in ["", "0123456789", "mssh-key-", "mssh-key-012345678"] {
            assert!(!has_our_name(other.as_ref(), PREFIX), "{other}");
        }
        for added in ["x", ".", "/", "\u{e4}"] {
            assert!(!has_our_name(format!("{made}{added}").as_ref(), PREFIX));
            assert!(!has_our_name(format!("{added}{made}").as_ref(), PREFIX));
        }
    }
}
