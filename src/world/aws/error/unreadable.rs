//! The user's files that cannot be read.

use std::io;
use std::path::{Component, Path, PathBuf};

use thiserror::Error;

use crate::hint::Hint;

/// A file that cannot be read, and why.
#[derive(Clone, Debug, Error)]
#[error("cannot read {what} {}: {cause}", path.display())]
pub(crate) struct UnreadableFile {
    what: &'static str,
    path: PathBuf,
    cause: String,
    kind: io::ErrorKind,
    wanted: &'static str,
}

impl UnreadableFile {
    /// A file with `what` in it; `wanted` is the hint if permissions are not the cause.
    #[must_use]
    pub(crate) fn new(
        what: &'static str,
        path: &Path,
        cause: &io::Error,
        wanted: &'static str,
    ) -> Self {
        Self {
            what,
            path: path.to_owned(),
            cause: cause.to_string(),
            kind: cause.kind(),
            wanted,
        }
    }

    /// Whether the file exists, or may exist.
    #[must_use]
    pub(crate) fn is_there(&self) -> bool {
        use io::ErrorKind::{NotADirectory, NotFound};
        !matches!(self.kind, NotADirectory | NotFound)
    }
}

impl Hint for UnreadableFile {
    fn hint(&self) -> Option<String> {
        if self.kind != io::ErrorKind::PermissionDenied {
            return Some(self.wanted.to_owned());
        }
        Some(match directory_of_aws(&self.path) {
            Some(directory) => format!(
                "is it root's, after `sudo aws`? `sudo chown -R \"$USER\" {}` makes it yours",
                directory.display()
            ),
            None => "check the permissions of the file and of the directories above it".to_owned(),
        })
    }
}

/// The `.aws` directory that holds a file.
fn directory_of_aws(path: &Path) -> Option<&Path> {
    path.ancestors()
        .find(|above| above.components().next_back() == Some(Component::Normal(".aws".as_ref())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_of_the_file_is_checked_if_the_aws_cli_made_it() {
        let hint = |path: &str, kind: io::ErrorKind| {
            let path = Path::new(path);
            let file = UnreadableFile::new("the token", path, &kind.into(), "log in");
            file.hint().unwrap_or_default()
        };
        let denied = io::ErrorKind::PermissionDenied;
        assert_eq!(
            hint("/home/me/.aws/sso/cache/x.json", denied),
            "is it root's, after `sudo aws`? `sudo chown -R \"$USER\" /home/me/.aws` makes it yours"
        );
        assert_eq!(
            hint("/etc/aws", denied),
            "check the permissions of the file and of the directories above it"
        );
        assert_eq!(hint("/etc/aws", io::ErrorKind::NotFound), "log in");
    }
}
