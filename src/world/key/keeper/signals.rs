//! Signals that a keeper is told to go by: none but SIGKILL may end it before it has cleaned up.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Those that stop a process, have it go on, or do nothing to it.
const HARMLESS: [Signal; 8] = [
    Signal::SIGSTOP,
    Signal::SIGTSTP,
    Signal::SIGTTIN,
    Signal::SIGTTOU,
    Signal::SIGCONT,
    Signal::SIGCHLD,
    Signal::SIGURG,
    Signal::SIGWINCH,
];

/// All the others: from when it is made on, they wait until somebody looks.
pub(super) struct Signals(SignalFd);

/// What has ended a wait.
pub(super) enum Woken {
    /// What was waited for.
    Ready,
    /// The deadline.
    Late,
    /// A signal.
    Signalled,
}

impl Signals {
    /// Holds them back, from whatever we start as well.
    pub(super) fn hold() -> io::Result<Self> {
        let mut held = SigSet::all();
        for signal in HARMLESS {
            held.remove(signal);
        }
        held.thread_block()?;
        Ok(Self(SignalFd::with_flags(&held, SfdFlags::SFD_CLOEXEC)?))
    }

    /// Waits for a signal, or until there is something to read, or its end.
    pub(super) fn or(&self, fd: Option<BorrowedFd<'_>>, deadline: Option<Instant>) -> Woken {
        let signals = self.0.as_fd();
        loop {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            let timeout = left.and_then(|left| Timespec::try_from(left).ok());
            let mut all = vec![PollFd::from_borrowed_fd(signals, PollFlags::IN)];
            all.extend(fd.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)));
            match poll(&mut all, timeout.as_ref()) {
                Err(Errno::INTR) => {}
                Ok(0) | Err(_) => return Woken::Late,
                Ok(_) if !all[0].revents().is_empty() => return Woken::Signalled,
                Ok(_) => return Woken::Ready,
            }
        }
    }
}
