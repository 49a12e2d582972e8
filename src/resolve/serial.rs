//! The serial console: it uses no address or network of the instance, and no user of its system.

use super::find::Need;
use super::host::{Host, Settings};
use super::{Resolver, master};
use crate::error::Error;
use crate::plan::argv::Resolved;
use crate::plan::cli::grammar::{KNOWN_HOSTS_COMMAND, Release};
use crate::plan::route::Route;
use crate::plan::route::error::RouteError;
use crate::plan::route::no_console::{ConsoleError, NoConsole};
use crate::plan::route::serial::Console;
use crate::plan::target::ids::{InstanceId, Login};
use crate::plan::target::lookup::Lookup;
use crate::world::aws::Regional;
use crate::world::openssh;
use crate::world::tty::terminal::Terminal;

impl Resolver<'_> {
    /// The serial console of an instance. Its address depends on the region alone, so the push need
    /// not wait for a look-up by ID, which only explains why a console may be silent.
    pub(super) async fn serial_console(
        &self,
        lookup: Lookup,
        host: Host<'_>,
        aws: &Regional<'_>,
    ) -> Result<Resolved, Error> {
        let (id, is_found) = match lookup {
            Lookup::Id(id) if !self.invocation.options.start => (id, false),
            lookup @ (Lookup::Id(_) | Lookup::Filters(_) | Lookup::Tags(_) | Lookup::Found(_)) => {
                (self.find_running(&lookup, &host, aws).await?.id, true)
            }
        };
        let console = console(&id, &self.settings, aws)?;
        let login = Login::at_console(&id);
        let (host, knows_key) = (Host { login, ..host }, console.fingerprint.is_some());
        let route = Route::Serial(console);
        if master::is_running(&self.settings, &host, &route).await? {
            return self.by_master(id.as_str(), &host, route);
        }
        if !knows_key && !self.invocation.is_control_command() {
            warn_of_unknown_host_key(aws, self.terminal);
        }
        self.push.make_key(self.terminal)?;
        let push = self.push.to_console(&id, aws).await?;
        if !is_found {
            self.find_by_id(&id, Need::MayBeDenied, aws).await?;
        }
        // Not while ssh starts already: that access to consoles is disabled is the usual error.
        push.accepted().await?;
        self.by_login(id.as_str(), &host, route, None).await
    }
}

/// The console of a region's instances.
///
/// # Errors
/// [`NoConsole::OldSsh`] if this ssh cannot check the console's host key.
fn console(id: &InstanceId, settings: &Settings<'_>, aws: &Regional<'_>) -> Result<Console, Error> {
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

fn warn_of_unknown_host_key(aws: &Regional<'_>, terminal: Terminal) {
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
