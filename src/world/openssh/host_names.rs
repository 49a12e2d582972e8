//! The host names in ssh's files, for completion.

use std::collections::{BTreeSet, VecDeque};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::config_files;
use crate::plan::cli::complete::hosts::{self, ConfigNames};

/// Limits on a file and on the number of files: the user is waiting at the keyboard.
const MOST_BYTES: u64 = 4 << 20;
const MOST_FILES: usize = 64;

/// The sorted host names in the user's configuration (or in the file `config` instead), its includes,
/// the system's configuration, and known_hosts files. Skips files that it cannot read.
#[must_use]
pub(crate) fn known(config: Option<&Path>) -> Vec<String> {
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

/// Resolves a path in a configuration: `~/` is the user's home, other names are relative to a directory.
fn located(name: &str, directory: &Path, user: &Path) -> PathBuf {
    match (name.strip_prefix("~/"), user.parent()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => directory.join(name),
    }
}

/// The files that match a pattern with `*` and `?` in its last component.
fn files(pattern: &Path) -> Vec<PathBuf> {
    let name = pattern.file_name().unwrap_or_default().to_string_lossy();
    let Some(directory) = pattern.parent().filter(|_| name.contains(['*', '?'])) else {
        return vec![pattern.to_owned()];
    };
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let fitting = entries.filter(|it| hosts::matches(&name, &it.file_name().to_string_lossy()));
    fitting.map(|it| it.path()).collect()
}

/// The text of a regular file. Reading a pipe could block.
fn text(file: &Path) -> String {
    let mut bytes = Vec::new();
    if fs::metadata(file).is_ok_and(|it| it.is_file())
        && let Ok(file) = File::open(file)
    {
        // If this fails midway, use what was read.
        let _ = file.take(MOST_BYTES).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
