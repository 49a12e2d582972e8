//! Signals that wait until this process has cleaned up: only SIGKILL ends it before.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Signals that stop a process, continue it, or do nothing to it.
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

/// All others: once this is made, they are only noted.
#[derive(Debug)]
pub(crate) struct HeldSignals(SignalFd);

impl HeldSignals {
    /// Holds them back from this thread and those that it starts.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn hold() -> io::Result<Self> {
        let mut held = SigSet::all();
        for signal in HARMLESS {
            held.remove(signal);
        }
        held.thread_block()?;
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        Ok(Self(SignalFd::with_flags(&held, flags)?))
    }

    /// Waits for the first of them. Call it in the runtime.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) async fn first(&self) -> io::Result<()> {
        readable(self.0.as_fd().try_clone_to_owned()?).await
    }
}

/// Waits until a descriptor can be read: one for signals, or for a process, which has ended then
/// (pidfd_open(2)). Call it in the runtime.
///
/// # Errors
/// If the system refuses.
#[expect(
    deprecated,
    reason = "what replaces it is unsafe, and an OwnedFd is what it asks for"
)]
pub(crate) async fn readable(descriptor: OwnedFd) -> io::Result<()> {
    let ready = AsyncFd::with_interest(descriptor, Interest::READABLE)?;
    ready.readable().await.map(drop)
}
