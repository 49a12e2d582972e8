//! Directories for our user alone, used by descriptor: a user who can rename a directory
//! above one cannot make us write or delete anywhere else.

mod parent;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat};
use rustix::fs::{mkdirat, openat, statat, unlinkat};
use rustix::process::{geteuid, umask};

/// Permissions that a file which we write has none of.
const OTHER_BITS: u32 = 0o177;

/// An open directory, and the path by which it was opened.
#[derive(Debug)]
pub(crate) struct Private {
    path: PathBuf,
    descriptor: File,
}

impl Private {
    /// Makes a directory of this mode, where nobody but us and root could move it.
    ///
    /// # Errors
    /// When others could, something has that name, or it cannot be made.
    pub(crate) fn make(path: &Path, mode: u32) -> io::Result<Self> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        make_in(&parent::open(path)?, name, path, mode)
    }

    /// Opens a directory; a link to one is refused.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        open_in(CWD, path, path)
    }

    /// Opens a directory that nobody but us and root could have moved there.
    ///
    /// # Errors
    /// When others could, or it cannot be opened.
    pub(crate) fn open_unmoved(path: &Path) -> io::Result<Self> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        open_in(&parent::open(path)?, name.as_ref(), path)
    }

    /// A directory that is open already.
    #[must_use]
    pub(crate) fn from_open(path: &Path, descriptor: File) -> Self {
        let path = path.to_owned();
        Self { path, descriptor }
    }

    /// The path by which it was opened.
    #[must_use]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The open directory, for locks.
    #[must_use]
    pub(crate) fn descriptor(&self) -> &File {
        &self.descriptor
    }

    /// Its mode, if it belongs to us and nobody else has any permission in it.
    #[must_use]
    pub(crate) fn mode_if_ours_alone(&self) -> Option<u32> {
        let metadata = self.descriptor.metadata().ok()?;
        let mode = metadata.mode() & 0o1777;
        let ours = metadata.uid() == geteuid().as_raw() && metadata.is_dir();
        (ours && mode.trailing_zeros() >= 6).then_some(mode)
    }

    /// Whether its path still leads to it.
    #[must_use]
    pub(crate) fn is_still_there(&self) -> bool {
        let of = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
        match (fs::symlink_metadata(&self.path), self.descriptor.metadata()) {
            (Ok(there), Ok(here)) => of(there) == of(here),
            _ => false,
        }
    }

    /// The names of everything in it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.descriptor)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(OsStr::from_bytes(name).to_owned());
            }
        }
        Ok(names)
    }

    /// Whether there is a file of this name that only we can read, as we make them. A umask may have
    /// taken bits away, and nothing adds any.
    #[must_use]
    pub(crate) fn has_file(&self, name: &OsStr) -> bool {
        self.stat(name).is_ok_and(|it| {
            FileType::from_raw_mode(it.st_mode) == FileType::RegularFile
                && it.st_uid == geteuid().as_raw()
                && it.st_mode & OTHER_BITS == 0
        })
    }

    /// Whether there is a socket of this name that belongs to us.
    #[must_use]
    pub(crate) fn has_socket(&self, name: &OsStr) -> bool {
        self.stat(name).is_ok_and(|it| {
            FileType::from_raw_mode(it.st_mode) == FileType::Socket
                && it.st_uid == geteuid().as_raw()
        })
    }

    fn stat(&self, name: &OsStr) -> io::Result<Stat> {
        Ok(statat(&self.descriptor, name, AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// Writes a new file that only we can read.
    ///
    /// # Errors
    /// When something has that name, or it cannot be written.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let file = openat(&self.descriptor, name, flags, mode)?;
        File::from(file).write_all(content)
    }

    /// Deletes a file or socket of ours. Anything else of that name stays.
    pub(crate) fn remove(&self, name: &OsStr) {
        if self.has_file(name) || self.has_socket(name) {
            let _ = unlinkat(&self.descriptor, name, AtFlags::empty());
        }
    }

    /// Deletes the directory itself, if it is empty and still where it was.
    pub(crate) fn remove_if_empty(&self) {
        if self.is_still_there() {
            let _ = fs::remove_dir(&self.path);
        }
    }
}

/// Whatever the umask: ssh-copy-id has one of 0177, under which the directory could not even be
/// entered.
fn make_in(parent: impl AsFd, name: &OsStr, path: &Path, mode: u32) -> io::Result<Private> {
    let before = umask(Mode::RWXG | Mode::RWXO);
    let result = mkdirat(&parent, name, Mode::from_raw_mode(mode));
    umask(before);
    result?;
    open_in(parent, name.as_ref(), path)
}

fn open_in(parent: impl AsFd, name: &Path, path: &Path) -> io::Result<Private> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let descriptor = openat(parent, name, flags, Mode::empty())?;
    Ok(Private::from_open(path, descriptor.into()))
}
