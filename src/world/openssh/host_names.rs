//! What ssh's files name: hosts, for completion, and keywords.

use std::collections::{BTreeSet, VecDeque};
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::config_files;
use crate::plan::argv::ssh_config::{FILE, without_our_lines};
use crate::plan::cli::complete::hosts::{self, ConfigNames};
use crate::plan::pattern::fits;
use crate::plan::ssh_g::files::values;

/// Limits on a file and on the number of files: the user is waiting at the keyboard.
const MOST_BYTES: u64 = 4 << 20;
const MOST_FILES: usize = 64;

/// The directory of the system's files.
const SYSTEM: &str = "/etc/ssh";

/// The sorted host names in the user's configuration (or in the file `config` instead), its includes,
/// the system's configuration, and known_hosts files. Skips files that it cannot read.
#[must_use]
pub(crate) fn known(config: Option<&Path>) -> Vec<String> {
    let user = config_files::directory();
    let mut known_hosts: Vec<PathBuf> = ["known_hosts", "known_hosts2"]
        .map(|it| user.join(it))
        .into();
    known_hosts.push(Path::new(SYSTEM).join("ssh_known_hosts"));
    let mut found = BTreeSet::new();
    for (_, _, names) in configs(config, user.clone()) {
        found.extend(names.hosts);
        let more = names.known_hosts.iter();
        known_hosts.extend(more.map(|it| located(it, &user, &user)));
    }
    for file in known_hosts.iter().take(MOST_FILES) {
        found.extend(hosts::of_known_hosts(&text(file)));
    }
    found.into_iter().collect()
}

/// Whether a file of ssh's has this keyword (in lower case), for any host; our block and our lines do
/// not count.
pub(crate) fn have_keyword(keyword: &str) -> bool {
    let user = config_files::directory();
    let block = user.join(FILE);
    configs(None, user).any(|(file, text, _)| {
        let theirs = without_our_lines(text.as_bytes());
        file != block && values(&theirs, keyword).next().is_some()
    })
}

/// The user's configuration (or the file `config` instead), the system's, and what they include, each
/// with its text. `user` is the directory of the first.
fn configs(
    config: Option<&Path>,
    user: PathBuf,
) -> impl Iterator<Item = (PathBuf, String, ConfigNames)> {
    let mut left = VecDeque::from(match config {
        Some(file) => vec![(file.to_owned(), user.clone())],
        None => vec![
            (user.join("config"), user.clone()),
            (Path::new(SYSTEM).join("ssh_config"), SYSTEM.into()),
        ],
    });
    let next = move || {
        let (file, directory) = left.pop_front()?;
        let text = text(&file);
        let names = hosts::of_ssh_config(&text);
        for it in &names.includes {
            let included = files(&located(it, &directory, &user));
            left.extend(included.into_iter().map(|it| (it, directory.clone())));
        }
        Some((file, text, names))
    };
    std::iter::from_fn(next).take(MOST_FILES)
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
    let name = pattern.file_name().unwrap_or_default().as_bytes();
    let is_pattern = name.iter().any(|byte| b"*?".contains(byte));
    let Some(directory) = pattern.parent().filter(|_| is_pattern) else {
        return vec![pattern.to_owned()];
    };
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let fitting = entries.filter(|it| fits(name, it.file_name().as_bytes()));
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
