//! A command on many instances: by `--each`, and by a run of mssh for each of them.

use std::fs;
use std::process::Command;

use crate::Plan;
use crate::connection;
use crate::lab::{Fleet, Lab};
use crate::meter::{self, Reading};
use crate::setup::{Setup, median};

const MANY: usize = 200;

/// How many logins there are at once, by default.
const JOBS: &str = "16";

/// The most that many may take, compared with as many logins that leave no core idle and start for
/// nothing.
const MOST: f64 = 3.0;

const ONE: &str = "one login";
const EACH: &str = "mssh --each";
const XARGS: &str = "xargs -P 16 mssh";
const ROWS: [&str; 3] = [ONE, EACH, XARGS];

/// Runs `true` on one instance and on all.
pub(crate) fn compare(lab: &Lab, plan: &Plan) {
    let setup = Setup::new(lab);
    setup.caller.fleet(Fleet::with_sshds(MANY));
    let ids = setup.caller.run_dir().join("ids");
    fs::write(&ids, list(&setup)).expect("a file");
    let mut readings = ROWS.map(|_| Vec::<Reading>::new());
    // The first round only warms up.
    for round in 0..=plan.rounds {
        for (row, readings) in ROWS.iter().zip(&mut readings) {
            let reading = meter::read(&command(&setup, row, &ids.display().to_string()));
            if round > 0 {
                readings.push(reading);
            }
        }
    }
    println!(
        "\n`true` on {MANY} instances, ms, medians of {} rounds; CPU: of all descendants; peak: MB of the largest\n\n\
         {:<30}{:>9}{:>9}{:>8}{:>7}",
        plan.rounds, "", "wall", "CPU", "after", "peak"
    );
    for (row, readings) in ROWS.iter().zip(&readings) {
        let of = |value: fn(&Reading) -> f64| median(readings.iter().map(value).collect());
        println!(
            "  {row:<28}{:>9.1}{:>9.1}{:>8.1}{:>7.1}",
            of(|r| r.wall),
            of(|r| r.cpu),
            of(|r| r.after),
            of(|r| r.peak)
        );
    }
    print_factor(&readings);
}

/// Compares the time with that of the CPU alone.
fn print_factor([one, each, _]: &[Vec<Reading>; 3]) {
    let of = |all: &[Reading], value: fn(&Reading) -> f64| median(all.iter().map(value).collect());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let at_best = MANY as f64 * of(one, |r| r.cpu) / cores as f64;
    let factor = of(each, |r| r.wall) / at_best;
    let verdict = if factor <= MOST { "kept" } else { "NOT kept" };
    println!(
        "  --each takes {factor:.2} times the CPU of {MANY} logins on {cores} cores; at most {MOST} is {verdict}"
    );
}

/// The IDs of all, one a line.
fn list(setup: &Setup<'_>) -> String {
    let mut sh = setup.command("sh");
    let line = "\"$0\" --list --no-cache --tsv | awk -F '\\t' '$3 == \"running\" { print $2 }'";
    let output = sh.args(["-c", line, connection::program("mssh")]).output();
    let ids = String::from_utf8(output.expect("a list").stdout).expect("text");
    assert_eq!(ids.lines().count(), MANY, "{ids}");
    ids
}

fn command(setup: &Setup<'_>, row: &str, ids: &str) -> Command {
    let mssh = connection::program("mssh");
    let mut command = setup.command(if row == XARGS { "xargs" } else { mssh });
    let target = match row {
        ONE => Fleet::id(0),
        EACH => {
            command.arg("--each");
            "web-*".to_owned()
        }
        _ => {
            command.args(["-a", ids, "-P", JOBS, "-I", "{}", mssh]);
            "{}".to_owned()
        }
    };
    command.args(setup.options("mssh"));
    command.args(["-l", &setup.user, &target, "true"]);
    command
}
