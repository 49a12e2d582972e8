//! What mssh adds to ssh, measured with the same sshd.
//!
//! `cargo bench --bench connect [-- [--only PART]... [--pairs N] [--vs PROGRAM]...
//! [--aws DESCRIBE,PUSH]... [--rtt MS]... [--rounds N] [--mib N]]`
//!
//! - `connection`: wall time and CPU of `true` on an instance, for each latency of AWS
//! - `round-trip`: the same with a round trip to the instance
//! - `first-contact`: a login to a host whose key is checked against the console, and to a known one
//! - `names`: a login by name beside one by ID, a list of 10,000 instances, completion
//! - `picker`: the time from exec to the picker's first frame, from a cached list
//! - `each`: a command on 200 instances, by `--each` and by xargs
//! - `memory`: peak memory of each process of a session, and its CPU while nothing is typed
//! - `timeline`: when each step of a login is done
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
mod each;
mod first_contact;
#[path = "../../tests/lab/mod.rs"]
mod lab;
mod memory;
mod meter;
mod names;
mod picker;
mod playbook;
mod process;
mod relay;
mod setup;
mod timeline;
mod tree;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use connection::Aws;
use lab::Lab;

const USAGE: &str = "usage: cargo bench --bench connect [-- [--only PART]... [--pairs N] \
                     [--vs PROGRAM]... [--aws DESCRIBE,PUSH]... [--rtt MS]... [--rounds N] \
                     [--mib N]]\n\
                     parts: connection, round-trip, first-contact, names, picker, each, memory, timeline, rsync, ansible";

const PARTS: [&str; 10] = [
    "connection",
    "round-trip",
    "first-contact",
    "names",
    "picker",
    "each",
    "memory",
    "timeline",
    "rsync",
    "ansible",
];

/// The options.
struct Plan {
    /// Empty for all parts.
    only: Vec<String>,
    /// Connections with each program.
    pairs: usize,
    /// More programs to compare, run with the arguments of mssh.
    others: Vec<String>,
    /// The latencies of AWS.
    aws: Vec<Aws>,
    /// The round trips to the instance.
    round_trips: Vec<Duration>,
    /// Rounds of `--each`, rsync and Ansible.
    rounds: usize,
    /// The size of the tree for rsync.
    mib: usize,
}

impl Plan {
    /// The programs to compare: ssh, mssh, and the others.
    fn programs(&self) -> impl Iterator<Item = &str> {
        let others = self.others.iter().map(String::as_str);
        ["ssh", "mssh"].into_iter().chain(others)
    }

    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == part)
    }
}

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    match words.split_first() {
        Some((first, command)) if first == meter::OPTION => return meter::run(command),
        Some((first, command)) if first == memory::OPTION => return memory::run(command),
        _ => {}
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
    let parts: [fn(&Lab, &Plan); 10] = [
        connection::compare,
        connection::compare_round_trips,
        first_contact::compare,
        names::compare,
        picker::compare,
        each::compare,
        memory::compare,
        timeline::compare,
        tree::compare,
        playbook::compare,
    ];
    for (_, compare) in PARTS.iter().zip(parts).filter(|(part, _)| plan.wants(part)) {
        compare(&lab, &plan);
    }
    ExitCode::SUCCESS
}

fn plan(words: &[OsString]) -> Option<Plan> {
    let mut plan = Plan {
        only: Vec::new(),
        pairs: 40,
        others: Vec::new(),
        aws: Vec::new(),
        round_trips: Vec::new(),
        rounds: 5,
        mib: 1024,
    };
    // `cargo bench` adds this argument.
    let mut words = words.iter().filter(|word| *word != "--bench");
    while let Some(word) = words.next() {
        let value = words.next()?.to_str()?;
        match word.to_str()? {
            "--only" if PARTS.contains(&value) => plan.only.push(value.to_owned()),
            "--pairs" => plan.pairs = at_least_one(value)?,
            "--vs" => plan.others.push(value.to_owned()),
            "--aws" => plan.aws.push(Aws::parse(value)?),
            "--rtt" => plan.round_trips.push(milliseconds(value)?),
            "--rounds" => plan.rounds = at_least_one(value)?,
            "--mib" => plan.mib = at_least_one(value)?,
            _ => return None,
        }
    }
    if plan.aws.is_empty() {
        plan.aws.extend(connection::USUAL);
    }
    if plan.round_trips.is_empty() {
        plan.round_trips
            .extend([20, 100].map(Duration::from_millis));
    }
    Some(plan)
}

fn at_least_one(value: &str) -> Option<usize> {
    value.parse().ok().filter(|number| *number > 0)
}

fn milliseconds(value: &str) -> Option<Duration> {
    value.parse().ok().map(Duration::from_millis)
}
