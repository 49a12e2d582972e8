//! A generated configuration for ssh in a temporary file.

use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::Path;
use std::process::Stdio;

use tempfile::NamedTempFile;

/// ssh's standard input as a file name.
const STDIN: &str = "/dev/fd/0";

/// A generated configuration, deleted when dropped.
pub(super) enum TempConfig {
    /// An unnamed file, which becomes ssh's standard input.
    Stdin(File),
    /// A named file, on systems without `/dev/fd` (no `/proc`).
    Named(NamedTempFile),
}

impl TempConfig {
    pub(super) fn of(text: &[u8]) -> io::Result<Self> {
        if fs::exists(STDIN).unwrap_or(false) {
            let mut file = unnamed_file()?;
            file.write_all(text)?;
            // Linux opens the file anew by that name; other systems duplicate the descriptor.
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

/// An unnamed file in memory. Not a pipe: with CanonicalizeHostname, ssh reads its configuration
/// twice.
#[cfg(target_os = "linux")]
fn unnamed_file() -> io::Result<File> {
    use nix::sys::memfd::{MFdFlags, memfd_create};
    let made = memfd_create(c"ssh_config", MFdFlags::MFD_CLOEXEC);
    made.map(File::from).or_else(|_| tempfile::tempfile())
}

/// An unnamed file.
#[cfg(not(target_os = "linux"))]
fn unnamed_file() -> io::Result<File> {
    tempfile::tempfile()
}
