//! What names cost: a login by name beside one by ID, a list of many instances, and completion.

use std::process::Command;

use crate::Plan;
use crate::connection::{self, Case};
use crate::lab::{Fleet, Lab};
use crate::meter::{self, Reading};
use crate::setup::{Setup, median, succeeds};

/// A login by the Name tag of the same instance.
const BY_NAME: &str = "mssh, by name";
const NAME: &str = "web1";

/// The instances of the list.
const MANY: usize = 10_000;

/// Compares a login by ID with one by name, with each latency of AWS; then lists and completes.
pub(crate) fn compare(lab: &Lab, plan: &Plan) {
    let mut names: Vec<&str> = plan.programs().collect();
    names.insert(2, BY_NAME);
    let case = |aws: &connection::Aws| Case::new(&names, aws.title(), aws.setup(lab));
    let mut cases: Vec<_> = plan.aws.iter().map(case).collect();
    connection::measure(&mut cases, plan.pairs, login);
    println!("\na connection: `true` on an instance, by its ID and by its name");
    connection::print(&cases, plan.pairs);
    println!(
        "\na list of {MANY} instances, medians of {} runs",
        plan.pairs
    );
    let setup = Setup::new(lab);
    let names = Vec::new();
    setup.caller.fleet(Fleet {
        size: MANY,
        names,
        ..Fleet::default()
    });
    for words in [
        ["--list", "--no-cache"].as_slice(),
        &["--list"],
        &["--list", "web-99*"],
        // From the list that is kept now.
        &["--complete", "web-99"],
        &["--complete", ""],
        &["--complete", "tag:role="],
    ] {
        report(&setup, words, plan.pairs);
    }
}

/// `true` on the instance, as the row with this name logs in.
fn login(setup: &Setup<'_>, name: &str) -> Command {
    match name {
        BY_NAME => {
            let mut command = setup.command(connection::program("mssh"));
            command.args(setup.options("mssh"));
            command.args(["-l", &setup.user, NAME, "true"]);
            command
        }
        name => connection::client(setup, name, &[], "true"),
    }
}

/// Prints what a run of mssh takes.
fn report(setup: &Setup<'_>, words: &[&str], runs: usize) {
    let run = || {
        let mut command = setup.command(connection::program("mssh"));
        command.args(words);
        command
    };
    succeeds(&mut run());
    let readings: Vec<Reading> = (0..runs).map(|_| meter::read(&run())).collect();
    let of = |value: fn(&Reading) -> f64| median(readings.iter().map(value).collect());
    println!(
        "  {:<28}{:>9.1} ms{:>9.1} ms of CPU{:>7.1} MB",
        words.join(" "),
        of(|r| r.wall),
        of(|r| r.cpu),
        of(|r| r.peak),
    );
}
