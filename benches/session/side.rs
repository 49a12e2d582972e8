//! An experiment: the same bytes in one copy, or in several parallel ones, each with a session of
//! its own. The real agent paces each session separately.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::lab::instances::WEB1;
use crate::lab::{Caller, Lab, SessionBehavior};

/// Numbers of parallel copies.
const COUNTS: [usize; 4] = [1, 2, 4, 8];

pub(crate) fn compare(lab: &Lab, megabytes: usize) {
    println!("{megabytes} MB by copies side by side, the log-ins included, in MB/s");
    print!("{:<34}", "");
    for count in COUNTS {
        print!("{count:>8}");
    }
    println!();
    for (what, paced, up) in [
        ("down, the agent paced as it is", true, false),
        ("down, an agent without a pace", false, false),
        ("up", true, true),
    ] {
        let caller = lab.caller();
        caller.session_behavior(SessionBehavior {
            paced,
            ..SessionBehavior::default()
        });
        print!("{what:<34}");
        for count in COUNTS {
            let took = copies(lab, &caller, megabytes * 1_000_000 / count, count, up);
            print!("{:>8.1}", megabytes as f64 / took);
        }
        println!();
    }
}

/// The seconds that it takes to copy this many files of this size.
fn copies(lab: &Lab, caller: &Caller<'_>, size: usize, count: usize, up: bool) -> f64 {
    let name = format!("{}-{count}", caller.access_key());
    let [here, there] = [lab.home(), lab.remote()].map(|directory| directory.join(&name));
    let [from, to] = if up { [&here, &there] } else { [&there, &here] };
    for directory in [from, to] {
        fs::create_dir_all(directory).expect("a directory");
    }
    for number in 0..count {
        fs::write(from.join(number.to_string()), vec![7; size]).expect("a file");
    }
    let remote = |path: &Path| format!("{WEB1}:{}", path.display());
    let started = Instant::now();
    let copies: Vec<Child> = (0..count)
        .map(|number| {
            let (here, there) = (
                here.join(number.to_string()),
                there.join(number.to_string()),
            );
            let mut mscp = caller.command(env!("CARGO_BIN_EXE_mscp"));
            mscp.args(["-q", "--ssm"]).stdin(Stdio::null());
            start(if up {
                mscp.arg(here).arg(remote(&there))
            } else {
                mscp.arg(remote(&there)).arg(here)
            })
        })
        .collect();
    for mut copy in copies {
        assert!(copy.wait().expect("mscp").success());
    }
    let took = started.elapsed().as_secs_f64();
    for directory in [from, to] {
        fs::remove_dir_all(directory).expect("a directory");
    }
    took
}

fn start(command: &mut Command) -> Child {
    command.spawn().expect("mscp")
}
