//! A connection with one of the clients: resolve each destination, push a key, become the client.
//!
//! The agent that holds the key starts first, so that its start takes no time of its own. ssh starts
//! when the route is known, and the agent keeps it waiting for the key until the push is accepted.

mod console_keys;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::agent::client::AgentProcess;
use crate::error::Error;
use crate::plan::argv::agent::{AgentOptions, Forwarded};
use crate::plan::argv::host_key;
use crate::plan::argv::host_key_check::AskAgent;
use crate::plan::argv::own_connection::{ConnectOptions, OwnConnection};
use crate::plan::argv::tunnel::TunnelArgs;
use crate::plan::argv::{self, CommandLine, Identity, ProxyCommand, Resolved};
use crate::plan::cli::invocation::Invocation;
use crate::plan::program::Program;
use crate::plan::route::Route;
use crate::plan::ssh_g::{AgentConfig, ForwardAgent};
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::resolve::Resolver;
use crate::resolve::host::{Settings, Ssh};
use crate::resolve::lazy_aws::LazyAws;
use crate::resolve::push::{KeyAgent, KeyPush};
use crate::resolve::search::{self, Ahead};
use crate::run::{become_client, show, wait_for};
use crate::world::key::directory;
use crate::world::openssh::{ConfigSource, user_agent};
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::tty::terminal::Terminal;

/// The paths that `--dry-run` shows: it makes no key, and starts no agent.
const NO_AGENT: &str = "AGENT_SOCKET";
const NO_KEY: &str = "EPHEMERAL_KEY";

/// Prepares the connection, then becomes the client, or shows its command line.
///
/// # Errors
/// The first step that fails. No file and no process is left behind then.
pub(crate) fn run(invocation: &Invocation, terminal: Terminal) -> Result<(), Error> {
    let options = &invocation.options;
    let terminal = terminal.with_verbosity(options.debug, invocation.is_verbose());
    let quiet = invocation.is_quiet();
    let (line, agent, stays) = wait_for(async {
        let agent = start_agent(invocation)?;
        let prepare = prepare(invocation, agent.as_ref(), terminal);
        let prepared = terminal.show_wait_during(quiet, prepare).await?;
        let agent = agent.filter(|_| prepared.logs_in);
        Ok((prepared.line, agent, prepared.stays))
    })?;
    if options.dry_run {
        return show(&line);
    }
    terminal.debug(|| format!("becoming {}", line.quoted().to_string_lossy()));
    if let Some(agent) = agent {
        agent.becomes_client(stays)?;
    }
    become_client(&line)
}

/// The client to become.
struct Prepared {
    line: CommandLine,
    /// Whether it logs in, and so needs the agent.
    logs_in: bool,
    /// Whether it looks for the agent once more after it has gone to the background.
    stays: bool,
}

/// Starts the agent, unless this run logs in nowhere.
fn start_agent(invocation: &Invocation) -> Result<Option<AgentProcess>, Error> {
    let options = &invocation.options;
    if options.dry_run || invocation.is_control_command() {
        return Ok(None);
    }
    let agent = AgentProcess::start(invocation.program, options.debug)?;
    Ok(Some(agent))
}

/// Resolves the destinations and builds the client's command line.
async fn prepare(
    invocation: &Invocation,
    agent: Option<&AgentProcess>,
    terminal: Terminal,
) -> Result<Prepared, Error> {
    let client = process::find(invocation.program.client())?;
    let ssh = match invocation.program {
        Program::Ssh => client.clone(),
        Program::Sftp | Program::Scp => process::find("ssh")?,
    };
    terminal.debug(|| format!("the client is {}", client.display()));
    process::make_children_waitable().map_err(IoError::Start)?;
    let source = ConfigSource::of(invocation);
    let settings = |invocation| {
        Settings::Ssh(Ssh {
            program: &ssh,
            invocation,
            source: &source,
            terminal,
        })
    };
    let is_one_target = !invocation.has_several_destinations();
    let aws = LazyAws::new(&invocation.options, is_one_target, terminal);
    let Ahead {
        invocation: found,
        aws,
    } = search::ahead(invocation, Some(&settings(invocation)), aws, terminal).await?;
    let invocation = found.as_ref().unwrap_or(invocation);
    let mut resolver = Resolver {
        invocation,
        settings: settings(invocation),
        aws,
        push: KeyPush::by(agent.map(KeyAgent::Process), invocation),
        terminal,
    };
    let targets = resolver.all().await?;
    let logs_in = !invocation.is_control_command() && targets.iter().any(|it| !it.by_master);
    let line = if logs_in {
        let directory = hand_over(agent, &resolver.aws, &targets).await?;
        login_line(&client, invocation, (agent, directory.as_deref()), &targets).await?
    } else {
        let nothing = (Identity::Unneeded, None);
        command_line(&client, invocation, nothing, &targets)?
    };
    let stays = targets.iter().any(|it| {
        let forks = invocation.runs_in_background() || it.agent.forks;
        forks && it.agent.forward != ForwardAgent::No
    });
    Ok(Prepared {
        line,
        logs_in,
        stays,
    })
}

/// Tells the agent what it may need while ssh runs. Returns its directory.
async fn hand_over(
    agent: Option<&AgentProcess>,
    aws: &LazyAws,
    targets: &[Resolved],
) -> Result<Option<PathBuf>, Error> {
    let Some(agent) = agent else {
        return Ok(None);
    };
    let directory = agent.directory().await?;
    if let Some(socket) = targets.first().and_then(|it| user_agent::socket(&it.agent)) {
        agent.pass_on_to(&socket)?;
    }
    let is_tunnel = |it: &Resolved| matches!(it.route, Route::Tunnel(..));
    if targets.iter().any(is_tunnel)
        && let Some(credentials) = aws.credentials().await?
    {
        agent.keep(&credentials)?;
    }
    Ok(Some(directory))
}

/// The command line of a client that logs in.
async fn login_line(
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
    command_line(client, invocation, (identity, purpose), targets)
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
fn command_line(
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
