//! How long it takes from the start of mssh to the picker's first whole frame, in a terminal, from a
//! cached list; beside the start of a process that only prints its version.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Plan;
use crate::connection;
use crate::lab::{DESCRIBE_INSTANCES, Fault, Fleet, Lab, Trouble};
use crate::setup::{Setup, quantile, succeeds};

/// The instances of the lists.
const SIZES: [usize; 2] = [10, 10_000];

/// AWS answers after the first frame.
const LATENCY: Duration = Duration::from_secs(1);

/// What the shell writes before it becomes mssh.
const BEGIN: &str = "@";

/// What ends a frame: see `world/tty/picker.rs`.
const END_OF_FRAME: &str = "\u{1b}[?2026l";

/// What is run, and what its output must have before the end.
struct Case<'lab> {
    title: String,
    setup: Setup<'lab>,
    words: &'static str,
    has: String,
    end: &'static str,
    times: Vec<f64>,
}

/// Measures all in turns.
pub(crate) fn compare(lab: &Lab, plan: &Plan) {
    let mut cases = vec![Case {
        title: "mssh --version".to_owned(),
        setup: Setup::new(lab),
        words: "--version",
        has: "mssh".to_owned(),
        end: "\n",
        times: Vec::new(),
    }];
    cases.extend(SIZES.map(|size| picker(lab, size)));
    for _ in 0..plan.pairs {
        for case in &mut cases {
            let time = case.time();
            case.times.push(time);
        }
    }
    println!(
        "\nfrom exec to the picker's first frame, from a cached list: {} each",
        plan.pairs
    );
    println!("  {:<28}{:>12}{:>12}", "", "median", "p95");
    for case in cases {
        let [median, p95] = [50, 95].map(|percent| quantile(case.times.clone(), percent));
        println!("  {:<28}{median:>9.1} ms{p95:>9.1} ms", case.title);
    }
}

/// The picker of a user who has a cached list of this size.
fn picker(lab: &Lab, size: usize) -> Case<'_> {
    let setup = Setup::new(lab);
    setup.caller.fleet(Fleet {
        size,
        ..Fleet::default()
    });
    succeeds(setup.command(connection::program("mssh")).arg("--list"));
    let slow = Fault::new(Trouble::Latency(LATENCY));
    setup.caller.fault(slow.on(DESCRIBE_INSTANCES));
    Case {
        title: format!("picker, {size} instances"),
        setup,
        words: "",
        has: format!("{size}/{size} "),
        end: END_OF_FRAME,
        times: Vec::new(),
    }
}

impl Case<'_> {
    /// Runs it in a terminal. Milliseconds from its start to the end.
    fn time(&self) -> f64 {
        let mssh = connection::program("mssh");
        let line = format!("printf {BEGIN}; exec {mssh} {}", self.words);
        let mut script: Command = self.setup.command("script");
        let script = script
            .env("TERM", "xterm")
            .args(["-qec", &line, "/dev/null"]);
        let script = script.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut script = script.spawn().expect("script");
        let mut keyboard = script.stdin.take().expect("a pipe");
        let mut screen = script.stdout.take().expect("a pipe");
        let mut shown = String::new();
        let mut began = None;
        let took = loop {
            let mut bytes = [0; 4096];
            let count = screen.read(&mut bytes).expect("a pipe");
            assert!(count > 0, "{}: {shown:?}", self.title);
            shown.push_str(&String::from_utf8_lossy(&bytes[..count]));
            let from = shown
                .find(BEGIN)
                .map(|_| *began.get_or_insert_with(Instant::now));
            if let (Some(from), true) = (from, shown.contains(self.end)) {
                break from.elapsed().as_secs_f64() * 1000.0;
            }
        };
        assert!(shown.contains(&self.has), "{}: {shown:?}", self.title);
        // Ctrl-C. The other one has ended.
        let _ = keyboard.write_all(b"\x03");
        while screen.read(&mut [0; 4096]).is_ok_and(|count| count > 0) {}
        script.wait().expect("a child");
        took
    }
}
