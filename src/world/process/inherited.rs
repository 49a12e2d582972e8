//! Descriptors that a process inherited and must not keep open: a pipe of rsync's, a lock of a
//! script's.

use std::fmt;
use std::fs;
use std::io;
use std::os::fd::RawFd;

use nix::sys::resource::{Resource, getrlimit};

/// How many descriptors are closed at most where the system does not tell which are open.
const MOST_FILES: RawFd = 1 << 16;

/// O_CLOEXEC in the flags of `/proc/PID/fdinfo/FD`, which are octal.
const CLOSE_ON_EXEC: u32 = 0o2_000_000;

/// What a program inherits from this process beyond the standard three. It cannot find out itself:
/// its libraries may open files before it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Inherited {
    These(Vec<RawFd>),
    /// The system does not tell.
    Unknown,
}

impl Inherited {
    /// What this process would pass on.
    pub(crate) fn of_this_process() -> Self {
        let Ok(names) = fs::read_dir("/dev/fd") else {
            return Self::Unknown;
        };
        let number = |entry: fs::DirEntry| entry.file_name().to_str()?.parse().ok();
        let numbers = names.flatten().filter_map(number);
        Self::These(numbers.filter(|&fd| fd > 2 && is_passed_on(fd)).collect())
    }

    /// From what [`Inherited`] displays.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        if word == "unknown" {
            return Some(Self::Unknown);
        }
        let numbers = word.split(',').filter(|it| !it.is_empty());
        let numbers: Result<_, _> = numbers.map(str::parse).collect();
        numbers.ok().map(Self::These)
    }

    /// Closes them, in the program that has inherited them.
    pub(crate) fn close(&self) {
        let all = || {
            let limit = getrlimit(Resource::RLIMIT_NOFILE).map_or(0, |(soft, _)| soft);
            let end = RawFd::try_from(limit).unwrap_or(MOST_FILES);
            (3..end.min(MOST_FILES)).collect()
        };
        let numbers = match self {
            Self::These(numbers) => numbers.clone(),
            Self::Unknown => all(),
        };
        for fd in numbers {
            let _ = nix::unistd::close(fd);
        }
    }
}

impl fmt::Display for Inherited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::These(numbers) => {
                let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                f.write_str(&numbers.join(","))
            }
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// Whether execve(2) leaves a descriptor open. Where that cannot be seen, it may.
fn is_passed_on(fd: RawFd) -> bool {
    let info = match fs::read_to_string(format!("/proc/self/fdinfo/{fd}")) {
        Ok(info) => info,
        // The directory that was read is closed.
        Err(cause) => return cause.kind() != io::ErrorKind::NotFound,
    };
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
    flags.is_none_or(|flags| flags & CLOSE_ON_EXEC == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_displayed_is_parsed() {
        for inherited in [
            Inherited::Unknown,
            Inherited::These(vec![]),
            Inherited::These(vec![3, 17]),
        ] {
            assert_eq!(Inherited::parse(&inherited.to_string()), Some(inherited));
        }
        assert_eq!(Inherited::parse("3,x"), None);
    }

    #[test]
    fn only_what_execve_leaves_open_is_passed_on() -> std::io::Result<()> {
        use std::os::fd::AsRawFd;
        let closed = fs::File::open("/dev/null")?;
        let open = rustix::fs::open(
            "/dev/null",
            rustix::fs::OFlags::RDONLY,
            rustix::fs::Mode::empty(),
        )?;
        let Inherited::These(numbers) = Inherited::of_this_process() else {
            panic!("no /dev/fd");
        };
        assert!(numbers.contains(&open.as_raw_fd()), "{numbers:?}");
        assert!(!numbers.contains(&closed.as_raw_fd()), "{numbers:?}");
        Ok(())
    }
}
