//! The command line of the client, once its destinations are resolved.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::console_keys;
use crate::agent::client::AgentProcess;
use crate::error::Error;
use crate::plan::argv::agent::{AgentOptions, Forwarded};
use crate::plan::argv::host_key;
use crate::plan::argv::host_key_check::AskAgent;
use crate::plan::argv::own_connection::{ConnectOptions, OwnConnection};
use crate::plan::argv::tunnel::TunnelArgs;
use crate::plan::argv::{self, CommandLine, Identity, ProxyCommand, Resolved};
use crate::plan::cli::invocation::Invocation;
use crate::plan::ssh_g::AgentConfig;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::world::key::directory;
use crate::world::openssh::user_agent;
use crate::world::process;

/// The paths that `--dry-run` shows: it makes no key, and starts no agent.
const NO_AGENT: &str = "AGENT_SOCKET";
const NO_KEY: &str = "EPHEMERAL_KEY";

/// The command line of a client that logs in.
///
/// # Errors
/// No connection or host key where there must be one; our own path, if it is needed and not found.
pub(super) async fn of_login(
    client: &Path,
    invocation: &Invocation,
    (agent, directory): (Option<&AgentProcess>, Option<&Path>),
    targets: &[Resolved],
) -> Result<CommandLine, Error> {
    let host_key = host_key_options(agent, directory, targets).await?;
    let options = agent_options(directory, invocation, targets, host_key);
    let identity = match (&options, invocation.identity()) {
        (Some(options), None) => Identity::Ephemeral(options),
        (options, _) => Identity::Own(options.as_ref()),
    };
    let socket = directory.map(directory::socket_in);
    let purpose = match TunnelArgs::to(invocation, targets) {
        Some(tunnels) => Some(ProxyPurpose::Tunnels(TunnelArgs {
            agent: socket,
            ..tunnels
        })),
        None => match (own_connection(agent, targets).await, socket) {
            (Some(options), Some(agent)) => Some(ProxyPurpose::Connection(options, agent)),
            _ => None,
        },
    };
    build(client, invocation, (identity, purpose), targets)
}

/// The command line of a client that logs in nowhere: it uses a master's connection, or controls it.
///
/// # Errors
/// Our own path, if it is needed and not found.
pub(super) fn without_login(
    client: &Path,
    invocation: &Invocation,
    targets: &[Resolved],
) -> Result<CommandLine, Error> {
    build(client, invocation, (Identity::Unneeded, None), targets)
}

/// What ssh is told about the agent; `None` if no key is pushed.
fn agent_options(
    directory: Option<&Path>,
    invocation: &Invocation,
    targets: &[Resolved],
    host_key: Vec<OsString>,
) -> Option<AgentOptions> {
    let is_node = |it: &Destination| matches!(it.target, Target::Node(_));
    if invocation.destinations().all(is_node) {
        return None;
    }
    let (socket, key) = match directory {
        Some(directory) => (
            directory::socket_in(directory),
            directory::public_key_in(directory),
        ),
        None => (NO_AGENT.into(), NO_KEY.into()),
    };
    let config = targets.first().map(|it| &it.agent);
    let forwards_its_own = config.is_some_and(AgentConfig::forwards_its_own);
    let users = config.and_then(user_agent::socket);
    let forwarded = users.map_or(Forwarded::Nothing, Forwarded::Users);
    Some(AgentOptions {
        socket,
        host_key,
        public_key: Some(key).filter(|_| invocation.identity().is_none()),
        forwarded: Some(forwarded).filter(|_| forwards_its_own),
    })
}

/// How ssh learns about host keys that are compared with the console.
async fn host_key_options(
    agent: Option<&AgentProcess>,
    directory: Option<&Path>,
    targets: &[Resolved],
) -> Result<Vec<OsString>, Error> {
    match targets.iter().find_map(|it| it.asks_agent.as_ref()) {
        Some(AskAgent::ByCommand { algorithms }) => {
            let socket = directory.map_or_else(|| NO_AGENT.into(), directory::socket_in);
            let mssh = process::mssh_path()?;
            Ok(host_key::ask_options(&mssh, &socket, algorithms.as_deref()))
        }
        Some(AskAgent::ByFile(_)) => console_keys::options(agent, directory, targets).await,
        None => Ok(Vec::new()),
    }
}

/// How ssh gets the connections to these destinations, if all of them stand.
async fn own_connection<'a>(
    agent: Option<&AgentProcess>,
    targets: &'a [Resolved],
) -> Option<&'a ConnectOptions> {
    let options = OwnConnection::common(targets.iter().map(|it| it.connection.as_ref()))?;
    for connection in targets.iter().filter_map(|it| it.connection.as_ref()) {
        if !agent?.has_connected(connection.address).await {
            return None;
        }
    }
    Some(options)
}

/// What our ProxyCommand is for.
enum ProxyPurpose<'a> {
    Tunnels(TunnelArgs),
    /// To pass the open connections, which the agent at this socket has.
    Connection(&'a ConnectOptions, PathBuf),
}

/// Our own path is looked up only if ssh is to start us: the file may have been deleted.
fn build(
    client: &Path,
    invocation: &Invocation,
    (identity, purpose): (Identity<'_>, Option<ProxyPurpose<'_>>),
    targets: &[Resolved],
) -> Result<CommandLine, Error> {
    let knows_host_key = targets.iter().any(|it| it.route.host_key().is_some());
    let mssh = if purpose.is_some() || knows_host_key {
        Some(process::mssh_path()?)
    } else {
        None
    };
    let mssh = mssh.as_deref();
    let proxy = purpose.zip(mssh).map(|(purpose, mssh)| match purpose {
        ProxyPurpose::Tunnels(tunnels) => ProxyCommand::Copies(tunnels.proxy_command(mssh)),
        ProxyPurpose::Connection(options, agent) => {
            ProxyCommand::Passes(options.proxy_command(mssh, Some(&agent)))
        }
    });
    Ok(argv::build(
        client,
        invocation,
        identity,
        proxy.as_ref(),
        mssh,
        targets,
    ))
}
