//! rsync of a tree in memory to an instance on the same machine: throughput, including the start of
//! mssh.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::Plan;
use crate::lab::Lab;
use crate::lab::instances::WEB1;
use crate::setup::{Setup, has, median, of_pairs, succeeds};

const FILES: usize = 1024;
const MIB: usize = 1 << 20;

/// Copies the tree with each program in turn, and prints throughputs and the ratio of pairs.
pub(crate) fn compare(lab: &Lab, plan: &Plan) {
    let setup = Setup::new(lab);
    if !has(&setup, "rsync") {
        return;
    }
    let memory = Path::new("/dev/shm");
    let memory = if memory.is_dir() {
        memory
    } else {
        &std::env::temp_dir()
    };
    let place = tempfile::Builder::new()
        .prefix("mssh-bench-")
        .tempdir_in(memory)
        .expect("a directory");
    make_tree(&place.path().join("tree"), plan.mib * MIB / FILES);
    let mut speeds = [("ssh", Vec::new()), ("mssh", Vec::new())];
    // The first round only warms up. The order alternates, since being first makes a difference.
    for round in 0..=plan.rounds {
        speeds.reverse();
        for (name, speeds) in &mut speeds {
            let copy = place.path().join("copy");
            let mut rsync = rsync(&setup, name, &place.path().join("tree"), &copy);
            let began = Instant::now();
            succeeds(&mut rsync);
            let seconds = began.elapsed().as_secs_f64();
            assert_eq!(fs::read_dir(&copy).expect("a copy").count(), FILES);
            fs::remove_dir_all(&copy).expect("a copy");
            if round > 0 {
                speeds.push((plan.mib * MIB) as f64 / 1e6 / seconds);
            }
        }
    }
    speeds.sort_by_key(|(name, _)| *name);
    let [(_, ours), (_, theirs)] = speeds;
    println!(
        "\nrsync -a of {} MiB in {FILES} files, below {}, {} rounds: medians",
        plan.mib,
        memory.display(),
        plan.rounds
    );
    println!("{:<28}{:>10.0} MB/s", "ssh", median(theirs.clone()));
    println!("{:<28}{:>10.0} MB/s", "mssh", median(ours.clone()));
    let ratio = of_pairs(&ours, &theirs, |ours, theirs| ours / theirs);
    println!("{:<28}{ratio:>10.3}", "mssh to ssh, in pairs");
}

/// Files of random bytes.
fn make_tree(tree: &Path, size: usize) {
    fs::create_dir(tree).expect("a directory");
    let mut bytes = vec![0; size];
    for number in 0..FILES {
        fastrand::fill(&mut bytes);
        fs::write(tree.join(format!("file{number}")), &bytes).expect("a file in memory");
    }
}

fn rsync(setup: &Setup<'_>, name: &str, tree: &Path, copy: &Path) -> Command {
    let mut shell = vec![name.to_owned(), "-l".to_owned(), setup.user.clone()];
    shell.extend(setup.options(name));
    // rsync parses quotes in it, and no other shell syntax.
    let shell: Vec<_> = shell.iter().map(|word| format!("'{word}'")).collect();
    let host = if name == "ssh" { "127.0.0.11" } else { WEB1 };
    let mut rsync = setup.command("rsync");
    rsync.args(["-a", "-e", &shell.join(" ")]);
    rsync.arg(format!("{}/", tree.display()));
    rsync.arg(format!("{host}:{}/", copy.display()));
    rsync
}
