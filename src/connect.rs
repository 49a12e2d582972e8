//! A connection with one of the clients: resolve each destination, push a key, become the client.
//!
//! The agent that holds the key starts first, so that its start takes no time of its own. ssh starts
//! when the route is known, and the agent keeps it waiting for the key until the push is accepted.

mod command_line;
mod console_keys;

use std::path::PathBuf;

use crate::agent::client::AgentProcess;
use crate::error::Error;
use crate::plan::argv::{CommandLine, Resolved};
use crate::plan::cli::invocation::Invocation;
use crate::plan::program::Program;
use crate::plan::route::Route;
use crate::plan::ssh_g::ForwardAgent;
use crate::resolve::Resolver;
use crate::resolve::host::{Settings, Ssh};
use crate::resolve::lazy_aws::LazyAws;
use crate::resolve::push::{KeyAgent, KeyPush};
use crate::resolve::search::{self, Ahead};
use crate::run::{become_client, show, wait_for};
use crate::world::openssh::{ConfigSource, user_agent};
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::tty::terminal::Terminal;

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
    let (client, ssh) = find_programs(invocation.program)?;
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
        command_line::of_login(&client, invocation, (agent, directory.as_deref()), &targets).await?
    } else {
        command_line::without_login(&client, invocation, &targets)?
    };
    Ok(Prepared {
        line,
        logs_in,
        stays: needs_agent_after_fork(invocation, &targets),
    })
}

/// The client, and the ssh to ask about the configuration.
fn find_programs(program: Program) -> Result<(PathBuf, PathBuf), Error> {
    let client = process::find(program.client())?;
    let ssh = match program {
        Program::Ssh => client.clone(),
        Program::Sftp | Program::Scp => process::find("ssh")?,
    };
    Ok((client, ssh))
}

/// Whether ssh looks for the agent once more after it has gone to the background, to forward it.
fn needs_agent_after_fork(invocation: &Invocation, targets: &[Resolved]) -> bool {
    targets.iter().any(|it| {
        let forks = invocation.runs_in_background() || it.agent.forks;
        forks && it.agent.forward != ForwardAgent::No
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
