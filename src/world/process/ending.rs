//! How a process ends, by `/proc` (proc_pid_stat(5)).

use std::fs;

/// The flag of a process that exits (PF_EXITING in the kernel's `sched.h`). It is set before its files
/// are closed.
const EXITING: u32 = 0x4;

/// The end of a process, as far as it can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Lives,
    /// It ends, or has ended: with this status, as from wait(2).
    Ends(i32),
    /// Its parent knows how it has ended, or there is no `/proc`.
    Unknown,
}

impl Ending {
    /// How the process with this number ends.
    #[must_use]
    pub(crate) fn of(pid: i32) -> Self {
        fs::read_to_string(format!("/proc/{pid}/stat"))
            .ok()
            .and_then(|stat| parse(&stat))
            .unwrap_or(Self::Unknown)
    }
}

fn parse(stat: &str) -> Option<Ending> {
    // The name before may hold anything.
    let (_, after_name) = stat.rsplit_once(')')?;
    // From the third field on.
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let flags: u32 = fields.get(6)?.parse().ok()?;
    if flags & EXITING == 0 {
        return Some(Ending::Lives);
    }
    fields.get(49)?.parse().ok().map(Ending::Ends)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn the_status_of_a_process_is_known_until_its_parent_asks() {
        if Ending::of(std::process::id().cast_signed()) == Ending::Unknown {
            eprintln!("skipped: no /proc");
            return;
        }
        let mut child = Command::new("sh")
            .args(["-c", "exit 255"])
            .spawn()
            .expect("sh");
        let pid = child.id().cast_signed();
        while Ending::of(pid) == Ending::Lives {
            std::thread::yield_now();
        }
        assert_eq!(Ending::of(pid), Ending::Ends(255 << 8));
        child.wait().expect("a child");
        assert_eq!(Ending::of(pid), Ending::Unknown);
        assert_eq!(parse("1 (a) b) S 1"), None);
    }
}
