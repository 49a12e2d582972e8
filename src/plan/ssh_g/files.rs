//! The files that ssh read for `ssh -G`, and whether they may set a keyword.
//!
//! `ssh -G` prints a user name even if none is configured: the local one. If it prints that, the
//! files show whether it was configured. ssh's debug output names them, including the system's.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// How ssh names a file with `-v`.
const READING: &[u8] = b"debug1: Reading configuration data ";

/// ssh cuts longer names off here.
const LONGEST: usize = 200;

/// The files, in order; `None` if the output does not name them.
#[must_use]
pub(crate) fn read(debug: &[u8]) -> Option<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut is_debug_output = false;
    for line in debug.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        is_debug_output |= line.starts_with(b"OpenSSH_") || line.starts_with(b"debug1: ");
        let Some(file) = line.strip_prefix(READING) else {
            continue;
        };
        if file.len() >= LONGEST {
            return None;
        }
        files.push(PathBuf::from(OsStr::from_bytes(file)));
    }
    is_debug_output.then_some(files)
}

/// The values of a keyword (in lower case) in a file, in any Host or Match.
pub(crate) fn values<'a>(text: &'a [u8], keyword: &'a str) -> impl Iterator<Item = &'a [u8]> {
    let is_between = |byte: &u8| b" \t\r=\"".contains(byte);
    text.split(|byte| *byte == b'\n').filter_map(move |line| {
        let begin = line.iter().position(|byte| !is_between(byte))?;
        let line = &line[begin..];
        let end = line.iter().position(is_between).unwrap_or(line.len());
        let (word, value) = line.split_at(end);
        let begin = value.iter().position(|byte| !is_between(byte));
        let value = &value[begin.unwrap_or(value.len())..];
        word.eq_ignore_ascii_case(keyword.as_bytes())
            .then_some(value)
    })
}

/// Whether a file may set this user for some host, by name or by a token or variable.
#[must_use]
pub(crate) fn may_set_user(text: &[u8], user: &str) -> bool {
    let expands = |value: &[u8]| value.iter().any(|byte| b"%$".contains(byte));
    values(text, "user").any(|value| value.starts_with(user.as_bytes()) || expands(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_from_the_debug_output() {
        let debug = b"OpenSSH_9.2p1 Debian\r\ndebug1: Reading configuration data /a b/config\r\n\
                      debug1: /a b/config line 1: Applying options for *\r\n\
                      debug1: Reading configuration data /etc/ssh/ssh_config\r\n";
        let files = ["/a b/config", "/etc/ssh/ssh_config"].map(PathBuf::from);
        assert_eq!(read(debug), Some(files.to_vec()));
        assert_eq!(read(b"OpenSSH_9.2p1\n"), Some(vec![]));
        assert_eq!(read(b"something else\n"), None);
        let long = [READING, &[b'x'; LONGEST]].concat();
        assert_eq!(read(&long), None);
    }

    #[test]
    fn a_user_that_no_file_names_is_not_configured() {
        for (text, may) in [
            ("User me", true),
            ("Host a\n\tuSER = \"me\" # I\n", true),
            ("  user=me\r\n", true),
            ("\"User\" me", true),
            ("User %u", true),
            ("User ${LOGNAME}", true),
            ("", false),
            ("User", false),
            ("# User me\nUser you\nUserKnownHostsFile me", false),
            ("Match user me", false),
        ] {
            assert_eq!(may_set_user(text.as_bytes(), "me"), may, "{text:?}");
        }
    }
}
