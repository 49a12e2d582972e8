//! Processes and their parents, by `/proc` (proc_pid_stat(5)).

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use super::bounded;

/// How many parents to look at: a loop is impossible, but the processes change meanwhile.
const MOST: usize = 256;

/// A process. The system gives its number to another once it has ended, and so we keep its start time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Process {
    pub pid: u32,
    /// In clock ticks since the system started.
    started: u64,
}

/// The parent of a process. `None` if it has ended, or without `/proc`.
#[must_use]
pub(super) fn parent_of(pid: u32) -> Option<u32> {
    stat(pid).map(|(_, parent)| parent)
}

/// A process, its parent, the parent's parent and so on, up to the first for which `is_last`, or the
/// first process of the system or container. Empty if the process has ended. `None` without `/proc`.
#[must_use]
pub(crate) fn with_parents(pid: u32, is_last: impl Fn(u32) -> bool) -> Option<Vec<Process>> {
    let mut found = Vec::new();
    let mut next = pid;
    while found.len() < MOST
        && let Some((process, parent)) = stat(next)
    {
        found.push(process);
        if is_last(next) {
            break;
        }
        next = parent;
    }
    let has_proc = !found.is_empty() || stat(std::process::id()).is_some();
    has_proc.then_some(found)
}

/// The words of a process, with its name. `None` if it has ended, or without `/proc`.
#[must_use]
pub(crate) fn words_of(pid: u32) -> Option<Vec<OsString>> {
    let line = bounded::file(Path::new(&format!("/proc/{pid}/cmdline"))).ok()?;
    let line = line.strip_suffix(b"\0")?;
    let words = line.split(|byte| *byte == 0);
    Some(words.map(|it| OsString::from_vec(it.to_vec())).collect())
}

/// A process and the number of its parent.
fn stat(pid: u32) -> Option<(Process, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before may hold anything.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace();
    let parent = fields.nth(1)?.parse().ok()?;
    let started = fields.nth(17)?.parse().ok()?;
    Some((Process { pid, started }, parent))
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::parent_id;

    use super::*;

    #[test]
    fn the_words_of_this_process_are_its_own() {
        if let Some(words) = words_of(std::process::id()) {
            assert_eq!(words, std::env::args_os().collect::<Vec<_>>());
        }
        assert_eq!(words_of(u32::MAX), None);
    }

    #[test]
    fn the_parents_of_this_process_are_found() {
        let Some(found) = with_parents(std::process::id(), |_| false) else {
            eprintln!("skipped: no /proc");
            return;
        };
        let pids: Vec<u32> = found.iter().map(|it| it.pid).collect();
        assert_eq!(pids[..2], [std::process::id(), parent_id()]);
        assert!(found[0].started > 0 && found[0].started >= found[1].started);
        assert_eq!(with_parents(u32::MAX, |_| false), Some(vec![]));
        let parent = |pid| pid == parent_id();
        assert_eq!(
            with_parents(std::process::id(), parent).map(|it| it.len()),
            Some(2)
        );
    }
}
