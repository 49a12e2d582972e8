//! A generated command line, and what is to be read in it.

use std::ffi::OsString;

/// A command line.
pub(super) struct Case {
    /// As typed, ours included.
    pub(super) typed: Vec<OsString>,
    /// The same without ours: all that ssh is to see.
    pub(super) truth: Vec<OsString>,
    /// Where the destination stands in `truth`, if we know.
    pub(super) destination: Option<usize>,
    /// The words of the remote command.
    pub(super) command: Vec<&'static str>,
    /// Whether `--` stands before the end, so that options are over.
    pub(super) ended: bool,
    /// Whether ssh is asked something (`-G`, `-V`, `-Q`).
    pub(super) asks: bool,
    /// Whether ssh may take as a host what we refuse.
    pub(super) hostile: bool,
    pub(super) ours: Ours,
}

/// Our options by a letter, and their long spellings.
pub(super) const SPELLINGS: &[(char, &[&str])] = &[
    ('r', &["region", "reg", "r"]),
    ('u', &["profile", "prof", "p"]),
    ('z', &["zone", "z"]),
    ('t', &["instance-id", "instance_id", "instance", "i"]),
    ('v', &["via"]),
    ('P', &["private"]),
    ('n', &["dry-run"]),
    ('d', &["debug", "deb", "d"]),
];

/// The values to choose from for one of ours; an empty one for a switch.
pub(super) fn values(which: char) -> &'static [&'static str] {
    match which {
        'r' => &["us-east-1", "eu-west-1", "us-gov-west-1"],
        'u' => &["dev", "prod-1", "--", "-p"],
        'z' => &["us-east-1a", "us-west-2-lax-1a"],
        't' => &["i-0123456789abcdef0", "i-0abcdef0"],
        'v' => &["public", "ipv6", "instance-id"],
        _ => &[""],
    }
}

/// The values that our options have in the end.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ours {
    pub(super) region: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) zone: Option<String>,
    pub(super) instance: Option<String>,
    pub(super) via: Option<&'static str>,
    pub(super) dry_run: bool,
    pub(super) debug: bool,
}

impl Ours {
    /// Of several values the last one wins.
    pub(super) fn note(&mut self, which: char, value: &'static str) {
        match which {
            'r' => self.region = Some(value.to_owned()),
            'u' => self.profile = Some(value.to_owned()),
            'z' => self.zone = Some(value.to_owned()),
            't' => self.instance = Some(value.to_owned()),
            'v' => self.via = Some(value),
            'P' => self.via = Some("private"),
            'n' => self.dry_run = true,
            _ => self.debug = true,
        }
    }
}
