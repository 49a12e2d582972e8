//! How logins end, and what is said about all of them.

use crate::plan::program::Program;

/// The longest reason, in characters.
const LONGEST: usize = 300;

/// ssh's exit status for its own errors (ssh(1)), and mssh's.
const UNREACHABLE: u8 = 255;

/// How a login ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Ok,
    /// The command has failed with this status.
    Failed(u8),
    /// There was no login, or it broke: with this reason.
    Unreachable(String),
    /// This signal has killed the child.
    Killed(u8),
    /// mssh has ended it.
    Stopped,
    NotBegun,
}

impl End {
    /// The end of a child: its exit status, or else the signal that killed it.
    pub(crate) fn of(status: Option<i32>, signal: Option<i32>, reason: Reason) -> Self {
        let byte = |it: i32| u8::try_from(it).unwrap_or(UNREACHABLE);
        match (status.map(byte), signal) {
            (Some(0), _) => Self::Ok,
            // scp has it for many errors of its own, too, such as a file that is not there.
            (Some(UNREACHABLE), _) if reason.is_of_scp() => Self::Failed(UNREACHABLE),
            // ssh would have said why: it is the command's own.
            (Some(UNREACHABLE), _) if reason.is_empty() => Self::Failed(UNREACHABLE),
            (Some(UNREACHABLE), _) | (None, None) => Self::Unreachable(reason.text()),
            (Some(status), _) => Self::Failed(status),
            (None, Some(signal)) => Self::Killed(byte(signal)),
        }
    }

    /// The exit status, as a shell has it.
    pub(crate) fn status(&self) -> u8 {
        match self {
            Self::Ok | Self::Stopped | Self::NotBegun => 0,
            Self::Failed(status) => *status,
            Self::Unreachable(_) => UNREACHABLE,
            Self::Killed(signal) => 128_u8.saturating_add(*signal),
        }
    }

    /// A line about the instance of this name; `None` if nothing is to be said about it alone.
    fn line(&self, name: &str) -> Option<String> {
        match self {
            Self::Ok | Self::Stopped | Self::NotBegun => None,
            Self::Failed(status) => Some(format!("{name} failed with status {status}")),
            Self::Unreachable(reason) => Some(format!("{name} unreachable: {reason}")),
            Self::Killed(signal) => Some(format!("{name} killed by signal {signal}")),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed(_) => "failed",
            Self::Unreachable(_) => "unreachable",
            Self::Killed(_) => "killed",
            Self::Stopped => "stopped",
            Self::NotBegun => "not begun",
        }
    }
}

/// The lines about all instances: those about single ones, and the numbers.
pub(crate) fn summary<'a>(
    ends: &(impl Iterator<Item = (&'a str, &'a End)> + Clone),
) -> Vec<String> {
    const KINDS: [&str; 6] = [
        "ok",
        "failed",
        "unreachable",
        "killed",
        "stopped",
        "not begun",
    ];
    let count = |kind: &&str| ends.clone().filter(|(_, end)| end.kind() == *kind).count();
    let counts = KINDS.iter().map(|kind| (kind, count(kind)));
    let counts: Vec<String> = counts
        .filter(|(kind, count)| **kind == "ok" || *count > 0)
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let single = ends.clone().filter_map(|(name, end)| end.line(name));
    single.chain([counts.join(", ")]).collect()
}

/// Why a login failed: by the last lines that the child wrote to standard error.
#[derive(Debug, Default)]
pub(crate) struct Reason {
    /// Our own error.
    error: Option<String>,
    last: String,
}

impl Reason {
    /// Takes the next line.
    pub(crate) fn note(&mut self, line: &[u8]) {
        let line = &line[..line.len().min(4 * LONGEST)];
        let line = String::from_utf8_lossy(line);
        let line = line.trim();
        let ours = Program::ALL.iter().find_map(|program| {
            let line = line.strip_prefix(program.name())?;
            line.strip_prefix(": ")
        });
        match ours {
            Some(ours) => {
                let error = ours.strip_prefix("error: ").map(short);
                self.error = error.or(self.error.take());
            }
            None if line.is_empty() => {}
            // ssh has said why.
            None if says_that_ssh_ended(line) && !self.last.is_empty() => {}
            None => self.last = short(line),
        }
    }

    /// Whether an error of scp itself was the last.
    fn is_of_scp(&self) -> bool {
        self.error.is_none() && of_scp(&self.last).is_some() && !says_that_ssh_ended(&self.last)
    }

    fn is_empty(&self) -> bool {
        self.error.is_none() && self.last.is_empty()
    }

    fn text(self) -> String {
        self.error.unwrap_or(self.last)
    }
}

/// What scp says here, under its name or its path.
fn of_scp(line: &str) -> Option<&str> {
    let (program, message) = line.split_once(": ")?;
    (program.rsplit('/').next() == Some("scp")).then_some(message)
}

/// Whether this is what scp says once ssh has ended: in the SFTP protocol, or in the old one
/// (`sftp-client.c`, `scp.c`).
fn says_that_ssh_ended(line: &str) -> bool {
    of_scp(line) == Some("Connection closed") || line == "lost connection"
}

fn short(line: &str) -> String {
    line.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(status: i32, stderr: &str) -> End {
        let mut reason = Reason::default();
        stderr.lines().for_each(|line| reason.note(line.as_bytes()));
        End::of(Some(status), None, reason)
    }

    #[test]
    fn the_reason_is_what_was_said_last_and_no_hint() {
        let unreachable = |reason: &str| End::Unreachable(reason.to_owned());
        for (stderr, reason) in [
            (
                "mssh: error: instance i-0000000a is stopped\nmssh: hint: start it\n",
                "instance i-0000000a is stopped",
            ),
            (
                "banner\nConnection closed by 10.0.0.1 port 22\r\n\n",
                "Connection closed by 10.0.0.1 port 22",
            ),
            (
                "a@h: Permission denied (publickey).\r\n/usr/bin/scp: Connection closed\r\n",
                "a@h: Permission denied (publickey).",
            ),
            ("scp: Connection closed\n", "scp: Connection closed"),
            ("mscp: error: no route\nmscp: hint: look\n", "no route"),
        ] {
            assert_eq!(end(255, stderr), unreachable(reason));
        }
        assert_eq!(end(1, "no such file"), End::Failed(1));
        assert_eq!(end(255, "/bin/scp: no such file"), End::Failed(255));
        assert_eq!(end(255, ""), End::Failed(255));
        assert_eq!(end(0, "a warning"), End::Ok);
        assert_eq!(
            End::of(None, Some(15), Reason::default()).status(),
            128 + 15
        );
    }

    #[test]
    fn a_summary_tells_what_went_wrong_and_how_often() {
        let ends = [
            ("a", End::Ok),
            ("b", End::Failed(3)),
            ("c", End::Unreachable("it is stopped".into())),
            ("d", End::Ok),
            ("f", End::NotBegun),
        ];
        let lines = summary(&ends.iter().map(|(name, end)| (*name, end)));
        assert_eq!(
            lines,
            [
                "b failed with status 3",
                "c unreachable: it is stopped",
                "2 ok, 1 failed, 1 unreachable, 1 not begun"
            ]
        );
        assert_eq!(summary(&[].into_iter()), ["0 ok"]);
    }
}
