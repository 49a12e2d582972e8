//! rsync of a tree in a memory file system, to an instance on the same machine: how fast it goes
//! once it goes, which is ssh's matter, with our start in it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::Plan;
use crate::lab::Lab;
use crate::lab::instances::WEB1;
use crate::stage::{Stage, has, median, of_pairs, succeeds};

const FILES: usize = 1024;
const MIB: usize = 1 << 20;

/// Copies the tree with each program in turn, and prints throughputs and their ratio in pairs.
pub(crate) fn compare(lab: &Lab, plan: &Plan) {
    let stage = Stage::set(lab);
    if !has(&stage, "rsync") {
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
    plant(&place.path().join("tree"), plan.mib * MIB / FILES);
    let mut speeds = [("ssh", Vec::new()), ("mssh", Vec::new())];
    // The first round only warms up. Whoever goes first changes, as does what that is worth.
    for round in 0..=plan.rounds {
        speeds.reverse();
        for (name, speeds) in &mut speeds {
            let copy = place.path().join("copy");
            let mut rsync = rsync(&stage, name, &place.path().join("tree"), &copy);
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

/// Files of bytes that nothing can compress, none like another.
fn plant(tree: &Path, size: usize) {
    fs::create_dir(tree).expect("a directory");
    let mut bytes = vec![0; size];
    for number in 0..FILES {
        fastrand::fill(&mut bytes);
        fs::write(tree.join(format!("file{number}")), &bytes).expect("a file in memory");
    }
}

fn rsync(stage: &Stage<'_>, name: &str, tree: &Path, copy: &Path) -> Command {
    let mut shell = vec![name.to_owned(), "-l".to_owned(), stage.account.clone()];
    shell.extend(stage.options(name));
    // rsync reads quotes in it, and no other sign of a shell's.
    let shell: Vec<_> = shell.iter().map(|word| format!("'{word}'")).collect();
    let host = if name == "ssh" { "127.0.0.11" } else { WEB1 };
    let mut rsync = stage.command("rsync");
    rsync.args(["-a", "-e", &shell.join(" ")]);
    rsync.arg(format!("{}/", tree.display()));
    rsync.arg(format!("{host}:{}/", copy.display()));
    rsync
}
