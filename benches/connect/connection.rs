//! A connection: wall time and CPU, with each latency of AWS and each round trip to the instance.
//!
//! All cases take turns: each round runs every program in every case once.

use std::process::Command;
use std::time::Duration;

use crate::Plan;
use crate::lab::console_output::GET_CONSOLE_OUTPUT;
use crate::lab::instances::WEB1;
use crate::lab::{DESCRIBE_INSTANCES, Fault, Lab, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::meter::{self, Reading};
use crate::relay::Relay;
use crate::setup::{Setup, median, pairs, quantile, short};

/// How late AWS answers.
#[derive(Clone, Copy)]
pub(crate) struct Aws {
    describe: Duration,
    push: Duration,
}

/// What is measured by default.
pub(crate) const USUAL: [Aws; 3] = [Aws::new(0, 0), Aws::new(100, 100), Aws::new(100, 300)];

impl Aws {
    const fn new(describe: u64, push: u64) -> Self {
        Self {
            describe: Duration::from_millis(describe),
            push: Duration::from_millis(push),
        }
    }

    /// Two numbers of milliseconds: `100,300`.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let (describe, push) = value.split_once(',')?;
        Some(Self::new(describe.parse().ok()?, push.parse().ok()?))
    }

    /// A caller whose calls are answered that late.
    pub(crate) fn setup(self, lab: &Lab) -> Setup<'_> {
        let setup = Setup::new(lab);
        let late = |by: Duration| Fault::new(Trouble::Latency(by));
        setup
            .caller
            .fault(late(self.describe).on(DESCRIBE_INSTANCES));
        setup.caller.fault(late(self.push).on(SEND_SSH_PUBLIC_KEY));
        setup
            .caller
            .fault(late(self.describe).on(GET_CONSOLE_OUTPUT));
        setup
    }

    pub(crate) fn title(self) -> String {
        let [describe, push] = [self.describe, self.push].map(|it| it.as_millis());
        format!("DescribeInstances {describe} ms, push {push} ms")
    }
}

/// What the programs are compared in.
pub(crate) struct Case<'lab, 'plan> {
    title: String,
    setup: Setup<'lab>,
    /// Each program with its readings.
    rows: Vec<(&'plan str, Vec<Reading>)>,
}

impl<'lab, 'plan> Case<'lab, 'plan> {
    pub(crate) fn new(names: &[&'plan str], title: String, setup: Setup<'lab>) -> Self {
        let rows = names.iter().map(|name| (*name, Vec::new())).collect();
        Self { title, setup, rows }
    }
}

/// A title and a setup for each latency of AWS.
pub(crate) fn latencies<'lab>(lab: &'lab Lab, plan: &Plan) -> Vec<(String, Setup<'lab>)> {
    let case = |aws: &Aws| (aws.title(), aws.setup(lab));
    plan.aws.iter().map(case).collect()
}

/// A title and a setup for each round trip to the instance, with the second latency of AWS if there
/// are several.
pub(crate) fn round_trips<'lab>(lab: &'lab Lab, plan: &Plan) -> Vec<(String, Setup<'lab>)> {
    let aws = plan.aws.get(1).unwrap_or(&plan.aws[0]);
    let case = |rtt: &Duration| {
        let mut setup = aws.setup(lab);
        setup.port = Relay::open(lab.port(), *rtt);
        let title = format!("round trip {} ms, {}", rtt.as_millis(), aws.title());
        (title, setup)
    };
    plan.round_trips.iter().map(case).collect()
}

/// Compares the programs with each latency of AWS.
pub(crate) fn compare(lab: &Lab, plan: &Plan) {
    run(plan, "`true` on an instance", latencies(lab, plan));
}

/// Compares the programs with each round trip to the instance.
pub(crate) fn compare_round_trips(lab: &Lab, plan: &Plan) {
    run(
        plan,
        &format!("`true` on an instance, through {}", Relay::LIMITS),
        round_trips(lab, plan),
    );
}

fn run(plan: &Plan, what: &str, cases: Vec<(String, Setup<'_>)>) {
    let names: Vec<&str> = plan.programs().collect();
    let case = |(title, setup)| Case::new(&names, title, setup);
    let mut cases: Vec<_> = cases.into_iter().map(case).collect();
    measure(&mut cases, plan.pairs, |setup, name| {
        client(setup, name, &[], "true")
    });
    println!("\na connection: {what}");
    print(&cases, plan.pairs);
}

/// Runs all rows of all cases in turns; `client` makes a row's command.
pub(crate) fn measure(
    cases: &mut [Case<'_, '_>],
    pairs: usize,
    client: impl Fn(&Setup<'_>, &str) -> Command,
) {
    // The first round only warms up.
    for round in 0..=pairs {
        for case in &mut *cases {
            // Being first makes a difference.
            let first = round % case.rows.len();
            let (rest, start) = case.rows.split_at_mut(first);
            for (name, readings) in start.iter_mut().chain(rest) {
                let reading = meter::read(&client(&case.setup, name));
                if round > 0 {
                    readings.push(reading);
                }
            }
        }
    }
}

pub(crate) fn print(cases: &[Case<'_, '_>], pairs: usize) {
    println!(
        "ms, medians of {pairs} rounds; over ssh: in the same round. CPU: of all descendants.\n\
         after: from the client's end to that of the last descendant. peak: MB of the largest.\n\n\
         {:<30}{:>9}{:>9}{:>15}{:>20}{:>14}{:>8}{:>7}",
        "", "wall", "CPU", "wall over ssh", "its middle half", "CPU over ssh", "after", "peak"
    );
    for case in cases {
        println!("{}", case.title);
        let ssh = &case.rows[0].1;
        for (name, readings) in &case.rows {
            println!("{}", line(name, readings, ssh));
        }
    }
}

fn line(name: &str, readings: &[Reading], ssh: &[Reading]) -> String {
    let all = |of: &[Reading], value: fn(&Reading) -> f64| of.iter().map(value).collect::<Vec<_>>();
    let of = |value: fn(&Reading) -> f64| median(all(readings, value));
    let over =
        |value: fn(&Reading) -> f64| pairs(&all(readings, value), &all(ssh, value), |a, b| a - b);
    let wall = over(|r| r.wall);
    let [low, high] = [25, 75].map(|percent| quantile(wall.clone(), percent));
    format!(
        "  {:<28}{:>9.1}{:>9.1}{:>+15.1}{:>20}{:>+14.1}{:>8.1}{:>7.1}",
        short(name),
        of(|r| r.wall),
        of(|r| r.cpu),
        median(wall),
        format!("{low:+.1} to {high:+.1}"),
        median(over(|r| r.cpu)),
        of(|r| r.after),
        of(|r| r.peak),
    )
}

/// A command on the instance, with this program and these options.
pub(crate) fn client(setup: &Setup<'_>, name: &str, options: &[&str], remote: &str) -> Command {
    let mut command = setup.command(program(name));
    command.args(options).args(setup.options(name));
    command.args(["-l", &setup.user, host(name), remote]);
    command
}

/// The program with this name; other programs are given as paths.
pub(crate) fn program(name: &str) -> &str {
    match name {
        "mssh" => env!("CARGO_BIN_EXE_mssh"),
        other => other,
    }
}

/// How a program is told the instance.
pub(crate) fn host(program: &str) -> &'static str {
    match program {
        "ssh" => "127.0.0.11",
        _ => WEB1,
    }
}
