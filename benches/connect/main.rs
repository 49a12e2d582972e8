//! What mssh adds to ssh, measured with the same sshd.
//!
//! `cargo bench [-- [--only PART]... [--pairs N] [--latency MS] [--vs PROGRAM]... [--rounds N]
//! [--mib N]]`
//!
//! - `connection`: wall time, CPU and peak memory of `true` on an instance
//! - `rsync`: throughput with a tree of 1 GiB
//! - `ansible`: wall time and AWS calls for each task of a playbook
//!
//! Plain `ssh` with an installed key and `mssh` take turns, so that other load affects both alike,
//! and pairs of runs are compared.

#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a benchmark prints, and may panic"
)]

mod connection;
#[path = "../../tests/lab/mod.rs"]
mod lab;
mod meter;
mod playbook;
mod setup;
mod tree;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use lab::Lab;

const USAGE: &str = "usage: cargo bench [-- [--only connection|rsync|ansible]... [--pairs N] \
                     [--latency MS] [--vs PROGRAM]... [--rounds N] [--mib N]]";

/// The options.
struct Plan {
    /// Empty for all parts.
    only: Vec<String>,
    /// Connections with each program.
    pairs: usize,
    /// The latency of AWS in the second table.
    latency: Duration,
    /// More programs to compare, run with the arguments of mssh.
    others: Vec<String>,
    /// Rounds of rsync and Ansible.
    rounds: usize,
    /// The size of the tree for rsync.
    mib: usize,
}

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    if words.first().is_some_and(|word| word == meter::OPTION) {
        return meter::run(&words[1..]);
    }
    let Some(plan) = plan(&words) else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let lab = match Lab::start() {
        Ok(lab) => lab,
        Err(missing) => {
            eprintln!("{missing}");
            return ExitCode::FAILURE;
        }
    };
    let wanted = |part: &str| plan.only.is_empty() || plan.only.iter().any(|only| only == part);
    if wanted("connection") {
        connection::compare(&lab, &plan, Duration::ZERO);
        connection::compare(&lab, &plan, plan.latency);
    }
    if wanted("rsync") {
        tree::compare(&lab, &plan);
    }
    if wanted("ansible") {
        playbook::compare(&lab, &plan);
    }
    ExitCode::SUCCESS
}

fn plan(words: &[OsString]) -> Option<Plan> {
    let mut plan = Plan {
        only: Vec::new(),
        pairs: 30,
        latency: Duration::from_millis(100),
        others: Vec::new(),
        rounds: 5,
        mib: 1024,
    };
    // `cargo bench` adds this argument.
    let mut words = words.iter().filter(|word| *word != "--bench");
    while let Some(word) = words.next() {
        let value = words.next()?.to_str()?;
        match word.to_str()? {
            "--only" if ["connection", "rsync", "ansible"].contains(&value) => {
                plan.only.push(value.to_owned());
            }
            "--pairs" => plan.pairs = at_least_one(value)?,
            "--latency" => plan.latency = Duration::from_millis(value.parse().ok()?),
            "--vs" => plan.others.push(value.to_owned()),
            "--rounds" => plan.rounds = at_least_one(value)?,
            "--mib" => plan.mib = at_least_one(value)?,
            _ => return None,
        }
    }
    Some(plan)
}

fn at_least_one(value: &str) -> Option<usize> {
    value.parse().ok().filter(|number| *number > 0)
}
