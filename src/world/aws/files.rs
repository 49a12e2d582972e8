//! The user's two AWS files.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::plan::aws::profiles::{DEFAULT, File, FileError, Profile, Profiles};
use crate::world::aws::error::{AwsError, CredentialsError, UnreadableFile};
use crate::world::process::bounded;

#[derive(Debug)]
pub(super) struct Files {
    profiles: Profiles,
    /// Why one of them could not be read. Like the AWS CLI, we go on without it: the rest may be
    /// enough.
    pub(super) unread: Option<UnreadableFile>,
}

/// The names of all profiles, for completion; none if the files cannot be parsed.
#[must_use]
pub(crate) fn profile_names() -> Vec<String> {
    Files::read().map_or(Vec::new(), |files| files.profiles.names())
}

/// The paths of `config` and `credentials`.
#[must_use]
pub(crate) fn paths() -> [PathBuf; 2] {
    let config = AwsFile::of("AWS_CONFIG_FILE", "config");
    let credentials = AwsFile::of("AWS_SHARED_CREDENTIALS_FILE", "credentials");
    [config.path, credentials.path]
}

impl Files {
    /// Reads `config` and `credentials`, from where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE
    /// say. A missing file counts as empty.
    ///
    /// # Errors
    /// [`AwsError::File`] if one cannot be parsed, or if reading it fails half-way.
    pub(super) fn read() -> Result<Self, AwsError> {
        let config = AwsFile::of("AWS_CONFIG_FILE", "config");
        let credentials = AwsFile::of("AWS_SHARED_CREDENTIALS_FILE", "credentials");
        let ((config_text, unread), (credentials_text, also)) =
            (config.text()?, credentials.text()?);
        let profiles = match Profiles::parse(&config_text, &credentials_text) {
            Ok(profiles) => profiles.with_files(&config.name(), &credentials.name()),
            Err(FileError(file, error)) => {
                let file = match file {
                    File::Config => config,
                    File::Credentials => credentials,
                };
                return Err(AwsError::File(file.path, error.to_string()));
            }
        };
        let unread = unread.or(also);
        Ok(Self { profiles, unread })
    }

    /// A profile. If it is named, it must exist.
    ///
    /// # Errors
    /// [`AwsError::UnknownProfile`], or the file that could not be read.
    pub(super) fn profile<'a>(&'a self, name: Option<&'a str>) -> Result<Profile<'a>, AwsError> {
        match (self.profiles.profile(name.unwrap_or(DEFAULT)), name) {
            (Some(profile), _) => Ok(profile),
            (None, None) => Ok(Profile::empty(DEFAULT)),
            (None, Some(name)) => Err(self.or_unread(AwsError::UnknownProfile {
                name: name.to_owned(),
                known: self.profiles.names(),
            })),
        }
    }

    /// The error, or the unreadable file if that may hold what is missing.
    pub(super) fn or_unread(&self, error: AwsError) -> AwsError {
        let Some(unread) = &self.unread else {
            return error;
        };
        let may_be_there = match &error {
            // Many users set the variable to a file that does not exist, so that no file is read.
            AwsError::NoCredentials { .. } => unread.is_there(),
            AwsError::UnknownProfile { .. } => true,
            AwsError::Credentials(CredentialsError::Profile(error)) => {
                error.is_of_something_missing()
            }
            _ => false,
        };
        if may_be_there {
            return CredentialsError::Unreadable(unread.clone()).into();
        }
        error
    }
}

struct AwsFile {
    path: PathBuf,
    variable: &'static str,
    /// Whether the variable is set; else it is in `~/.aws`.
    is_named: bool,
}

impl AwsFile {
    fn of(variable: &'static str, name: &str) -> Self {
        let set = env::var_os(variable).filter(|value| !value.is_empty());
        let is_named = set.is_some();
        Self {
            path: expanded(set.unwrap_or_else(|| format!("~/.aws/{name}").into())),
            variable,
            is_named,
        }
    }

    fn name(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }

    /// The text; where it cannot be read, none, and why.
    fn text(&self) -> Result<(String, Option<UnreadableFile>), AwsError> {
        use io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied};
        let error = match bounded::file(&self.path) {
            Ok(bytes) => return Ok((decoded(&self.path, bytes)?, None)),
            Err(error) => error,
        };
        match error.kind() {
            NotFound | NotADirectory if !self.is_named => Ok((String::new(), None)),
            NotFound | NotADirectory | IsADirectory | PermissionDenied => {
                let (what, wanted) = ("the AWS configuration", self.wanted(error.kind()));
                let unread = UnreadableFile::new(what, &self.path, &error, wanted);
                Ok((String::new(), Some(unread)))
            }
            _ => Err(AwsError::File(self.path.clone(), error.to_string())),
        }
    }

    /// What to try where it cannot be read.
    fn wanted(&self, kind: io::ErrorKind) -> &'static str {
        match (self.is_named, self.variable) {
            (true, "AWS_CONFIG_FILE") => "AWS_CONFIG_FILE names it: set it to the right file",
            (true, _) => "AWS_SHARED_CREDENTIALS_FILE names it: set it to the right file",
            (false, _) if kind == io::ErrorKind::IsADirectory => {
                "move the directory away: `aws configure` writes a file there"
            }
            (false, _) => "`aws configure` writes it",
        }
    }
}

/// The text of a file, without the byte order mark that editors of Windows write.
fn decoded(path: &Path, bytes: Vec<u8>) -> Result<String, AwsError> {
    let failed = |cause: &str| AwsError::File(path.to_owned(), cause.to_owned());
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(failed(
            "it is UTF-16, as PowerShell writes it, and not UTF-8",
        ));
    }
    let text = String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8 text"))?;
    match text.strip_prefix('\u{feff}') {
        Some(rest) => Ok(rest.to_owned()),
        None => Ok(text),
    }
}

/// The user's home directory: HOME, else the one in the system's user database.
pub(crate) fn home() -> Option<PathBuf> {
    let set = env::var_os("HOME").filter(|home| !home.is_empty());
    set.map(PathBuf::from).or_else(|| {
        let user = nix::unistd::User::from_uid(nix::unistd::getuid());
        user.ok().flatten().map(|user| user.dir)
    })
}

/// A path set by the user, with `~` for the home directory.
pub(super) fn expanded(path: OsString) -> PathBuf {
    let path = PathBuf::from(path);
    match (path.strip_prefix("~"), home()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path,
    }
}
