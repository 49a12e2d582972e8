//! The command of `Match exec` (ssh_config(5)) in the block of `--ssh-config`: decides whether the
//! block applies, and makes a key if it does.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use crate::plan::target::ids::{InstanceId, NodeId};
use crate::world::key::keeper::Keeper;
use crate::world::process;

/// Succeeds if the block does not apply: mssh has started this ssh, or the host is not an instance.
/// Otherwise makes the key, unless ssh logs in with the user's own, and fails.
///
/// Reports no error: our ProxyCommand will fail with the same one.
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
        // ssh expands %h to the ID in lower case, as here.
        let _ = Keeper::hand_over(&Path::new(directory).join(id.as_str()));
    }
    ExitCode::FAILURE
}
