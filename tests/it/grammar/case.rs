//! A generated command line, and how it should be parsed.

use std::ffi::OsString;

pub(super) struct Case {
    /// As typed, with our options.
    pub(super) typed: Vec<OsString>,
    /// The same without our options: what ssh should see.
    pub(super) truth: Vec<OsString>,
    /// The index of the destination in `truth`, if known.
    pub(super) destination: Option<usize>,
    /// The remote command.
    pub(super) command: Vec<&'static str>,
    /// Whether there is a `--`, which ends the options.
    pub(super) ended: bool,
    /// Whether it is a query (`-G`, `-V`, `-Q`).
    pub(super) asks: bool,
    /// Whether ssh may accept a destination that we reject.
    pub(super) hostile: bool,
    pub(super) ours: Ours,
}

/// Our options: a letter, and the long names.
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

/// The possible values of one of our options; an empty one for a flag.
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

/// The resulting values of our options.
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
    /// The last value wins.
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
