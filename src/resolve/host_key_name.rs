//! The name under which ssh looks for the host key of a destination.

use super::host::{Host, Settings};
use super::route_config::RouteConfig;
use crate::error::Error;
use crate::plan::argv::host_key_name::{HostKeyName, NamePolicy, is_in_control_path};
use crate::plan::cli::invocation::Invocation;
use crate::plan::host_key_alias::HostKeyAlias;
use crate::plan::route::Route;
use crate::plan::ssh_g::host_blocks;
use crate::world::openssh::config_files;
use crate::world::openssh::known_hosts::{any_file, look};

/// The name for the instance `id`. Reads each file of known_hosts once.
///
/// `None` if it is not mssh's to choose: on a serial console, whose key is published; where ssh's
/// settings are not known, or ssh does not log in.
///
/// # Errors
/// Those of `ssh -G`, which is asked again only if its files may say something else about the host key
/// on this route than for the host as typed.
pub(super) async fn of(
    id: &str,
    settings: &Settings<'_>,
    invocation: &Invocation,
    (host, route): (&Host<'_>, &Route),
    config: &mut RouteConfig,
) -> Result<Option<HostKeyName>, Error> {
    let option = invocation.options.host_key_alias;
    let is_unknown = settings.is_pipe() && option != HostKeyAlias::Yes;
    if settings.is_given()
        || is_unknown
        || invocation.is_control_command()
        || matches!(route, Route::Serial(_))
    {
        return Ok(None);
    }
    if config.may_differ_in_host_key() {
        // On the heap: it is large.
        Box::pin(config.ask(settings, host, route)).await?;
    }
    let config = &config.config;
    let is_in_files = || any_file(config, host_blocks::has_alias_in_control_path);
    let home = config_files::home();
    let home = home.to_string_lossy();
    let policy = NamePolicy {
        option,
        sets_alias: invocation.sets(&["hostkeyalias"]),
        sets_check: invocation.sets(&["checkhostip"]),
        is_for_one: !invocation.has_several_places(),
        is_in_control_path: config.has_control_path
            && (is_in_control_path(invocation) || is_in_files()),
        home: &home,
    };
    Ok(Some(HostKeyName::choose(
        id,
        config,
        policy,
        |own, alias| look(&config.host_key, own, alias),
    )))
}
