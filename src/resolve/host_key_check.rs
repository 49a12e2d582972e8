//! Whether a host key is compared with the console, and what the agent is told then.

use super::host::Settings;
use super::push::KeyPush;
use super::route_config::RouteConfig;
use crate::agent::host_key_check::HostKeyCheck;
use crate::agent::push::AwsAccess;
use crate::error::Error;
use crate::plan::argv::console_keys::ConsoleKeys;
use crate::plan::argv::host_key_check::{AskAgent, CannotVerify, KeyFacts, KeySource};
use crate::plan::argv::host_key_name::HostKeyName;
use crate::plan::cli::invocation::Invocation;
use crate::plan::route::Route;
use crate::plan::ssh_g::HostConfig;
use crate::plan::ssh_g::known_hosts::{self, USUAL_PORT};
use crate::plan::target::ids::InstanceId;
use crate::plan::verify_host_key::VerifyHostKey;

/// Has the agent read the console of the instance `id`, if its key is to be compared. `name` is that
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
        config: &config.host_key,
        is_instance: instance.is_some(),
    };
    let Some(source) = facts.source(option)? else {
        return Ok(None);
    };
    let is_required = option == VerifyHostKey::Require;
    let has_several = invocation.has_several_places();
    let check = instance.zip(access).map(|(id, access)| {
        let check = console_check(id, access, (name, route), config);
        HostKeyCheck {
            // With one destination, ssh will look for the ID.
            also: check.also.filter(|_| has_several),
            is_required,
            ..check
        }
    });
    Ok(Some(match source {
        KeySource::Command => {
            if let Some(check) = check {
                push.check_host_key(check);
            }
            // Those of one destination are not those of another; and what must be verified
            // must be of a type that the console shows.
            let algorithms = config.host_key.algorithms.clone();
            AskAgent::ByCommand {
                algorithms: algorithms.filter(|_| !is_required && !has_several),
            }
        }
        KeySource::File => AskAgent::ByFile(ConsoleKeys {
            check: check.and_then(|it| push.check_host_key_by_file(it)),
            user_files: config.host_key.user_files.clone(),
            is_required,
        }),
    }))
}

/// What the agent compares with the console of the instance. The key is known by the ID, too, if that is
/// another name.
fn console_check(
    id: InstanceId,
    access: &AwsAccess,
    (name, route): (&HostKeyName, &Route),
    config: &HostConfig,
) -> HostKeyCheck {
    let port = config.port.unwrap_or(USUAL_PORT);
    let by_id = known_hosts::name(id.as_str(), port);
    let known_by = (name.name.as_str(), route.key_address());
    HostKeyCheck {
        port: Some(port).filter(|_| config.proxy.is_none()),
        also: Some(by_id).filter(|it| *it != name.name),
        ..HostKeyCheck::of(id, access, known_by, &config.host_key)
    }
}
