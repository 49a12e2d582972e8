//! A host key that is known by its fingerprint alone.
//!
//! ssh's files want whole keys. But ssh asks a program, too (KnownHostsCommand in ssh_config(5)):
//! that is us, in a hidden mode. The key's fingerprint is ssh's own reckoning, which we compare.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

/// The hidden option: `--host-key FINGERPRINT` and what ssh says by [`TOKENS`].
pub const OPTION: &str = "--host-key";

/// What ssh is to tell: the shown key's fingerprint, the reason of the question, then what makes a
/// line of known_hosts.
const TOKENS: &str = "%f %I %H %t %K";

/// What ssh has for a key that has not been shown yet: it asks once before the connection.
const NOTHING: &str = "NONE";

/// The options that have ssh take the key of this SHA256 fingerprint and no other. `mssh` is our
/// program, as an absolute path.
///
/// No file and no DNS record vouches for another key, and none is written.
#[must_use]
pub fn options(fingerprint: &str, mssh: &Path) -> Vec<OsString> {
    let mut command = OsString::from("KnownHostsCommand=");
    command.push(quoted(mssh.as_os_str()));
    command.push(format!(" {OPTION} SHA256:{fingerprint} {TOKENS}"));
    let options = [
        command,
        "FingerprintHash=sha256".into(),
        "StrictHostKeyChecking=yes".into(),
        "UserKnownHostsFile=/dev/null".into(),
        "GlobalKnownHostsFile=/dev/null".into(),
        "VerifyHostKeyDNS=no".into(),
        // It takes any key of an address of this machine, where a tunnel may end.
        "NoHostAuthenticationForLocalhost=no".into(),
        // It would write a new file in the old one's place, which for root is /dev/null.
        "UpdateHostKeys=no".into(),
    ];
    let options = options.into_iter();
    options.flat_map(|option| ["-o".into(), option]).collect()
}

/// A word as ssh takes it out of a command that no shell sees: `argv_split()` in its `misc.c`.
/// The first word is the program, in which `%` and `$` mean nothing.
fn quoted(word: &OsStr) -> OsString {
    let mut quoted = vec![b'"'];
    for &byte in word.as_bytes() {
        if b"\\\"'".contains(&byte) {
            quoted.push(b'\\');
        }
        quoted.push(byte);
    }
    quoted.push(b'"');
    OsString::from_vec(quoted)
}

/// What is to be said to ssh's question.
#[derive(Debug, PartialEq, Eq)]
pub enum HostKeyReply {
    /// It is the key: this line of known_hosts, with its newline.
    Known(Vec<u8>),
    /// It is another key, with this fingerprint.
    Unknown(String),
    /// Nothing: no key was shown, or it was spoken of already.
    Nothing,
}

/// The hidden mode: judges the words after the option. `None` where they are not of its form.
#[must_use]
pub fn reply(words: &[OsString]) -> Option<HostKeyReply> {
    let [published, shown, reason, line @ ..] = words else {
        return None;
    };
    if line.len() != 3 {
        return None;
    }
    Some(if shown == published {
        let line: Vec<&[u8]> = line.iter().map(|word| word.as_bytes()).collect();
        HostKeyReply::Known([&line.join(&b' ')[..], b"\n"].concat())
    } else if shown == NOTHING || reason != "HOSTNAME" {
        HostKeyReply::Nothing
    } else {
        HostKeyReply::Unknown(shown.to_string_lossy().into_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(words: &str) -> Option<HostKeyReply> {
        let words: Vec<OsString> = words.split(' ').map(OsString::from).collect();
        reply(&words)
    }

    #[test]
    fn only_the_published_key_is_known() {
        let line = b"h ssh-rsa AAAA\n".to_vec();
        let known = Some(HostKeyReply::Known(line));
        assert_eq!(judged("SHA256:a SHA256:a HOSTNAME h ssh-rsa AAAA"), known);
        assert_eq!(judged("SHA256:a SHA256:a ADDRESS h ssh-rsa AAAA"), known);
        assert_eq!(
            judged("SHA256:a SHA256:A HOSTNAME h ssh-rsa AAAA"),
            Some(HostKeyReply::Unknown("SHA256:A".into()))
        );
        for quiet in [
            "SHA256:a NONE ORDER h NONE NONE",
            "SHA256:a SHA256:b ADDRESS h ssh-rsa AAAA",
        ] {
            assert_eq!(judged(quiet), Some(HostKeyReply::Nothing), "{quiet}");
        }
        for other in ["", "SHA256:a SHA256:a HOSTNAME h ssh-rsa", "a a a a a a a"] {
            assert_eq!(judged(other), None, "{other}");
        }
    }

    #[test]
    fn the_program_is_quoted_as_ssh_takes_it_apart() {
        let quoted = |path: &str| quoted(OsStr::new(path)).into_string();
        assert_eq!(quoted("/a b/%h$x"), Ok("\"/a b/%h$x\"".into()));
        assert_eq!(quoted("/a'\"\\"), Ok("\"/a\\'\\\"\\\\\"".into()));
    }
}
