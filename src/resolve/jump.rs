//! Hops (ProxyJump in ssh_config(5)) that are instances: their users, and the ssh that forwards
//! through them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::hop_lookup::HopLookup;
use super::host_key_name;
use crate::error::Error;
use crate::plan::argv::CommandLine;
use crate::plan::argv::jump::JumpChain;
use crate::plan::argv::ssh_config::{Block, BlockKey};
use crate::plan::cli::invocation::Invocation;
use crate::plan::cli::setup;
use crate::plan::key_type::KeyType;
use crate::plan::route::hops;
use crate::plan::ssh_g::bad_value::BadConfigValue;
use crate::plan::ssh_g::{self, HostConfig, Query, known_hosts};
use crate::plan::target::bad_name::BadName;
use crate::plan::target::hop::Hop;
use crate::plan::way::Way;
use crate::world::openssh::error::SshError;
use crate::world::openssh::{self, ConfigSource};
use crate::world::process;

/// Asks ssh about each hop, as about any target, for its HostName and user; and looks up in EC2
/// which instance has an address or a name.
///
/// # Errors
/// What is wrong with a hop that is an instance; those of the look-up.
pub(crate) async fn identify(
    hops: &mut [Hop],
    invocation: &Invocation,
    source: &ConfigSource,
    lookup: &HopLookup<'_>,
) -> Result<(), Error> {
    let typed = ssh_g::has_proxy_on_command_line(invocation);
    for (at, hop) in hops.iter_mut().enumerate() {
        let mut asked = None;
        if hop.needs_ssh_g() {
            match ask(hop, invocation, source).await {
                Ok(config) => {
                    let config = asked.insert(config);
                    let applied = hops::apply(hop, config, at == 0);
                    applied.map_err(|error| match error.keyword {
                        "ProxyJump" => bad_hop(error.name, typed),
                        _ => error.into(),
                    })?;
                }
                Err(error) if hop.is_instance() => return Err(error.into()),
                // ssh will report that itself.
                Err(_) => {}
            }
            if let Some(login) = hop.login.as_ref().filter(|_| hop.is_instance()) {
                login.for_push().map_err(|name| bad_hop(name, typed))?;
            }
        }
        look_up(hop, asked.as_ref(), invocation, lookup).await?;
    }
    Ok(())
}

/// Looks up in EC2 which instance has the address or the name of a hop, if it has one of them.
async fn look_up(
    hop: &mut Hop,
    asked: Option<&HostConfig>,
    invocation: &Invocation,
    lookup: &HopLookup<'_>,
) -> Result<(), Error> {
    if let Some(address) = hop.address() {
        let found = lookup.at(address).await?;
        hop.alias = match (&found, asked) {
            (Some(id), Some(config)) => host_key_name::alias_of_hop(id, config, invocation),
            _ => None,
        };
        hop.settle_address(found.is_some());
    } else if hop.is_name() {
        let found = lookup.named(hop).await?;
        // Another port is that of its own block. The usual one may be nobody's: the ID's block decides.
        let port = asked.and_then(|it| it.port);
        let own = port.filter(|it| *it != known_hosts::USUAL_PORT);
        hop.settle_name(found.as_ref(), own);
    }
    Ok(())
}

/// What is wrong with a hop, and where it was set: by -J if `typed`.
pub(super) fn bad_hop(name: BadName, typed: bool) -> Error {
    if typed {
        name.into()
    } else {
        BadConfigValue::proxy_jump(name).into()
    }
}

/// What ssh says about a hop. ssh passes on only `-F` to the ssh that it starts for a hop.
async fn ask(
    hop: &Hop,
    invocation: &Invocation,
    source: &ConfigSource,
) -> Result<HostConfig, SshError> {
    let ssh = process::find("ssh")?;
    let invocation = invocation.for_hop(hop.destination.clone());
    openssh::ask(&ssh, &invocation, &Query::of(&hop.destination), source).await
}

/// The ProxyCommand through hops if some are instances, which ssh does not recognize. mssh finds
/// each one, and pushes its key, just before ssh logs in to it. Their agents have sockets in this
/// directory, and keys of this type unless the command line names one.
///
/// # Errors
/// Paths that cannot be quoted.
pub(super) fn proxy_command(
    hops: &[Hop],
    invocation: &Invocation,
    key_type: KeyType,
    directory: PathBuf,
) -> Result<Option<OsString>, Error> {
    let ssh = process::find("ssh")?;
    let key = BlockKey::HopAgent(directory, "hop".to_owned());
    let mut block = block(invocation, invocation.options.via, key)?;
    // Not asked for, but chosen: each hop's mssh does not ask ssh.
    if invocation.options.key_type.is_none() && key_type != KeyType::default() {
        let words = ["--key-type", key_type.name()];
        block.words.extend(words.map(OsString::from));
    }
    Ok(chain(&ssh, &block, hops, invocation).proxy_command()?)
}

/// The ssh that forwards through hops to `forward`, `HOST:PORT`. The first hop is reached by the way
/// `first`, and the sockets of their agents are in this directory, which may have other hops' as well.
///
/// # Errors
/// Paths that cannot be quoted.
pub(crate) fn forwarding_ssh(
    hops: &[Hop],
    invocation: &Invocation,
    first: Way,
    directory: PathBuf,
    forward: &str,
) -> Result<CommandLine, Error> {
    let ssh = process::find("ssh")?;
    let name = format!("hop{}.", std::process::id());
    let block = block(invocation, first, BlockKey::HopAgent(directory, name))?;
    let words = chain(&ssh, &block, hops, invocation).words(forward)?;
    Ok(CommandLine {
        program: ssh,
        words: words.unwrap_or_default(),
        by_shell: true,
    })
}

fn chain<'a>(
    ssh: &'a Path,
    block: &'a Block,
    hops: &'a [Hop],
    invocation: &'a Invocation,
) -> JumpChain<'a> {
    JumpChain {
        ssh,
        config: invocation.config_file(),
        block,
        hops,
    }
}

/// mssh as the ProxyCommand of each hop that is an instance.
fn block(invocation: &Invocation, first: Way, key: BlockKey) -> Result<Block, Error> {
    // Such a way is for the destination only.
    let first = if first.is_for_ssh() { Way::Auto } else { first };
    let mut words = setup::words(&invocation.options, first);
    words.extend(invocation.options.debug.then(|| "--debug".into()));
    Ok(Block {
        mssh: process::mssh_path()?,
        words,
        key,
    })
}
