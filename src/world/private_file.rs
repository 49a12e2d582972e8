//! Small files that mssh keeps for itself, below the user's cache and state directories (XDG Base
//! Directory Specification). Only their owner may read them.

use std::env;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use tempfile::NamedTempFile;

use crate::world::aws::files;

/// Our directory below that of the variable, else below this one of the user's home.
pub(super) fn directory(variable: &str, usual: &str) -> Option<PathBuf> {
    // A relative path is to be ignored.
    let set = env::var_os(variable).map(PathBuf::from);
    let set = set.filter(|path| path.is_absolute());
    let base = set.or_else(|| Some(files::home()?.join(usual)))?;
    Some(base.join("mssh"))
}

/// Reads a file of at most `most` bytes.
///
/// # Errors
/// If it cannot be read, is too long or no UTF-8; if another user owns it or its directory, or may
/// write to them; if it is no file.
pub(super) fn read(path: &Path, most: usize) -> io::Result<String> {
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    // Not to wait for the writer of a pipe.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let flags = flags.bits().cast_signed();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)?;
    let metadata = file.metadata()?;
    check_owner(&fs::metadata(directory)?)?;
    check_owner(&metadata)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    content(&file, most)
}

fn content(file: &File, most: usize) -> io::Result<String> {
    let mut text = String::new();
    file.take(most as u64 + 1).read_to_string(&mut text)?;
    if text.len() > most {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

fn check_owner(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.uid() != nix::unistd::geteuid().as_raw() {
        return Err(io::Error::other("another user owns it"));
    }
    if metadata.mode() & 0o022 != 0 {
        return Err(io::Error::other("other users may write to it"));
    }
    Ok(())
}

/// Replaces a file, readers of which see the old content or the new one. It is not synced: after a
/// crash it may be empty, and is then ignored.
///
/// # Errors
/// If it cannot be written, or if others may write to its directory.
pub(super) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    check_owner(&fs::metadata(directory)?)?;
    // With mode 0600.
    let mut file = NamedTempFile::new_in(directory)?;
    file.write_all(content)?;
    file.persist(path)?;
    Ok(())
}
