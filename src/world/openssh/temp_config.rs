//! A configuration of ours in a form that ssh can read, and that nothing is left of.

use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::Path;
use std::process::Stdio;

use tempfile::NamedTempFile;

/// How ssh is to name its standard input as a file.
const STDIN: &str = "/dev/fd/0";

/// A configuration of ours, as ssh can read it.
pub(super) enum TempConfig {
    /// As its standard input.
    Stdin(File),
    /// By its name, where descriptors have none (no `/proc`).
    Named(NamedTempFile),
}

impl TempConfig {
    pub(super) fn of(text: &[u8]) -> io::Result<Self> {
        if fs::exists(STDIN).unwrap_or(false) {
            let mut file = nameless()?;
            file.write_all(text)?;
            // Where the name leads to this very descriptor, and not to a new one as in Linux.
            file.rewind()?;
            return Ok(Self::Stdin(file));
        }
        let mut file = NamedTempFile::new()?;
        file.write_all(text)?;
        Ok(Self::Named(file))
    }

    pub(super) fn name(&self) -> &Path {
        match self {
            Self::Stdin(_) => Path::new(STDIN),
            Self::Named(file) => file.path(),
        }
    }

    pub(super) fn stdin(&self) -> io::Result<Stdio> {
        match self {
            Self::Stdin(file) => Ok(file.try_clone()?.into()),
            Self::Named(_) => Ok(Stdio::null()),
        }
    }
}

/// A file without a name, in memory. Not a pipe: where ssh makes host names canonical, it reads
/// its configuration twice.
#[cfg(target_os = "linux")]
fn nameless() -> io::Result<File> {
    use nix::sys::memfd::{MFdFlags, memfd_create};
    let made = memfd_create(c"ssh_config", MFdFlags::MFD_CLOEXEC);
    made.map(File::from).or_else(|_| tempfile::tempfile())
}

/// A file without a name.
#[cfg(not(target_os = "linux"))]
fn nameless() -> io::Result<File> {
    tempfile::tempfile()
}
