//! The story of `Match exec` (ssh_config(5)) in the block of `--ssh-config`: whether plain ssh is to
//! do without the block, and if not, a key for it.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use crate::plan::target::ids::{InstanceId, NodeId};
use crate::world::key::keeper::Keeper;
use crate::world::process;

/// Succeeds where the block is not for this ssh, since we started it, or the host is no instance.
/// Else it makes the key at its place, unless ssh logs in with the user's, and fails.
///
/// Where it cannot be made, our ProxyCommand will meet the same trouble, and say so.
pub(crate) fn skips_block(words: &[OsString]) -> ExitCode {
    let (directory, host) = match words {
        [directory, host] => (Some(directory), host),
        [host] => (None, host),
        _ => return ExitCode::FAILURE,
    };
    let host = host.to_string_lossy();
    let id = InstanceId::parse(&host);
    if id.is_err() && NodeId::parse(&host).is_err() || process::parent_is_started_by_mssh() {
        return ExitCode::SUCCESS;
    }
    if let (Some(directory), Ok(id)) = (directory, id) {
        // ssh itself says it in lower case later on, as we do.
        let _ = Keeper::hand_over(&Path::new(directory).join(id.as_str()));
    }
    ExitCode::FAILURE
}
