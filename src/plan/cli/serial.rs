//! What in the words does not go with a serial console.

use super::invocation::Invocation;
use super::usage::SerialConflict;
use crate::plan::program::Program;

/// The first thing in these words that a serial console has not.
pub(super) fn conflict(invocation: &Invocation) -> Option<SerialConflict> {
    let has_user = || {
        let mut destinations = invocation.destinations();
        invocation.has(b'l')
            || destinations.any(|destination| destination.login.is_some())
            || invocation.sets(&["user"])
    };
    let forwards = || b"LRDWw".iter().any(|letter| invocation.has(*letter));
    match invocation.program {
        Program::Sftp | Program::Scp => Some(SerialConflict::Files),
        Program::Ssh if invocation.command => Some(SerialConflict::Command),
        Program::Ssh if forwards() => Some(SerialConflict::Forwarding),
        Program::Ssh => has_user().then_some(SerialConflict::User),
    }
}
