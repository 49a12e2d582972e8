//! What Linux tells about a process.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// SIGCHLD in a set of signals.
const SIGCHLD: u64 = 1 << 16;

/// The living descendants of a process.
pub(crate) fn descendants(of: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{of}/task"));
    let of_task = |task: fs::DirEntry| fs::read_to_string(task.path().join("children"));
    let children = tasks.into_iter().flatten().flatten().flat_map(of_task);
    let children: Vec<u32> = children
        .flat_map(|line| line.split(' ').flat_map(str::parse).collect::<Vec<_>>())
        .collect();
    let below = children.iter().flat_map(|child| descendants(*child));
    below.chain(children.iter().copied()).collect()
}

/// The name of the program, and its first argument if that is a long option: `mssh --tunnel`.
/// `None` once it has ended.
pub(crate) fn name(pid: u32) -> Option<String> {
    let line = fs::read_to_string(format!("/proc/{pid}/cmdline")).ok()?;
    let mut words = line.split('\0');
    let program = Path::new(words.next()?).file_name()?.to_str()?;
    let mode = words.next().filter(|word| word.starts_with("--"));
    Some(match mode {
        Some(mode) => format!("{program} {mode}"),
        None => program.to_owned(),
    })
}

/// From `/proc/PID/status`, in megabytes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Status {
    /// The peak of what is resident.
    pub(crate) peak: f64,
    /// What of that is mapped files now: shared by all processes of a program.
    pub(crate) files: f64,
    pub(crate) ignores_children: bool,
}

impl Status {
    pub(crate) fn of(pid: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let lines: HashMap<&str, &str> =
            text.lines().filter_map(|it| it.split_once(":\t")).collect();
        let megabytes = |name| {
            let kilobytes = lines.get(name)?.split_whitespace().next()?;
            Some(kilobytes.parse::<f64>().ok()? / 1024.0)
        };
        let ignored = u64::from_str_radix(lines.get("SigIgn")?, 16).ok()?;
        Some(Self {
            peak: megabytes("VmHWM")?,
            files: megabytes("RssFile")?,
            ignores_children: ignored & SIGCHLD != 0,
        })
    }

    /// The larger of each.
    pub(crate) fn max(self, other: Self) -> Self {
        Self {
            peak: self.peak.max(other.peak),
            files: self.files.max(other.files),
            ignores_children: self.ignores_children || other.ignores_children,
        }
    }
}

/// How many CPU milliseconds its threads have used, and how often they were woken.
pub(crate) fn activity(pid: u32) -> Option<(f64, f64)> {
    let (mut used, mut woken) = (0.0, 0.0);
    for task in fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten() {
        let read = |name| fs::read_to_string(task.path().join(name));
        // Nanoseconds on a CPU, nanoseconds of waiting for one, and how often it got one.
        let times = read("schedstat").ok()?;
        let mut times = times.split_whitespace().flat_map(str::parse::<f64>);
        used += times.next()?;
        woken += times.nth(1)?;
    }
    Some((used / 1e6, woken))
}
