//! `scripts/try-on-aws` makes what it says, and removes it when it is stopped in the middle.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use super::server::Moto;
use crate::sandbox::{caller, skipped};

/// The tag of all that it makes.
const TAG: &str = "mssh-try-on-aws";

#[test]
fn the_script_removes_what_it_made_when_it_is_stopped() {
    let Some(moto) = Moto::start() else { return };
    let caller = caller();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/try-on-aws");
    let mut command = moto.command(&caller, script.to_str().expect("a path"));
    command.args([
        "--yes",
        "--skip",
        "eice",
        "--from",
        "192.0.2.1/32",
        "--patience",
        "90",
    ]);
    let mut child = command.stderr(Stdio::piped()).spawn().expect("it starts");
    let lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let mut said = Vec::new();
    for line in lines.map_while(Result::ok) {
        if line.contains("an instance is made") {
            assert!(
                left(&moto).iter().all(|(_, is_there)| *is_there),
                "{:?}",
                left(&moto)
            );
            let pid = Pid::from_child(&child);
            kill_process(pid, Signal::TERM).expect("a signal");
        }
        said.push(line);
    }
    let status = child.wait().expect("a status");
    if said.iter().any(|line| line.contains("is not installed")) {
        skipped("the AWS CLI is not installed: scripts/try-on-aws makes nothing");
        return;
    }
    assert_eq!(status.code(), Some(130), "{said:?}");
    assert_eq!(
        said.last().map(String::as_str),
        Some("All that was made is removed."),
        "{said:?}"
    );
    assert!(
        left(&moto).iter().all(|(_, is_there)| !is_there),
        "{:?}",
        left(&moto)
    );
}

/// What there is of the script's.
fn left(moto: &Moto) -> Vec<(&'static str, bool)> {
    let path = format!("/{TAG}/");
    let tag = "tag-key".to_owned();
    let filter = |action| {
        let tagged = [("Filter.1.Name", tag.as_str()), ("Filter.1.Value.1", TAG)];
        moto.call("ec2", &[&[("Action", action)], &tagged[..]].concat())
    };
    let iam = |action| moto.call("iam", &[("Action", action), ("PathPrefix", &path)]);
    let instances = filter("DescribeInstances");
    let running = ["pending", "running"].map(|state| format!("<name>{state}</name>"));
    vec![
        ("instance", running.iter().any(|it| instances.contains(it))),
        ("group", filter("DescribeSecurityGroups").contains(TAG)),
        ("role", iam("ListRoles").contains(TAG)),
        ("profile", iam("ListInstanceProfiles").contains(TAG)),
    ]
}
