//! The configuration file of mssh: where it is, and what may be read from it.

use std::env;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::unistd::Uid;
use rustix::fs::{Mode, OFlags};
use thiserror::Error;

use crate::hint::Hint;
use crate::plan::cli::config::{CREDENTIALS, Environment, VARIABLES};
use crate::world::openssh::config_files;

/// The variable that names another file.
pub(crate) const VARIABLE: &str = "MSSH_CONFIG";

/// The longest file, in bytes.
const MOST: u64 = 1 << 20;

/// The bits of a mode that let others write.
const OTHERS_WRITE: u32 = 0o022;

/// Why the file cannot be used.
#[derive(Debug, Error)]
pub(crate) enum ConfigFileError {
    #[error("cannot read the configuration {}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("the configuration {} is no file", .0.display())]
    NoFile(PathBuf),
    #[error("the configuration {} is longer than 1 MB", .0.display())]
    TooLong(PathBuf),
    #[error("the configuration {} belongs to another user", .0.display())]
    OthersFile(PathBuf),
    #[error("others may write to the configuration {}", .0.display())]
    OthersWrite(PathBuf),
    #[error("the configuration {} exists", .0.display())]
    Exists(PathBuf),
    #[error("cannot write {}", path.display())]
    Unwritable { path: PathBuf, source: io::Error },
}

impl Hint for ConfigFileError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable { path, .. } if is_named(path) => Some(format!("{VARIABLE} names it")),
            Self::OthersFile(path) => Some(format!("`chown \"$USER\" {}`", path.display())),
            Self::OthersWrite(path) => Some(format!("`chmod go-w {}`", path.display())),
            Self::Exists(_) => Some("`mssh --show-config TARGET` shows what it sets".to_owned()),
            Self::Unreadable { .. }
            | Self::NoFile(_)
            | Self::TooLong(_)
            | Self::Unwritable { .. } => None,
        }
    }
}

/// The path: that of MSSH_CONFIG, else below XDG_CONFIG_HOME, else below `~/.config`.
#[must_use]
pub(crate) fn path() -> PathBuf {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(path) = set(VARIABLE) {
        return path.into();
    }
    // The specification ignores a relative one.
    let base = set("XDG_CONFIG_HOME").map(PathBuf::from);
    let base = base.filter(|it| it.is_absolute());
    let base = base.unwrap_or_else(|| home().join(".config"));
    base.join("mssh/config.toml")
}

/// Whether MSSH_CONFIG names this path.
#[must_use]
pub(crate) fn is_named(path: &Path) -> bool {
    env::var_os(VARIABLE).is_some_and(|named| named == path.as_os_str())
}

fn home() -> PathBuf {
    let home = env::var_os("HOME").filter(|value| !value.is_empty());
    home.map_or_else(config_files::home, PathBuf::from)
}

/// Reads the file; `None` if there is none, which only a file that MSSH_CONFIG names must not be.
///
/// # Errors
/// A file that is not the user's or root's, that others may write to, or that is too long; as
/// ssh(1) refuses such a ssh_config.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, ConfigFileError> {
    if path == Path::new("/dev/null") {
        return Ok(None);
    }
    let unreadable = |source: io::Error| ConfigFileError::Unreadable {
        path: path.to_owned(),
        source,
    };
    // A FIFO does not make us wait for its writer.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = match rustix::fs::open(path, flags, Mode::empty()).map_err(io::Error::from) {
        Ok(file) => File::from(file),
        // As ssh does without a ssh_config that it may not read, for example under another's HOME.
        Err(cause) if !is_named(path) && is_absence(cause.kind()) => return Ok(None),
        Err(cause) => return Err(unreadable(cause)),
    };
    check(path, &file.metadata().map_err(unreadable)?)?;
    let mut content = Vec::new();
    file.take(MOST + 1)
        .read_to_end(&mut content)
        .map_err(unreadable)?;
    if content.len() as u64 > MOST {
        return Err(ConfigFileError::TooLong(path.to_owned()));
    }
    Ok(Some(content))
}

fn is_absence(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound, PermissionDenied};
    matches!(kind, NotFound | NotADirectory | PermissionDenied)
}

fn check(path: &Path, found: &fs::Metadata) -> Result<(), ConfigFileError> {
    let path = || path.to_owned();
    let owner = found.uid();
    if !found.is_file() {
        Err(ConfigFileError::NoFile(path()))
    } else if owner != 0 && owner != Uid::current().as_raw() {
        Err(ConfigFileError::OthersFile(path()))
    } else if found.mode() & OTHERS_WRITE != 0 {
        Err(ConfigFileError::OthersWrite(path()))
    } else {
        Ok(())
    }
}

/// Writes a new file, with the directories that it needs.
///
/// # Errors
/// If it exists, or cannot be written.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<(), ConfigFileError> {
    let write = || {
        if let Some(directory) = path.parent() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(directory)?;
        }
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(text.as_bytes())
    };
    write().map_err(|source| {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::AlreadyExists => ConfigFileError::Exists(path),
            _ => ConfigFileError::Unwritable { path, source },
        }
    })
}

/// What the environment has that comes before the file. Credentials stay where they are.
#[must_use]
pub(crate) fn environment() -> Environment {
    let value = |name: &&'static str| {
        let value = env::var_os(name).filter(|value| !value.is_empty())?;
        Some((*name, value.to_string_lossy().into_owned()))
    };
    let shown = VARIABLES.iter().filter_map(value);
    let hidden = CREDENTIALS.iter().filter_map(value);
    let hidden = hidden.map(|(name, _)| (name, String::new()));
    Environment {
        home: home().to_string_lossy().into_owned(),
        variables: shown.chain(hidden).collect(),
    }
}
