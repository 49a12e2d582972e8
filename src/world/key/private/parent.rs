//! Whose directory another one is made in: who may rename things there could put something of
//! theirs in its place.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::process::geteuid;

/// The bits by which others may write, and the one by which they may do so with their own only.
const OTHERS_WRITE: u32 = 0o022;
const STICKY: u32 = 0o1000;

/// Opens the directory above `path`, if only we and root can rename or delete there what is ours.
///
/// # Errors
/// When others can, too, or it cannot be opened.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let above = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = File::from(openat(CWD, above, flags, Mode::empty())?);
    let metadata = directory.metadata()?;
    let (owner, mode) = (metadata.uid(), metadata.mode());
    let sticky = mode & STICKY != 0;
    let (us, root) = (geteuid().as_raw(), 0);
    let cause = if owner == us || owner == root {
        if sticky || mode & OTHERS_WRITE == 0 {
            return Ok(directory);
        }
        "others can write in"
    } else {
        if sticky && is_unmapped(owner) {
            return Ok(directory);
        }
        "another user owns"
    };
    let cause = format!("{cause} {}", above.display());
    Err(io::Error::new(io::ErrorKind::PermissionDenied, cause))
}

/// Whether this is the number that stands for everybody outside of our user namespace
/// (user_namespaces(7)), root included: `/tmp` belongs to nobody else there.
fn is_unmapped(owner: u32) -> bool {
    let read = |file| fs::read_to_string(file).unwrap_or_default();
    let everybody = |line: &str| line.split_whitespace().eq(["0", "0", "4294967295"]);
    let map = read("/proc/self/uid_map");
    let apart = !map.is_empty() && !map.lines().any(everybody);
    apart && read("/proc/sys/kernel/overflowuid").trim().parse() == Ok(owner)
}
