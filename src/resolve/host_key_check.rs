//! Whether ssh asks the agent about a host key, and what the agent is told then.

use super::host::Settings;
use super::push::KeyPush;
use super::route_config::RouteConfig;
use crate::agent::host_key_check::HostKeyCheck;
use crate::agent::push::AwsAccess;
use crate::error::Error;
use crate::plan::argv::host_key_check::{CannotVerify, KeyFacts};
use crate::plan::argv::host_key_name::HostKeyName;
use crate::plan::cli::invocation::Invocation;
use crate::plan::route::Route;
use crate::plan::target::ids::InstanceId;
use crate::plan::verify_host_key::VerifyHostKey;
use crate::world::openssh::config_files;

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
) -> Result<bool, Error> {
    let option = invocation.options.verify_host_key;
    let Some(name) = name else {
        if option == VerifyHostKey::Require && settings.is_pipe() {
            return Err(CannotVerify::UnknownConfig.into());
        }
        return Ok(false);
    };
    let config = &config.config.host_key;
    let instance = InstanceId::parse(id).ok();
    let home = config_files::home();
    let facts = KeyFacts {
        config,
        is_known: name.is_known,
        is_instance: instance.is_some(),
        is_for_one: !invocation.has_several_places(),
        home: &home.to_string_lossy(),
    };
    let applies = facts.asks_agent(option)?;
    if let (true, Some(id), Some(access)) = (applies, instance, access) {
        let file = config.user_files.first().filter(|it| *it != "none");
        push.check_host_key(HostKeyCheck {
            name: name.name.clone(),
            address: address(route),
            file: file.map(Into::into),
            is_hashed: config.hashes,
            is_required: option == VerifyHostKey::Require,
            id,
            access: access.clone(),
        });
    }
    Ok(applies)
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
