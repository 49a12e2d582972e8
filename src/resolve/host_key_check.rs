//! Whether ssh asks the agent about a host key, and what the agent is told then.

use super::host::Settings;
use super::push::KeyPush;
use super::route_config::RouteConfig;
use crate::agent::host_key_check::HostKeyCheck;
use crate::agent::push::AwsAccess;
use crate::error::Error;
use crate::plan::argv::host_key_check::{AskAgent, CannotVerify, KeyFacts};
use crate::plan::argv::host_key_name::HostKeyName;
use crate::plan::cli::invocation::Invocation;
use crate::plan::route::Route;
use crate::plan::ssh_g::known_hosts::{self, USUAL_PORT};
use crate::plan::target::ids::InstanceId;
use crate::plan::verify_host_key::VerifyHostKey;

/// Has the agent read the console of the instance `id`, if ssh is to ask about its key. `name` is that
/// of the key in known_hosts, if it is known.
///
/// # Errors
/// [`CannotVerify`], if the key must be verified.
pub(super) fn begin(
    id: &str,
    (settings, invocation, push, access): (
        &Settings<'_>,
        &Invocation,
        &KeyPush<'_>,
        Option<&AwsAccess>,
    ),
    name: Option<&HostKeyName>,
    route: &Route,
    config: &RouteConfig,
) -> Result<Option<AskAgent>, Error> {
    let option = invocation.options.verify_host_key;
    let Some(name) = name else {
        if option == VerifyHostKey::Require && settings.is_pipe() {
            return Err(CannotVerify::UnknownConfig.into());
        }
        return Ok(None);
    };
    let config = &config.config;
    let instance = InstanceId::parse(id).ok();
    let facts = KeyFacts {
        name,
        command: config.host_key.command,
        is_instance: instance.is_some(),
    };
    if !facts.asks_agent(option)? {
        return Ok(None);
    }
    let is_required = option == VerifyHostKey::Require;
    let has_several = invocation.has_several_places();
    if let (Some(id), Some(access)) = (instance, access) {
        let file = config.host_key.user_files.first();
        let by_id = known_hosts::name(id.as_str(), config.port.unwrap_or(USUAL_PORT));
        // With one destination, ssh will look for the ID.
        let is_apart = has_several && by_id != name.name;
        push.check_host_key(HostKeyCheck {
            name: name.name.clone(),
            also: Some(by_id).filter(|_| is_apart),
            address: address(route),
            file: file.filter(|it| *it != "none").map(Into::into),
            is_hashed: config.host_key.hashes,
            is_required,
            id,
            access: access.clone(),
        });
    }
    // Those of one destination are not those of another; and what must be verified shall be of a type
    // that the console shows.
    let algorithms = config.host_key.algorithms.clone();
    Ok(Some(AskAgent {
        algorithms: algorithms.filter(|_| !is_required && !has_several),
    }))
}

/// The address that ssh connects to; `None` if another machine could not have it.
fn address(route: &Route) -> Option<String> {
    match route {
        Route::Tunnel(..) | Route::Serial(_) => None,
        Route::Direct(..) | Route::ByHostName(..) | Route::AsTyped(_) | Route::InstanceId(_) => {
            Some(route.destination())
        }
    }
}
