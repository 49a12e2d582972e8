//! The private directory of one connection: it holds the key, and is gone before or with it.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::error::Error;

/// What the names of our directories begin with, and how many letters and digits follow.
const PREFIX: &str = "mssh-key-";
const SUFFIX: usize = 10;

/// The name of the key in its directory.
const KEY: &str = "key";

/// The name of the credentials for a tunnel.
const CREDENTIALS: &str = "credentials";

/// After this long a key is of no use: AWS has forgotten its public half.
pub const KEY_LIFE: Duration = Duration::from_mins(1);

/// A directory of mode 0700, removed with all that is in it when dropped.
#[derive(Debug)]
pub struct Room {
    directory: TempDir,
}

impl Room {
    /// Makes one, in memory where there is a file system for that: in `$XDG_RUNTIME_DIR`, else
    /// `/dev/shm`, else the temporary directory.
    ///
    /// # Errors
    /// [`Error::NoRoom`] with what was tried.
    pub fn open() -> Result<Self, Error> {
        let mut tried = Vec::new();
        for base in bases() {
            let made = tempfile::Builder::new()
                .prefix(PREFIX)
                .rand_bytes(SUFFIX)
                .tempdir_in(&base)
                .and_then(make_private);
            match made {
                Ok(directory) => return Ok(Self { directory }),
                Err(cause) => tried.push((base, cause)),
            }
        }
        Err(Error::NoRoom(tried))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Writes the key into a file that only we can read, and says where it is.
    ///
    /// # Errors
    /// [`Error::Key`], for whatever reason it cannot be written.
    pub fn write_key(&self, key: &[u8]) -> Result<PathBuf, Error> {
        self.write(KEY, key)
    }

    /// Writes the credentials that a tunnel is to take, in the same way.
    ///
    /// # Errors
    /// As [`Room::write_key`].
    pub fn write_credentials(&self, text: &[u8]) -> Result<PathBuf, Error> {
        self.write(CREDENTIALS, text)
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<PathBuf, Error> {
        let path = self.path().join(name);
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(content));
        match written {
            Ok(()) => Ok(path),
            Err(cause) => Err(Error::Key(path, cause)),
        }
    }
}

/// Where keys for plain ssh are made: a place that its configuration can name once and for all,
/// in memory where there is a file system for that which is always there.
///
/// # Errors
/// [`Error::NoRoom`].
pub fn for_plain_ssh() -> Result<PathBuf, Error> {
    let name = format!("mssh-{}", rustix::process::geteuid().as_raw());
    let mut places = [PathBuf::from("/dev/shm"), std::env::temp_dir()].into_iter();
    let place = places.find(|place| place.is_dir());
    let place = place.ok_or_else(|| Error::NoRoom(Vec::new()))?;
    Ok(place.join(name))
}

/// Where keys for the hops of this run are made, and for nobody else.
///
/// # Errors
/// [`Error::NoRoom`].
pub fn for_this_run() -> Result<PathBuf, Error> {
    let place = for_plain_ssh()?;
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    Ok(place.with_file_name(format!("{name}-{}", std::process::id())))
}

/// Whether a directory has the name of one for a single run's hops.
#[must_use]
pub fn is_for_a_run(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ours = format!("mssh-{}-", rustix::process::geteuid().as_raw());
    let pid = name.strip_prefix(&ours);
    pid.is_some_and(|pid| !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Gives the directory its mode, whatever the umask: ssh-copy-id has one of 0177, under which it
/// could not be entered, nor be known for one of ours.
fn make_private(directory: TempDir) -> io::Result<TempDir> {
    fs::set_permissions(directory.path(), Permissions::from_mode(0o700))?;
    Ok(directory)
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
/// there is none any more.
pub fn take(file: &Path, keep: bool) -> Option<Vec<u8>> {
    let content = fs::read(file).ok()?;
    if !keep {
        let _ = fs::remove_file(file);
    }
    Some(content)
}

/// Removes a directory of ours: the files that we put there, and the directory once it is empty.
/// What somebody else has put there is not ours to delete.
pub fn remove(directory: &Path) {
    if is_ours(directory) {
        for file in [KEY, CREDENTIALS] {
            let _ = fs::remove_file(directory.join(file));
        }
        let _ = fs::remove_dir(directory);
    }
}

/// Removes what killed runs and killed keepers have left beside `directory`: rooms whose key is
/// older than a key can be of use, and rooms without one that are a day old.
pub fn sweep_beside(directory: &Path) {
    let Some(entries) = directory.parent().and_then(|base| fs::read_dir(base).ok()) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let stale = older_than(&path.join(KEY), KEY_LIFE)
            .or_else(|_| older_than(&path.join(CREDENTIALS), KEY_LIFE))
            .or_else(|_| older_than(&path, Duration::from_hours(24)));
        if stale.unwrap_or(false) {
            remove(&path);
        }
    }
}

fn older_than(path: &Path, age: Duration) -> io::Result<bool> {
    let modified = fs::symlink_metadata(path)?.modified()?;
    Ok(modified.elapsed().is_ok_and(|elapsed| elapsed > age))
}

/// Whether `path` is a directory that one of our runs made: by its name, its mode and its owner.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let named = name.strip_prefix(PREFIX).is_some_and(|suffix| {
        suffix.len() == SUFFIX && suffix.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    named
        && fs::symlink_metadata(path).is_ok_and(|metadata| {
            metadata.is_dir()
                && metadata.mode() & 0o777 == 0o700
                && metadata.uid() == rustix::process::geteuid().as_raw()
        })
}
