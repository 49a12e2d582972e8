//! The commands in README and docs are understood, and find what they name.
//!
//! Those of other programs (rsync, git, scp) are run in `callers`.

use std::fs;

use super::{blocks, pages};
use crate::lab::instances::{WEB1, WEB2};
use crate::sandbox::{SshUser, finish};

/// What the lab has for the names in the documentation.
const NAMES: [(&str, &str); 6] = [
    ("i-0123456789abcdef0", WEB1),
    ("web-1", "web1"),
    ("web-2", "web2"),
    ("web-*", "web1*"),
    ("10.0.3.17", "127.0.1.11"),
    ("bastion", WEB2),
];

/// Lines that need a terminal.
const INTERACTIVE: [&str; 2] = ["mssh", "mssh --pick --each -- uptime"];

/// Modes that only print, or refuse `--dry-run`, which the others get.
const WITHOUT_DRY_RUN: [&str; 8] = [
    "--completions",
    "--init-config",
    "--list",
    "--man",
    "--shell",
    "--show-config",
    "--version",
    "--dry-run",
];

/// The words of each line that runs a program of ours, with the lab's names.
fn commands(page: &str) -> Vec<Vec<String>> {
    let text = blocks(page, "sh").join("\n").replace("\\\n", " ");
    let lines = text.lines().filter(|line| {
        let program = line.split(' ').next().unwrap_or_default();
        ["mssh", "msftp", "mscp"].contains(&program)
    });
    let lab = |line: &str| {
        let named = NAMES.iter();
        named.fold(line.to_owned(), |line, (ours, lab)| line.replace(ours, lab))
    };
    lines
        .map(|line| shlex::split(&lab(line)).expect("words"))
        .filter(|words| !INTERACTIVE.contains(&words.join(" ").as_str()))
        .collect()
}

#[test]
fn every_command_of_the_documentation_is_understood() {
    let mut seen = 0;
    for page in pages() {
        let page = page.to_str().expect("text");
        for words in commands(page) {
            let user = SshUser::with("");
            fs::write(user.home.join("site.conf"), "x").expect("written");
            fs::write(user.home.join("nginx.conf"), "x").expect("written");
            fs::create_dir(user.home.join("site")).expect("made");
            let mut command = user.command(&words[0]);
            if !words
                .iter()
                .any(|it| WITHOUT_DRY_RUN.contains(&it.as_str()))
            {
                command.arg("--dry-run");
            }
            let outcome = finish(command.args(&words[1..]).current_dir(&user.home));
            assert_eq!(outcome.code, Some(0), "{page}: {words:?}: {outcome:?}");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}
