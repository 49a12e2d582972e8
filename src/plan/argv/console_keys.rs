//! A known_hosts file with the host keys that consoles show, for an ssh that asks no program about them:
//! before OpenSSH 8.5, it has no KnownHostsCommand.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::agent::quoted;

/// What ssh is told about the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConsoleKeys {
    /// The number of the agent's answer; `None` if the console is not read.
    pub(crate) check: Option<u64>,
    /// UserKnownHostsFile, as `ssh -G` prints it.
    pub(crate) user_files: Vec<String>,
    /// Whether ssh must not connect without a key from the console: `--verify-host-key require`.
    pub(crate) is_required: bool,
}

/// Whether the names of the user's files can be told to ssh again: `ssh -G` quotes none, ssh has no
/// escape for a quote, and it expands `%` and `$` in some releases only.
#[must_use]
pub(crate) fn can_pass(user_files: &[String]) -> bool {
    let is_plain = |it: &String| it.starts_with(['/', '~']) && !it.contains(['%', '$', '"', '\\']);
    !user_files.is_empty() && user_files.iter().all(is_plain)
}

impl ConsoleKeys {
    /// The values of `-o`, with the path of the file if there is one. The user's own files come first: ssh
    /// adds keys to the first.
    #[must_use]
    pub(crate) fn options(&self, file: Option<&Path>) -> Vec<OsString> {
        let mut options = Vec::new();
        if let Some(file) = file {
            let files = self.user_files.iter().map(OsStr::new);
            let files: Vec<OsString> = files.chain([file.as_os_str()]).map(quoted).collect();
            let mut option = OsString::from("UserKnownHostsFile=");
            option.push(files.join(OsStr::new(" ")));
            options.push(option);
        }
        if self.is_required {
            let strict = [
                "StrictHostKeyChecking=yes",
                "VerifyHostKeyDNS=no",
                "NoHostAuthenticationForLocalhost=no",
            ];
            options.extend(strict.map(OsString::from));
        }
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_comes_last_and_names_are_quoted() {
        let keys = |is_required| ConsoleKeys {
            check: None,
            user_files: ["~/.ssh/known_hosts", "/a=b"].map(str::to_owned).into(),
            is_required,
        };
        assert_eq!(
            keys(false).options(Some(Path::new("/run/x y/keys"))),
            ["UserKnownHostsFile=~/.ssh/known_hosts \"/a=b\" \"/run/x y/keys\""]
        );
        assert!(keys(false).options(None).is_empty());
        let required = keys(true).options(Some(Path::new("/k")));
        assert_eq!(
            (required.len(), &*required[1]),
            (4, OsStr::new("StrictHostKeyChecking=yes"))
        );
    }
}
