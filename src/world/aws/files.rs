//! The user's two AWS files, each read once in a run.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::plan::profiles::Profiles;

/// Reads `config` and `credentials`, wherever AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE
/// say they are. One that is not there is empty.
///
/// # Errors
/// [`Error::AwsFile`] for one that cannot be read or makes no sense.
pub fn read() -> Result<Profiles, Error> {
    let config = place("AWS_CONFIG_FILE", "config");
    let credentials = place("AWS_SHARED_CREDENTIALS_FILE", "credentials");
    let texts = (text(&config)?, text(&credentials)?);
    let names = (config.to_string_lossy(), credentials.to_string_lossy());
    match Profiles::parse(&texts.0, &texts.1) {
        Ok(profiles) => Ok(profiles.from_files(&names.0, &names.1)),
        Err((true, malformed)) => Err(Error::AwsFile(config, malformed.to_string())),
        Err((false, malformed)) => Err(Error::AwsFile(credentials, malformed.to_string())),
    }
}

/// The user's home directory: HOME, else what the system has for them.
pub(super) fn home() -> Option<PathBuf> {
    let set = env::var_os("HOME").filter(|home| !home.is_empty());
    set.map(PathBuf::from).or_else(|| {
        let user = nix::unistd::User::from_uid(nix::unistd::getuid());
        user.ok().flatten().map(|user| user.dir)
    })
}

/// A path of the user's, in which `~` is their home.
pub(super) fn expanded(path: OsString) -> PathBuf {
    let path = PathBuf::from(path);
    match (path.strip_prefix("~"), home()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path,
    }
}

/// Where a file is: by a variable, or in `~/.aws`.
fn place(variable: &str, name: &str) -> PathBuf {
    let set = env::var_os(variable).filter(|value| !value.is_empty());
    expanded(set.unwrap_or_else(|| format!("~/.aws/{name}").into()))
}

fn text(path: &Path) -> Result<String, Error> {
    let failed = |cause: String| Error::AwsFile(path.to_owned(), cause);
    match fs::read(path) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8 text".into())),
        Err(error) if is_absent(&error) => Ok(String::new()),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// Whether there is no such file for us: botocore passes over whatever is not one, and over a
/// directory that it may not enter.
fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied};
    matches!(
        error.kind(),
        NotFound | NotADirectory | IsADirectory | PermissionDenied
    )
}
