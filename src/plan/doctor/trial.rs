//! The command line of the trial login: what the user typed, but without an effect.

use std::ffi::OsString;

use super::facts::{LoginEnd, ShownKey};
use crate::plan::cli::examination::Examination;
use crate::plan::program::Program;

/// How long ssh may take to connect, in seconds.
const CONNECT: u8 = 5;

/// What keeps a login from asking, forwarding, sharing and writing. The first value counts, so these
/// precede the user's.
const HARMLESS: &[&str] = &[
    "BatchMode=yes",
    // It shows the host key.
    "LogLevel=DEBUG1",
    "ClearAllForwardings=yes",
    "PermitLocalCommand=no",
    "ControlMaster=no",
    "ControlPath=none",
    "UpdateHostKeys=no",
    "Tunnel=no",
];

/// RemoteCommand (ssh_config(5)) exists since this release.
const REMOTE_COMMAND: (u32, u32) = (7, 6);

/// A host key that is not known yet: a trial must neither fail because of it nor remember it. It sends
/// nothing secret.
const UNKNOWN_HOST: &[&str] = &[
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "GlobalKnownHostsFile=/dev/null",
];

/// What a trial needs to know beside the command line.
#[derive(Clone, Copy)]
pub(crate) struct Trial<'a> {
    /// The release of the installed OpenSSH.
    pub(crate) openssh: Option<(u32, u32)>,
    /// Whether known_hosts has a key for the host.
    pub(crate) is_host_known: bool,
    /// Another user than the command line's.
    pub(crate) user: Option<&'a str>,
}

/// The arguments of mssh for a trial; `None` without a destination.
#[must_use]
pub(crate) fn words(examination: &Examination, trial: Trial<'_>) -> Option<Vec<OsString>> {
    let invocation = &examination.invocation;
    let destination = invocation.destinations().next()?;
    let mut words: Vec<OsString> = vec!["-T".into(), "-a".into(), "-x".into()];
    // ssh takes the first that it reads.
    words.extend(trial.user.map(|user| format!("-l{user}").into()));
    let mut set = |option: &str| words.push(format!("-o{option}").into());
    for option in HARMLESS {
        set(option);
    }
    set(&format!("ConnectTimeout={CONNECT}"));
    if trial
        .openssh
        .is_some_and(|release| release >= REMOTE_COMMAND)
    {
        set("RemoteCommand=none");
    }
    if !trial.is_host_known {
        for option in UNKNOWN_HOST {
            set(option);
        }
    }
    if let Some(port) = destination.port {
        set(&format!("Port={port}"));
    }
    for flag in &invocation.flags {
        let letter = match (invocation.program, flag.letter) {
            (Program::Sftp | Program::Scp, b'P') => b'p',
            (Program::Ssh, letter) if b"46FJilpocmCbBIP".contains(&letter) => letter,
            (Program::Sftp | Program::Scp, letter) if b"46FJioc".contains(&letter) => letter,
            _ => continue,
        };
        words.push(format!("-{}", char::from(letter)).into());
        words.extend(flag.value.clone());
    }
    words.extend(examination.options.iter().cloned());
    let host = &destination.host;
    words.push(match &destination.login {
        Some(login) => format!("{login}@{host}").into(),
        None => host.into(),
    });
    words.push("true".into());
    Some(words)
}

/// The end of a trial, by what it wrote to standard error.
#[must_use]
pub(crate) fn end(status: Option<i32>, stderr: &str) -> LoginEnd {
    let is_debug = |line: &&str| line.starts_with("debug1: ") || line.starts_with("OpenSSH_");
    let messages: Vec<&str> = stderr.lines().filter(|it| !is_debug(it)).collect();
    // Those of jump hosts come before.
    let mut lines = stderr.lines().rev();
    let key = lines.find_map(|it| it.strip_prefix("debug1: Server host key: "));
    LoginEnd {
        status,
        stderr: messages.join("\n"),
        host_key: key
            .and_then(|it| it.split_once(' '))
            .map(|(algorithm, fingerprint)| ShownKey {
                algorithm: algorithm.to_owned(),
                fingerprint: fingerprint.to_owned(),
            }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::cli::grammar::Grammar;
    use crate::plan::cli::{Request, parse};

    fn trial(program: Program, line: &str, is_known: bool) -> String {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let request = parse(program, Grammar::of(program), &words);
        let Ok(Request::Examine(examination)) = request else {
            panic!("{line}: {request:?}");
        };
        let trial = Trial {
            openssh: Some((9, 2)),
            is_host_known: is_known,
            user: None,
        };
        let words = super::words(&examination, trial).expect("words");
        words
            .join(OsString::from(" ").as_os_str())
            .into_string()
            .expect("text")
    }

    #[test]
    fn a_trial_logs_in_as_the_user_would_and_does_nothing_else() {
        let line = "-v -N -L 80:localhost:80 -p 2222 -o User=me -f web1 --doctor -r eu-west-1";
        let words = trial(Program::Ssh, line, true);
        assert!(
            words.starts_with("-T -a -x -oBatchMode=yes -oLogLevel=DEBUG1 "),
            "{words}"
        );
        assert!(
            words.ends_with(
                " -oConnectTimeout=5 -oRemoteCommand=none -p 2222 -o User=me --region=eu-west-1 \
                 web1 true"
            ),
            "{words}"
        );
        assert!(!words.contains("StrictHostKeyChecking"));
        let words = trial(Program::Ssh, "--doctor web1 rm -rf /", false);
        assert!(words.contains(" -oStrictHostKeyChecking=no -oUserKnownHostsFile=/dev/null "));
        assert!(words.ends_with(" web1 true"), "{words}");
    }

    #[test]
    fn debug_messages_show_the_host_key_and_nothing_else() {
        let stderr = "OpenSSH_9.2p1, OpenSSL 3.0\r\ndebug1: Server host key: ssh-rsa SHA256:hop\r\n\
                      debug1: Server host key: ssh-ed25519 SHA256:abc\r\nno shell\r\n";
        let end = end(Some(1), stderr);
        assert_eq!(end.stderr, "no shell");
        let key = end.host_key.expect("a key");
        assert_eq!(
            (key.algorithm.as_str(), key.fingerprint.as_str()),
            ("ssh-ed25519", "SHA256:abc")
        );
    }

    #[test]
    fn a_copy_is_tried_with_ssh() {
        for (program, line, end) in [
            (
                Program::Scp,
                "--doctor -P 2222 -r a me@web1:b",
                " -p 2222 me@web1 true",
            ),
            (
                Program::Sftp,
                "--doctor -b - -i key web1:/tmp",
                " -i key web1 true",
            ),
        ] {
            let words = trial(program, line, true);
            assert!(words.ends_with(end), "{words}");
        }
    }
}
