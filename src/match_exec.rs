//! The command of `Match exec` (ssh_config(5)) in the block of `--ssh-config`: decides whether the
//! block applies.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::plan::target::ids::{InstanceId, NodeId};
use crate::world::process;

/// Succeeds if the block does not apply: mssh has started this ssh, or the host is not an instance.
///
/// The block of an older version has a directory for keys before the host.
pub(crate) fn skips_block(words: &[OsString]) -> ExitCode {
    let ([host] | [_, host]) = words else {
        return ExitCode::FAILURE;
    };
    let host = host.to_string_lossy();
    let id = InstanceId::parse(&host);
    if id.is_err() && NodeId::parse(&host).is_err() || process::parent_is_started_by_mssh() {
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}
