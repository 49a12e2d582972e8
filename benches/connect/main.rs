//! What we add to ssh: wall time, CPU and peak memory, side by side against the same sshd.
//!
//! `cargo bench [-- [--pairs N] [--latency MS] [--vs PROGRAM]...]`
//!
//! Plain `ssh` with a ready key, `mssh`, and each `--vs` program (called as mssh is) take turns,
//! so that whatever else the machine does befalls them alike. CPU includes every descendant, the
//! keeper too: a meter process adopts it and waits for it.

#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a benchmark prints, and may panic"
)]

#[path = "../../tests/lab/mod.rs"]
mod lab;
mod meter;

use std::ffi::OsString;
use std::process::{Command, ExitCode};
use std::time::Duration;

use lab::cast::WEB1;
use lab::{Fault, Lab, Tenant, Trouble};
use meter::Reading;

/// What the command line asks for.
struct Plan {
    pairs: usize,
    latency: Option<Duration>,
    others: Vec<String>,
}

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    if words.first().is_some_and(|word| word == meter::OPTION) {
        return meter::run(&words[1..]);
    }
    let Some(plan) = plan(&words) else {
        eprintln!("usage: cargo bench [-- [--pairs N] [--latency MS] [--vs PROGRAM]...]");
        return ExitCode::FAILURE;
    };
    match Lab::start() {
        Err(missing) => {
            eprintln!("{missing}");
            ExitCode::FAILURE
        }
        Ok(lab) => {
            compare(&lab, &plan, None);
            compare(
                &lab,
                &plan,
                Some(plan.latency.unwrap_or(Duration::from_millis(100))),
            );
            ExitCode::SUCCESS
        }
    }
}

fn plan(words: &[OsString]) -> Option<Plan> {
    let mut plan = Plan {
        pairs: 30,
        latency: None,
        others: Vec::new(),
    };
    // `cargo bench` adds a word of its own.
    let mut words = words.iter().filter(|word| *word != "--bench");
    while let Some(word) = words.next() {
        let value = words.next()?.to_str()?;
        match word.to_str()? {
            "--pairs" => plan.pairs = value.parse().ok()?,
            "--latency" => plan.latency = Some(Duration::from_millis(value.parse().ok()?)),
            "--vs" => plan.others.push(value.to_owned()),
            _ => return None,
        }
    }
    Some(plan)
}

/// Runs the programs in turn, and prints their medians and what each adds to ssh.
fn compare(lab: &Lab, plan: &Plan, latency: Option<Duration>) {
    let tenant = lab.tenant();
    let key = ready_key(&tenant);
    if let Some(latency) = latency {
        tenant.fault(Fault::new(Trouble::Latency(latency)));
    }
    let mut rows: Vec<(String, Vec<Reading>)> = vec![("ssh".into(), Vec::new())];
    rows.push(("mssh".into(), Vec::new()));
    rows.extend(plan.others.iter().map(|name| (name.clone(), Vec::new())));
    // The first round only warms up.
    for round in 0..=plan.pairs {
        for (name, readings) in &mut rows {
            let reading = meter::read(&client(lab, &tenant, name, &key));
            if round > 0 {
                readings.push(reading);
            }
        }
    }
    let latency = latency.map_or(0, |latency| latency.as_millis());
    println!(
        "\n{} rounds, {latency} ms in every answer of AWS: medians",
        plan.pairs
    );
    println!(
        "{:<28}{:>10}{:>10}{:>10}{:>14}{:>14}",
        "", "wall ms", "CPU ms", "peak MB", "wall over ssh", "CPU over ssh"
    );
    let ssh = rows[0].1.clone();
    for (name, readings) in &rows {
        println!("{}", line(name, readings, &ssh));
    }
}

fn line(name: &str, readings: &[Reading], plain: &[Reading]) -> String {
    let of = |value: fn(&Reading) -> f64| median(readings.iter().map(value).collect());
    let over = |value: fn(&Reading) -> f64| {
        let pairs = readings.iter().zip(plain);
        median(
            pairs
                .map(|(ours, theirs)| value(ours) - value(theirs))
                .collect(),
        )
    };
    format!(
        "{name:<28}{:>10.1}{:>10.1}{:>10.1}{:>14.1}{:>14.1}",
        of(|r| r.wall),
        of(|r| r.cpu),
        of(|r| r.peak),
        over(|r| r.wall),
        over(|r| r.cpu)
    )
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A key that sshd lets in for an hour, as if somebody had put it there.
fn ready_key(tenant: &Tenant<'_>) -> String {
    tenant.key_lifetime(Duration::from_hours(1));
    let key = tenant.run_dir().join("ready").display().to_string();
    let made = tenant
        .command("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f", &key])
        .status();
    assert!(made.expect("ssh-keygen").success());
    let mut push = tenant.command(env!("CARGO_BIN_EXE_mssh"));
    let pushed = push
        .args(["-i", &key, "-l", &account(tenant), WEB1, "true"])
        .status();
    let pushed = pushed.expect("mssh");
    assert!(pushed.success(), "the key could not be pushed");
    key
}

/// `true` on the instance, by this program, in an environment like a user's own: without the
/// lab's stand-in for the passwd database, which would cost each process some time.
fn client(lab: &Lab, tenant: &Tenant<'_>, name: &str, key: &str) -> Command {
    let program = match name {
        "mssh" => env!("CARGO_BIN_EXE_mssh"),
        other => other,
    };
    let mut command = tenant.command(program);
    for name in [
        "LD_PRELOAD",
        "NSS_WRAPPER_PASSWD",
        "NSS_WRAPPER_GROUP",
        "NSS_WRAPPER_HOSTS",
    ] {
        command.env_remove(name);
    }
    let known = lab.home().join(".ssh/known_hosts");
    command.args(["-F", "none", "-l", &account(tenant)]);
    command
        .arg("-o")
        .arg(format!("UserKnownHostsFile={}", known.display()));
    command.args(["-p", &lab.port().to_string()]);
    match name {
        "ssh" => command.args(["-o", "IdentitiesOnly=yes", "-i", key, "127.0.0.11", "true"]),
        _ => command.args([WEB1, "true"]),
    };
    command
}

/// The account that runs this, which exists on every instance.
fn account(tenant: &Tenant<'_>) -> String {
    let output = tenant
        .command("id")
        .env_remove("LD_PRELOAD")
        .arg("-un")
        .output();
    let name = String::from_utf8(output.expect("id").stdout).expect("a name");
    name.trim().to_owned()
}
