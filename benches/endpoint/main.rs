//! What tunnels add to a connection; and throughput and latency of keystrokes through an EC2
//! Instance Connect Endpoint.
//!
//! `cargo bench --bench endpoint [-- [--pairs N] [--mib N] [--keys N]]`
//!
//! The lab's service does the same work as the tunnel, in a thread of its own, so its speed is
//! measured as much as ours. Every byte is compared.

#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a benchmark prints, and may panic"
)]

#[path = "../../tests/lab/mod.rs"]
mod lab;
#[path = "../shared/measure.rs"]
mod measure;
mod tunnel;

use std::ffi::OsString;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use lab::instances::WEB1;
use lab::{Caller, Lab};

struct Plan {
    pairs: usize,
    mib: usize,
    keys: usize,
}

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let Some(plan) = plan(&words) else {
        eprintln!("usage: cargo bench --bench endpoint [-- [--pairs N] [--mib N] [--keys N]]");
        return ExitCode::FAILURE;
    };
    let lab = match Lab::start() {
        Ok(lab) => lab,
        Err(missing) => {
            eprintln!("{missing}");
            return ExitCode::FAILURE;
        }
    };
    let caller = lab.caller();
    connections(&caller, plan.pairs);
    println!("\n{} MiB through the tunnel", plan.mib);
    let megabytes = plan.mib as f64 * 1.048_576;
    tunnel::upload(&caller, plan.mib).print("upload", megabytes);
    tunnel::download(&caller, plan.mib).print("download", megabytes);
    tunnel::echo(&caller, plan.keys);
    ExitCode::SUCCESS
}

fn plan(words: &[OsString]) -> Option<Plan> {
    let mut plan = Plan {
        pairs: 30,
        mib: 1024,
        keys: 2000,
    };
    // `cargo bench` adds this argument.
    let mut words = words.iter().filter(|word| *word != "--bench");
    while let Some(word) = words.next() {
        let value = words.next()?.to_str()?.parse().ok().filter(|it| *it > 0)?;
        match word.to_str()? {
            "--pairs" => plan.pairs = value,
            "--mib" => plan.mib = value,
            "--keys" => plan.keys = value,
            _ => return None,
        }
    }
    Some(plan)
}

/// A command that trusts the endpoint.
fn trusting(caller: &Caller<'_>, program: &str) -> Command {
    let service = caller.lab().endpoints().expect("the endpoints");
    let mut command = caller.command(program);
    command.env("AWS_CA_BUNDLE", service.certificate());
    command
}

/// `true` on an instance: directly, through its endpoint, and through Session Manager, in turn.
fn connections(caller: &Caller<'_>, pairs: usize) {
    let ways = ["public", "eice", "ssm"];
    let mut times = ways.map(|_| Vec::new());
    // The first round only warms up.
    for round in 0..=pairs {
        for (way, times) in ways.iter().zip(&mut times) {
            let mut mssh = trusting(caller, env!("CARGO_BIN_EXE_mssh"));
            mssh.args(["--via", way, WEB1, "true"]).stdin(Stdio::null());
            let started = Instant::now();
            assert!(mssh.status().expect("mssh").success());
            if round > 0 {
                times.push(started.elapsed().as_secs_f64() * 1000.0);
            }
        }
    }
    println!("a connection: {pairs} rounds, medians in ms, and of what it takes over the first");
    for (way, times_by) in ways.iter().zip(&times) {
        let more = times[0].iter().zip(times_by).map(|(a, b)| b - a).collect();
        println!(
            "--via {way:<8}{:>10.1}{:>+10.1}",
            median(times_by.clone()),
            median(more)
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
