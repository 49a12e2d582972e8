//! The behavior of the original, row by row: kept if it was right, fixed if not.
//!
//! Every row was recorded by running `mssh` and `msftp` 1.0.3 with recorders as clients, and is
//! checked in the same way. Intended differences in all rows: our failures have status 255 (1, 2, 7
//! or 8 in the original) and write to stderr only; with an ID as the target, the push names no
//! zone, which is optional, and so runs at the same time as DescribeInstances.

mod commands;
mod errors;
mod logins;
mod options;
mod sftp;
mod targets;

use std::ffi::OsString;
use std::path::PathBuf;

use crate::lab::Call;
use crate::lab::instances::{
    self, HOME_REGION, IN_EU_WEST_1, IPV6_ONLY, ODD_PORT, PENDING, PRIVATE, SHORT_ID, STOPPED,
    TERMINATED, WEB1, WEB2,
};
use crate::sandbox::Recorder;

/// One row: what is typed, and what happens.
pub(crate) struct Row {
    label: &'static str,
    program: &'static str,
    typed: Vec<OsString>,
    environment: Vec<(&'static str, Option<PathBuf>)>,
    end: End,
    calls: Option<Vec<String>>,
}

enum End {
    /// The client is run with a key of ours and these arguments.
    Goes(Vec<OsString>),
    /// The client is run with exactly these arguments.
    Asks(Vec<OsString>),
    /// mssh fails, with this in the first line of stderr.
    Fails(String),
    /// AWS refuses the key, with this in the first line of stderr: before the client is run, or after, since
    /// nothing waits for the push.
    Refuses(String),
    /// mssh prints a text that contains this.
    Prints(&'static str),
}

/// A row of `mssh`.
pub(crate) fn mssh(label: &'static str, typed: &[&str]) -> Row {
    Row {
        label,
        program: "mssh",
        typed: filled(typed),
        environment: Vec::new(),
        end: End::Fails("nothing was expected".to_owned()),
        calls: Some(Vec::new()),
    }
}

/// A row of `msftp`.
pub(crate) fn msftp(label: &'static str, typed: &[&str]) -> Row {
    Row {
        program: "msftp",
        ..mssh(label, typed)
    }
}

impl Row {
    /// The client is run with our key and then these arguments.
    pub(crate) fn goes(mut self, words: &[&str]) -> Self {
        self.end = End::Goes(filled(words));
        self
    }

    /// The client is run with the arguments as typed, without AWS calls.
    pub(crate) fn asks(mut self) -> Self {
        self.end = End::Asks(self.typed.clone());
        self
    }

    pub(crate) fn fails(mut self, message: &str) -> Self {
        self.end = End::Fails(fill(message));
        self
    }

    pub(crate) fn refuses(mut self, message: &str) -> Self {
        self.end = End::Refuses(fill(message));
        self
    }

    pub(crate) fn prints(mut self, text: &'static str) -> Self {
        self.end = End::Prints(text);
        self
    }

    /// The AWS calls: `describe ID` and `push USER@ID [ZONE]`, with `REGION:` in front if it is not
    /// the lab's.
    pub(crate) fn calls(mut self, calls: &[&str]) -> Self {
        self.calls = Some(calls.iter().map(|call| fill(call)).collect());
        self
    }

    /// The calls depend on which answer comes first, but no push succeeds.
    pub(crate) fn no_push(mut self) -> Self {
        self.calls = None;
        self
    }

    /// DescribeInstances, and a push for `user`.
    pub(crate) fn finds(self, id: &str, user: &str) -> Self {
        self.calls(&[&format!("describe {id}"), &format!("push {user}@{id}")])
    }

    pub(crate) fn env(mut self, name: &'static str, value: Option<PathBuf>) -> Self {
        self.environment.push((name, value));
        self
    }

    pub(crate) fn runs(&self) {
        self.runs_with(&Recorder::new());
    }

    pub(crate) fn runs_with(&self, recorder: &Recorder) {
        let label = self.label;
        let mut command = recorder.command(self.program);
        command.args(&self.typed);
        for (name, value) in &self.environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let (outcome, argv) = recorder.run(&mut command);
        let said = (outcome.code, outcome.stderr.as_str());
        if !matches!(self.end, End::Prints(_)) {
            assert_eq!(outcome.stdout, "", "{label}: {said:?}");
        }
        let client = &self.program[1..];
        let first = outcome.stderr.lines().next().unwrap_or_default();
        match (&self.end, argv) {
            (End::Goes(words), Some(argv)) => {
                let argv = recorder.after_key(client, &argv, label);
                assert_eq!((&argv, outcome.code), (words, Some(0)), "{label}");
            }
            (End::Asks(words), Some(argv)) => assert_eq!(argv[1..], *words, "{label}"),
            (End::Fails(message), None) => {
                assert!(first.contains(message), "{label}: {said:?}");
                assert_eq!(outcome.code, Some(255), "{label}");
            }
            (End::Refuses(message), _) => assert!(first.contains(message), "{label}: {said:?}"),
            (End::Prints(text), None) => {
                assert!(outcome.stdout.contains(text), "{label}: {said:?}");
                assert_eq!(outcome.code, Some(0), "{label}");
            }
            (_, argv) => panic!("{label}: {argv:?} {said:?}"),
        }
        self.made_calls(&recorder.caller.calls());
        recorder.nothing_ran_here(label);
    }

    fn made_calls(&self, calls: &[Call]) {
        if let Some(expected) = &self.calls {
            let (mut made, mut expected): (Vec<_>, _) =
                (calls.iter().map(notation).collect(), expected.clone());
            made.sort();
            expected.sort();
            assert_eq!(made, expected, "{}", self.label);
        } else {
            let pushed = |call: &&Call| call.action.starts_with('S') && call.error.is_none();
            assert_eq!(calls.iter().filter(pushed).count(), 0, "{}", self.label);
        }
    }
}

/// A call in the notation of the rows.
fn notation(call: &Call) -> String {
    let region = match call.region.as_str() {
        HOME_REGION => String::new(),
        other => format!("{other}:"),
    };
    let ids = call.instance_ids.join(",");
    let filters: Vec<_> = call.filters.iter().map(|(name, _)| name.as_str()).collect();
    let filters = filters.join(",");
    let zone = call
        .zone
        .as_ref()
        .map_or(String::new(), |zone| format!(" {zone}"));
    match &call.user {
        Some(user) => format!("{region}push {user}@{ids}{zone}"),
        None => format!("{region}describe {ids}{filters}"),
    }
}

fn filled(words: &[&str]) -> Vec<OsString> {
    words.iter().map(|word| fill(word).into()).collect()
}

/// Replaces the names of instances by their IDs, and DNS and PDNS by the names of WEB1.
fn fill(word: &str) -> String {
    let web1 = instances::find(WEB1).expect("web1");
    let (dns, private) = (web1.public_dns(), web1.private_dns());
    let names = [
        ("PDNS", private.as_deref().unwrap_or_default()),
        ("DNS", dns.as_deref().unwrap_or_default()),
        ("WEB1", WEB1),
        ("WEB2", WEB2),
        ("SHORT_ID", SHORT_ID),
        ("PRIVATE", PRIVATE),
        ("IPV6_ONLY", IPV6_ONLY),
        ("ODD_PORT", ODD_PORT),
        ("IN_EU_WEST_1", IN_EU_WEST_1),
        ("STOPPED", STOPPED),
        ("TERMINATED", TERMINATED),
        ("PENDING", PENDING),
    ];
    let mut word = word.to_owned();
    for (name, value) in names {
        word = word.replace(name, value);
    }
    word
}
