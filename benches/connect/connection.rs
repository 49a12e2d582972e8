//! A connection: wall time, CPU and peak memory. CPU time includes all descendants, also the
//! keeper, which the meter process adopts and waits for.

use std::process::Command;
use std::time::Duration;

use crate::Plan;
use crate::lab::instances::WEB1;
use crate::lab::{Fault, Lab, Trouble};
use crate::meter::{self, Reading};
use crate::setup::{Setup, median, of_pairs};

/// Runs the programs in turn, and prints their medians, and the differences to ssh.
pub(crate) fn compare(lab: &Lab, plan: &Plan, latency: Duration) {
    let setup = Setup::new(lab);
    setup.caller.fault(Fault::new(Trouble::Latency(latency)));
    let mut rows: Vec<(&str, Vec<Reading>)> = vec![("ssh", Vec::new()), ("mssh", Vec::new())];
    rows.extend(plan.others.iter().map(|name| (&name[..], Vec::new())));
    // The first round only warms up.
    for round in 0..=plan.pairs {
        for (name, readings) in &mut rows {
            let reading = meter::read(&client(&setup, name));
            if round > 0 {
                readings.push(reading);
            }
        }
    }
    println!(
        "\na connection: {} rounds, {} ms in every answer of AWS: medians",
        plan.pairs,
        latency.as_millis()
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
    let all = |of: &[Reading], value: fn(&Reading) -> f64| of.iter().map(value).collect::<Vec<_>>();
    let of = |value: fn(&Reading) -> f64| median(all(readings, value));
    let over = |value: fn(&Reading) -> f64| {
        of_pairs(&all(readings, value), &all(plain, value), |a, b| a - b)
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

/// `true` on the instance, with this program.
fn client(setup: &Setup<'_>, name: &str) -> Command {
    let program = match name {
        "mssh" => env!("CARGO_BIN_EXE_mssh"),
        other => other,
    };
    let mut command = setup.command(program);
    command.args(setup.options(name));
    command.args(["-l", &setup.user]);
    let host = if name == "ssh" { "127.0.0.11" } else { WEB1 };
    command.args([host, "true"]);
    command
}
