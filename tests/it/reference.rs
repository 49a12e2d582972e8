//! What the original did, row by row: kept where it was right, put right where it was not.
//!
//! Every row was recorded by running `mssh` and `msftp` 1.0.3 with recorders in place of the
//! clients. Here, too, the clients only write down what they are called with. Differing on
//! purpose in all rows: our own failures are status 255 (1, 2, 7 or 8 in the original) and write
//! to stderr alone; with an ID as the target the push names no zone, which the API lets one leave
//! out, and so runs beside DescribeInstances, in any order.

mod commands;
mod logins;
mod options;
mod refusals;
mod sftp;
mod targets;

use std::ffi::OsString;
use std::path::PathBuf;

use crate::lab::Call;
use crate::lab::instances::{
    self, IN_EU_WEST_1, IPV6_ONLY, ODD_PORT, PENDING, PRIVATE, SHORT_ID, STOPPED, TERMINATED, WEB1,
    WEB2,
};
use crate::sandbox::Recorder;

/// One row: what is typed, and what comes of it.
pub(crate) struct Row {
    label: &'static str,
    program: &'static str,
    typed: Vec<OsString>,
    environment: Vec<(&'static str, Option<PathBuf>)>,
    end: End,
    calls: Option<Vec<String>>,
}

enum End {
    /// The client is called with a key of ours and these words.
    Goes(Vec<OsString>),
    /// The client is called with just these words.
    Asks(Vec<OsString>),
    /// We fail, and this stands in the first line of stderr.
    Fails(String),
    /// We print a text of ours, in which this stands.
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
    /// The client is called with our key and then these words.
    pub(crate) fn goes(mut self, words: &[&str]) -> Self {
        self.end = End::Goes(filled(words));
        self
    }

    /// The client is called with the words as typed, and nobody else.
    pub(crate) fn asks(mut self) -> Self {
        self.end = End::Asks(self.typed.clone());
        self
    }

    pub(crate) fn fails(mut self, message: &str) -> Self {
        self.end = End::Fails(fill(message));
        self
    }

    pub(crate) fn prints(mut self, text: &'static str) -> Self {
        self.end = End::Prints(text);
        self
    }

    /// The calls to AWS: `describe ID` and `push USER@ID [ZONE]`, with `REGION:` before where it
    /// is not the lab's own.
    pub(crate) fn calls(mut self, calls: &[&str]) -> Self {
        self.calls = Some(calls.iter().map(|call| fill(call)).collect());
        self
    }

    /// Which calls there are depends on which answer comes first. But no push succeeds.
    pub(crate) fn calls_in_vain(mut self) -> Self {
        self.calls = None;
        self
    }

    /// DescribeInstances, and the push of a key for `user`.
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
        match (&self.end, argv) {
            (End::Goes(words), Some(argv)) => {
                let argv = recorder.after_key(client, &argv, label);
                assert_eq!((&argv, outcome.code), (words, Some(0)), "{label}");
            }
            (End::Asks(words), Some(argv)) => assert_eq!(argv[1..], *words, "{label}"),
            (End::Fails(message), None) => {
                let first = outcome.stderr.lines().next().unwrap_or_default();
                assert!(first.contains(message), "{label}: {said:?}");
                assert_eq!(outcome.code, Some(255), "{label}");
            }
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
                (calls.iter().map(told).collect(), expected.clone());
            made.sort();
            expected.sort();
            assert_eq!(made, expected, "{}", self.label);
        } else {
            let pushed = |call: &&Call| call.action.starts_with('S') && call.error.is_none();
            assert_eq!(calls.iter().filter(pushed).count(), 0, "{}", self.label);
        }
    }
}

/// A call as rows name it.
fn told(call: &Call) -> String {
    let region = match call.region.as_str() {
        instances::HOME_REGION => String::new(),
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

/// Replaces the names of instances: by IDs, and the DNS names of WEB1.
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
