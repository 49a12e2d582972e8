//! Host keys of which only the fingerprint is known, or nothing yet.
//!
//! known_hosts files need whole keys. But ssh also asks a program (KnownHostsCommand in
//! ssh_config(5)): mssh in a hidden mode. For a serial console, ssh computes the fingerprint, which mssh
//! compares; for an instance, mssh asks the agent, which reads the instance's console meanwhile.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use super::quote;
use crate::wire::agent::HostKeyQuestion;

/// The hidden option: `--host-key FINGERPRINT`, followed by the values of [`TOKENS`].
pub(crate) const OPTION: &str = "--host-key";

/// What ssh passes: the fingerprint of the server's key, why it asks, then the three fields of a line
/// of known_hosts.
const TOKENS: &str = "%f %I %H %t %K";

/// The fingerprint when ssh asks before the connection, without a key.
const NOTHING: &str = "NONE";

/// Options that make ssh accept the key with this SHA256 fingerprint and no other. `mssh` is the
/// absolute path of our program.
///
/// They keep ssh from accepting a key by a file or a DNS record, and from writing files.
#[must_use]
pub(crate) fn options(fingerprint: &str, mssh: &Path) -> Vec<OsString> {
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
        // `yes` would accept any key from 127.0.0.1, where a tunnel may start.
        "NoHostAuthenticationForLocalhost=no".into(),
        // It would replace the file by a new one: for root, even /dev/null.
        "UpdateHostKeys=no".into(),
    ];
    let options = options.into_iter();
    options.flat_map(|option| ["-o".into(), option]).collect()
}

/// The hidden option: `--known-host SOCKET`, followed by the values of [`ASK_TOKENS`].
pub(crate) const ASK_OPTION: &str = "--known-host";

/// What ssh passes: why it asks, then the three fields of a line of known_hosts.
const ASK_TOKENS: &str = "%I %H %t %K";

/// The values of `-o` by which ssh asks the agent at this `socket`. `algorithms` are HostKeyAlgorithms.
#[must_use]
pub(crate) fn ask_options(mssh: &Path, socket: &Path, algorithms: Option<&str>) -> Vec<OsString> {
    let command = ask_agent(mssh, socket).map(|command| {
        let mut option = OsString::from("KnownHostsCommand=");
        option.push(command);
        option
    });
    let algorithms = algorithms.map(|it| format!("HostKeyAlgorithms={it}").into());
    command.into_iter().chain(algorithms).collect()
}

/// The value of KnownHostsCommand (since OpenSSH 8.5). `None` if ssh would expand something in the path of
/// the socket.
fn ask_agent(mssh: &Path, socket: &Path) -> Option<OsString> {
    let path = socket.as_os_str().as_bytes();
    if path.windows(2).any(|it| it == b"${") {
        return None;
    }
    let mut command = quoted(mssh.as_os_str());
    command.push(format!(" {ASK_OPTION} "));
    command.push(quoted(&OsString::from_vec(quote::doubled(path))));
    command.push(format!(" {ASK_TOKENS}"));
    Some(command)
}

/// The words after [`ASK_OPTION`]: the agent's socket, and the question. `None` if they are malformed.
#[must_use]
pub(crate) fn read_question(words: &[OsString]) -> Option<(&Path, HostKeyQuestion<'_>)> {
    let [socket, reason, name, kind, key] = words else {
        return None;
    };
    let question = HostKeyQuestion {
        reason: reason.to_str()?,
        name: name.to_str()?,
        kind: kind.to_str()?,
        key: key.to_str()?,
    };
    Some((Path::new(socket), question))
}

/// Quotes a word for a command that ssh splits without a shell (`argv_split()` in OpenSSH's `misc.c`).
/// In the first word, the program, ssh expands neither `%` nor `$`.
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

/// The answer to ssh.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HostKeyReply {
    /// The key is right: a line of known_hosts, with its newline.
    Known(Vec<u8>),
    /// The key is another one, with this fingerprint.
    Unknown(String),
    /// Print nothing: there is no key yet, or the user has already seen it.
    Nothing,
}

/// The answer to the words after [`OPTION`]. `None` if they are malformed.
#[must_use]
pub(crate) fn reply(words: &[OsString]) -> Option<HostKeyReply> {
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
    fn the_agent_is_named_and_asked() {
        let command = |socket: &str| {
            let command = ask_agent(Path::new("/a b/mssh"), Path::new(socket));
            command.map(|it| it.into_string().expect("text"))
        };
        assert_eq!(
            command("/run/50% of/agent").as_deref(),
            Some("\"/a b/mssh\" --known-host \"/run/50%% of/agent\" %I %H %t %K")
        );
        assert_eq!(command("/run/${HOME}/agent"), None);
        let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        let question = HostKeyQuestion {
            reason: "ORDER",
            name: "h",
            kind: "NONE",
            key: "NONE",
        };
        let read = words("/s ORDER h NONE NONE");
        assert_eq!(read_question(&read), Some((Path::new("/s"), question)));
        assert_eq!(read_question(&words("/s ORDER h NONE")), None);
    }

    #[test]
    fn the_program_is_quoted_as_ssh_takes_it_apart() {
        let quoted = |path: &str| quoted(OsStr::new(path)).into_string();
        assert_eq!(quoted("/a b/%h$x"), Ok("\"/a b/%h$x\"".into()));
        assert_eq!(quoted("/a'\"\\"), Ok("\"/a\\'\\\"\\\\\"".into()));
    }
}
