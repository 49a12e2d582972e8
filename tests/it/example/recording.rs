//! The README's picture: ordinary names in the lab, and `scripts/record`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::program;
use crate::sandbox::{finish, skipped};

fn project(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

/// The most that the picture may have, in bytes.
const LARGEST: usize = 150_000;

#[test]
fn ordinary_names_stand_for_some_instances_and_hide_the_others() {
    let mut list = Command::new(program());
    let mssh = "mssh --list --tsv | cut -f 1; mssh web-2 echo in; mssh i-0b7d2f4c8a91e6035 echo in";
    list.env_remove("CARGO");
    let outcome = finish(list.args(["--everyday", "sh", "-c", mssh]));
    let names = [
        "api-1", "bastion", "cache-1", "db-1", "db-2", "jobs-1", "mail-1", "staging", "web-1",
        "web-2", "web-3", "in", "in",
    ];
    let shown: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(shown, names, "{outcome:?}");
}

#[test]
fn the_picture_of_the_readme_can_be_made_again() {
    let pyte = Command::new("python3").args(["-c", "import pyte"]).output();
    if !pyte.is_ok_and(|output| output.status.success()) {
        skipped("Python's pyte is not installed: scripts/record is not tested");
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("mssh.svg");
    let mut record = Command::new(project("scripts/record"));
    record.env_remove("CARGO").arg("--lab").arg(program());
    // It has limits of its own, and takes half a minute.
    let output = record.arg(&file).output().expect("a script");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let picture = fs::read_to_string(&file).expect("a picture");
    for shown in [
        "i-0b7d2f4c8a91e6035 uptime",
        "site.tar",
        "mssh: 3 ok",
        "11/11",
        "mssh: through eice-",
        "there$",
        "the instance metadata service is switched off",
        "First, about metadata:",
    ] {
        assert!(picture.contains(shown), "{shown}");
    }
    assert!(picture.len() < LARGEST, "{} bytes", picture.len());
}

#[test]
fn the_picture_of_the_readme_needs_nothing_else() {
    let picture = fs::read_to_string(project("docs/mssh.svg")).expect("a picture");
    let readme = fs::read_to_string(project("README.md")).expect("a README");
    assert!(readme.contains("(docs/mssh.svg)"));
    assert!(picture.len() < LARGEST, "{} bytes", picture.len());
    // An image in a page runs no scripts and loads nothing.
    for foreign in ["<script", "href", "url(", "@import"] {
        assert!(!picture.contains(foreign), "{foreign}");
    }
    assert_eq!(picture.matches("://").count(), 1, "the namespace alone");
}
