//! The file with the host keys that consoles show, for an ssh before OpenSSH 8.5.

use std::ffi::OsString;
use std::path::Path;

use crate::agent::client::AgentProcess;
use crate::error::Error;
use crate::plan::argv::Resolved;
use crate::plan::argv::console_keys::ConsoleKeys;
use crate::plan::argv::host_key_check::AskAgent;
use crate::world::key::directory;

/// The path that `--dry-run` shows: it reads no console.
const NO_FILE: &str = "CONSOLE_KEYS";

/// The values of `-o` for the keys that the agent has found on the consoles of these destinations, which
/// are written into a file in its `directory`. Waits for the consoles.
///
/// # Errors
/// Why there is no key, if there must be one; and if the file cannot be written.
pub(super) async fn options(
    agent: Option<&AgentProcess>,
    directory: Option<&Path>,
    targets: &[Resolved],
) -> Result<Vec<OsString>, Error> {
    let by_file = targets.iter().filter_map(|it| match &it.asks_agent {
        Some(AskAgent::ByFile(keys)) => Some(keys),
        _ => None,
    });
    let by_file: Vec<&ConsoleKeys> = by_file.collect();
    let Some(first) = by_file.first() else {
        return Ok(Vec::new());
    };
    let Some((agent, directory)) = agent.zip(directory) else {
        return Ok(first.options(Some(Path::new(NO_FILE))));
    };
    let mut lines = String::new();
    for check in by_file.iter().filter_map(|it| it.check) {
        lines += &agent.console_keys(check).await?;
    }
    if lines.is_empty() {
        return Ok(first.options(None));
    }
    let file = directory::write_console_keys(directory, &lines)?;
    Ok(first.options(Some(&file)))
}
