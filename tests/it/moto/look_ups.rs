//! Finding instances: the same output, errors and status.

use super::server::Moto;
use super::world::World;
use crate::sandbox::{Outcome, caller, finish, run};

/// Runs the same words in both worlds. Pairs of outcomes as text: the lab's and moto's.
#[track_caller]
fn agree(cases: &[&[&str]]) {
    let Some(moto) = Moto::shared() else { return };
    let (here, there) = (World::lab(), World::of_moto(moto));
    let text = |world: &World, outcome: &Outcome| {
        let text = world.normal(&format!("{}{}", outcome.stdout, outcome.stderr));
        // Instances of one name are sorted by their IDs, which differ.
        let mut lines: Vec<_> = text
            .lines()
            .map(|line| line.trim_end_matches(','))
            .collect();
        lines.sort_unstable();
        format!("{}\n= {:?}", lines.join("\n"), outcome.code)
    };
    let mut differences = Vec::new();
    for case in cases {
        let caller = caller();
        let ours = run(&caller, "mssh", case.iter().map(|word| here.fill(word)));
        let mut mssh = moto.command(&caller, "mssh");
        let theirs = finish(mssh.args(case.iter().map(|word| there.fill(word))));
        let (ours, theirs) = (text(&here, &ours), text(there, &theirs));
        if ours != theirs {
            differences.push(format!("{case:?}\nlab:  {ours}\nmoto: {theirs}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

#[test]
fn instances_are_found_in_the_same_way() {
    agree(&[
        &["--dry-run", "$web1", "true"],
        &["--dry-run", "--private", "$web1"],
        &["--dry-run", "-J", "$web2", "--private", "$web1"],
        &["--dry-run", "tag:Name=web2"],
        &["--dry-run", "tag:Name=we?1"],
        &["--dry-run", "tag:a:b=c:d@e"],
        &["--dry-run", "tag:a:b"],
        &["--dry-run", "tag:empty="],
        &["--dry-run", "asg:front"],
        &["--dry-run", "asg:f*t"],
        &["--dry-run", "twin"],
        &["--dry-run", "--newest", "twin"],
        &["--dry-run", "--oldest", "tag:role=db"],
        &["--dry-run", "tag:role=web"],
        &["--dry-run", "-r", "eu-west-1,us-east-1", "tag:Name=web1"],
    ]);
}

#[test]
fn lists_are_the_same() {
    agree(&[
        &["--list", "--json", "--no-cache", "tag:role=web"],
        &["--list", "--json", "--no-cache", "tag:role=db"],
        &["--list", "--json", "--no-cache", "twin"],
        &["--list", "--json", "--no-cache", "$web1"],
        &["--list", "--json", "--no-cache", "$stopped"],
        &["--list", "--json", "--no-cache", "no-such-*"],
        &["--list", "--json", "--no-cache", "i-0123456789abcdef0"],
    ]);
}

#[test]
fn errors_are_the_same() {
    agree(&[
        &["i-0123456789abcdef0", "true"],
        &["--dry-run", "i-0123456789abcdef0"],
        &["--dry-run", "-r", "eu-west-1", "$web1"],
        &["$stopped", "true"],
        &["--dry-run", "stopped"],
        &["--dry-run", "$terminated"],
        &["--dry-run", "tag:Name=terminated"],
        &["--dry-run", "--via", "ipv6", "$web1"],
        &["--dry-run", "TWIN"],
        &["--dry-run", "tag:role=Web"],
        &["--dry-run", "tag:no-such-tag"],
        &["--dry-run", "asg:none"],
    ]);
}
