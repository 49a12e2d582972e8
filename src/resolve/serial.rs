//! The serial console: it uses no address or network of the instance, and no user of its system.

use super::host::Settings;
use crate::error::Error;
use crate::plan::cli::grammar::{KNOWN_HOSTS_COMMAND, Release};
use crate::plan::route::error::RouteError;
use crate::plan::route::no_console::{ConsoleError, NoConsole};
use crate::plan::route::serial::Console;
use crate::plan::target::ids::InstanceId;
use crate::world::aws::Regional;
use crate::world::openssh;
use crate::world::tty::terminal::Terminal;

/// The console of a region's instances.
///
/// # Errors
/// [`NoConsole::OldSsh`] if this ssh cannot check the console's host key.
pub(super) fn console(
    id: &InstanceId,
    settings: &Settings<'_>,
    aws: &Regional<'_>,
) -> Result<Console, Error> {
    let console = Console::of(aws.region.as_str());
    if console.fingerprint.is_some()
        && let Settings::Ssh(ssh) = settings
        && let Some(release) = openssh::release_of(ssh.program).filter(|it| is_old(*it))
    {
        return Err(RouteError::from(ConsoleError {
            id: id.clone(),
            region: aws.chosen(),
            why: NoConsole::OldSsh(release),
        })
        .into());
    }
    Ok(console)
}

pub(super) fn warn_of_unknown_host_key(aws: &Regional<'_>, terminal: Terminal) {
    let text = format!(
        "the host key of the serial consoles of {} is not known",
        aws.region
    );
    terminal.warn(&format!(
        "{text} to mssh, so that ssh decides as it is set to"
    ));
}

/// Whether this release of ssh does not have KnownHostsCommand.
fn is_old(release: Release) -> bool {
    release < KNOWN_HOSTS_COMMAND
}
