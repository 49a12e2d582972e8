//! `--doctor`: what is wrong is named, in a report for a person and as JSON.

mod broken;
mod network;
mod places;
mod programs;
mod report;

use std::process::Command;

use serde_json::Value;

use crate::lab::Caller;
use crate::sandbox::{Outcome, finish};

/// `mssh WORDS --doctor` with more words of ours; it asks nobody for the caller's address.
fn doctor(caller: &Caller<'_>, words: &[&str]) -> Command {
    let mut command = caller.command("mssh");
    command.args(["--doctor"]).args(words);
    command.env("MSSH_CHECKIP_URL", "");
    command
}

/// Runs a command with `--json`. Returns its status and the report.
#[track_caller]
fn judged(command: &mut Command) -> (Option<i32>, Value) {
    let outcome = finish(command.arg("--json"));
    (outcome.code, read(&outcome))
}

#[track_caller]
fn read(outcome: &Outcome) -> Value {
    let report = serde_json::from_str(&outcome.stdout);
    report.unwrap_or_else(|error| panic!("{error}: {outcome:?}"))
}

/// The verdicts of a check.
fn verdicts<'a>(report: &'a Value, check: &str) -> Vec<&'a str> {
    let findings = report["findings"].as_array().expect("a list").iter();
    let of_check = findings.filter(|it| it["check"] == check);
    of_check
        .map(|it| it["verdict"].as_str().expect("text"))
        .collect()
}
