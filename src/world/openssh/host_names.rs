//! The hosts that the user's ssh knows, for completion.

use std::collections::{BTreeSet, VecDeque};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::config_files;
use crate::plan::cli::complete::hosts;
use crate::plan::cli::complete::hosts::ConfigNames;

/// How much of a file is read, and how many files: somebody waits at the keyboard.
const MOST_BYTES: u64 = 4 << 20;
const MOST_FILES: usize = 64;

/// All of them, in order: of the user's configuration (or this file in its place), what it includes,
/// the system's, and of known_hosts files. What cannot be read has none.
#[must_use]
pub fn known(config: Option<&Path>) -> Vec<String> {
    let user = config_files::directory();
    let system = Path::new("/etc/ssh");
    let mut known_hosts: Vec<PathBuf> = ["known_hosts", "known_hosts2"]
        .map(|it| user.join(it))
        .into();
    known_hosts.push(system.join("ssh_known_hosts"));
    let mut configs = VecDeque::from(match config {
        Some(file) => vec![(file.to_owned(), &*user)],
        None => vec![
            (user.join("config"), &*user),
            (system.join("ssh_config"), system),
        ],
    });
    let (mut found, mut read) = (BTreeSet::new(), 0);
    while let Some((file, directory)) = configs.pop_front().filter(|_| read < MOST_FILES) {
        read += 1;
        let ConfigNames {
            hosts,
            includes,
            known_hosts: more,
        } = hosts::of_ssh_config(&text(&file));
        found.extend(hosts);
        let included = includes
            .iter()
            .flat_map(|it| files(&located(it, directory, &user)));
        configs.extend(included.map(|it| (it, directory)));
        known_hosts.extend(more.iter().map(|it| located(it, &user, &user)));
    }
    for file in known_hosts.iter().take(MOST_FILES) {
        found.extend(hosts::of_known_hosts(&text(file)));
    }
    found.into_iter().collect()
}

/// Where a file of a configuration is: `~` is the user's home, and other names begin in a directory.
fn located(name: &str, directory: &Path, user: &Path) -> PathBuf {
    match (name.strip_prefix("~/"), user.parent()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => directory.join(name),
    }
}

/// The files that a pattern stands for, which has its `*` and `?` in the last part of it.
fn files(pattern: &Path) -> Vec<PathBuf> {
    let name = pattern.file_name().unwrap_or_default().to_string_lossy();
    let Some(directory) = pattern.parent().filter(|_| name.contains(['*', '?'])) else {
        return vec![pattern.to_owned()];
    };
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let fitting = entries.filter(|it| hosts::matches(&name, &it.file_name().to_string_lossy()));
    fitting.map(|it| it.path()).collect()
}

/// What a file says, as far as it is text. A pipe would be waited for.
fn text(file: &Path) -> String {
    let mut bytes = Vec::new();
    if fs::metadata(file).is_ok_and(|it| it.is_file())
        && let Ok(file) = File::open(file)
    {
        // What could be read counts.
        let _ = file.take(MOST_BYTES).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
