//! `--proxy`: mssh is the ProxyCommand (ssh_config(5)) of an ssh that mssh did not start. Finds the
//! instance, pushes the key that ssh will log in with, copies the bytes, and is the agent of that ssh.
//!
//! ssh has already decided host, port and user: `ssh -G` only tells which agent the user has.

use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Child;
use tokio::time::timeout;

use crate::agent::host::HostAgent;
use crate::agent::pusher::Pusher;
use crate::error::Error;
use crate::plan::argv::CommandLine;
use crate::plan::argv::tunnel::TunnelRequest;
use crate::plan::cli::proxy_command::ProxyRequest;
use crate::plan::cli::usage::Usage;
use crate::plan::route::{Route, hops};
use crate::plan::ssh_g::{self, HostConfig, Query, QueryOptions};
use crate::resolve::Resolver;
use crate::resolve::host::Settings;
use crate::resolve::lazy_aws::LazyAws;
use crate::resolve::push::{KeyAgent, KeyPush};
use crate::resolve::{find, jump};
use crate::run::{print, show, wait_for};
use crate::tunnel;
use crate::world::aws::Credentials;
use crate::world::key::directory;
use crate::world::net::stdio_tcp;
use crate::world::net::tcp::{self, ConnectError};
use crate::world::openssh::{self, ConfigSource, host_names, user_agent};
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::process::signals::ShutdownSignals;
use crate::world::process::stdio;
use crate::world::tty::terminal::Terminal;

/// How the bytes are copied.
enum Carrier {
    /// By a TCP connection, or a tunnel with these credentials.
    Ourselves(Route, Option<Credentials>),
    /// By an ssh that connects through hops.
    Ssh(CommandLine),
}

/// How often to look whether ssh is there, before the bytes are copied.
const LOOK: Duration = Duration::from_millis(100);

/// How long an ssh that connects through hops may take to end.
const END: Duration = Duration::from_secs(1);

/// Copies the bytes between ssh and the instance, and answers ssh about the key meanwhile.
///
/// # Errors
/// The first step that fails.
pub(crate) fn run(request: &ProxyRequest, terminal: Terminal) -> Result<ExitCode, Error> {
    let options = &request.invocation.options;
    let terminal = terminal.with_verbosity(options.debug, request.invocation.is_verbose());
    wait_for(async {
        process::make_children_waitable().map_err(IoError::Start)?;
        // Before there is anything to remove.
        let hangup = ShutdownSignals::listen().map_err(IoError::Start)?;
        let place = request.agent.as_ref().filter(|_| !options.dry_run);
        let Some((directory, name)) = place else {
            let pusher = Arc::new(Pusher::new(String::new(), terminal));
            return carry(request, &pusher, hangup, terminal).await;
        };
        let kind = options.key_type.unwrap_or_default();
        // First of all: ssh asks for the key as soon as it has spoken with the instance.
        let mut agent = HostAgent::listen(directory, name, kind, terminal)?;
        let pusher = Arc::clone(agent.pusher());
        let own = directory.join(name);
        let end = tokio::select! {
            end = carry(request, &pusher, hangup, terminal) => end,
            never = agent.serve(users_agent(request, &own)) => match never {},
        };
        agent.close();
        end
    })
}

/// The user's own agent, with keys that ssh may need besides ours: that of ssh_config, where only `own`
/// is known to the ssh that has started us, or the usual one. ssh answers before it needs the agent, and
/// is asked only if its files say something.
async fn users_agent(request: &ProxyRequest, own: &Path) -> Option<PathBuf> {
    let config = async {
        host_names::have_keyword("identityagent").then_some(())?;
        let destination = request.invocation.destinations().next()?;
        let query = Query {
            port: Some(request.port),
            ..Query::of(destination)
        };
        let source = ConfigSource::of(&request.invocation);
        let options = QueryOptions {
            config: source.config(),
            canonical: false,
            debug: false,
        };
        let ssh = process::find("ssh").ok()?;
        let invocation = request.invocation.for_hop(destination.clone());
        let words = ssh_g::words(&invocation, &query, options);
        openssh::answer(&ssh, words).await.ok()
    };
    let config = config.await.unwrap_or_default();
    user_agent::of_parent(&config.agent, own)
}

/// Finds the instance, pushes the key, and copies the bytes to their end.
async fn carry(
    request: &ProxyRequest,
    pusher: &Arc<Pusher>,
    mut hangup: ShutdownSignals,
    terminal: Terminal,
) -> Result<ExitCode, Error> {
    let options = &request.invocation.options;
    let agent = (!options.dry_run).then_some(KeyAgent::Here(pusher));
    let push = KeyPush::by(agent, &request.invocation);
    let (carrier, push) = tokio::select! {
        // On the heap: it is large.
        ready = Box::pin(prepare(request, push, terminal)) => ready?,
        () = hangup.next() => return Ok(ExitCode::from(255)),
        () = reader_is_gone() => return Ok(ExitCode::from(255)),
    };
    pusher.has_all();
    if options.dry_run {
        return show_carrier(&carrier, request.port).map(|()| ExitCode::SUCCESS);
    }
    tokio::select! {
        end = copy(request, carrier, hangup, terminal) => end,
        error = push.failure() => Err(error),
    }
}

/// Waits until the reader of standard output is gone: an ssh that was killed sends no SIGHUP.
async fn reader_is_gone() {
    while !stdio::is_hung_up(io::stdout()) {
        tokio::time::sleep(LOOK).await;
    }
}

fn show_carrier(carrier: &Carrier, port: u16) -> Result<(), Error> {
    match carrier {
        Carrier::Ssh(line) => show(line),
        Carrier::Ourselves(route, _) => {
            print(format!("connect to port {port} by {route}\n").as_bytes())
        }
    }
}

async fn copy(
    request: &ProxyRequest,
    carrier: Carrier,
    mut hangup: ShutdownSignals,
    terminal: Terminal,
) -> Result<ExitCode, Error> {
    match carrier {
        Carrier::Ourselves(Route::Tunnel(_, tunnel), credentials) => {
            let wanted = TunnelRequest::of(&request.invocation.options, tunnel, request.port);
            let ends = (io::stdin(), io::stdout());
            tunnel::through(&wanted, credentials, ends, terminal).await?;
        }
        Carrier::Ourselves(route, _) => {
            let (host, port) = (route.destination(), request.port);
            let relay = tokio::task::spawn_blocking(move || relay(&host, port));
            tokio::select! {
                end = relay => end.map_err(|it| IoError::Start(it.into()))??,
                () = hangup.next() => {}
            }
        }
        Carrier::Ssh(line) => {
            let mut ssh = process::start_client(&line)?;
            let ended = tokio::select! {
                ended = ssh.wait() => ended,
                () = hangup.next() => {
                    hang_up(&ssh);
                    // It is killed if it takes longer.
                    match timeout(END, ssh.wait()).await {
                        Ok(ended) => ended,
                        Err(_) => return Ok(ExitCode::from(255)),
                    }
                }
            };
            let code = ended.map_err(IoError::Start)?.code();
            let code = code.and_then(|it| u8::try_from(it).ok()).unwrap_or(255);
            return Ok(ExitCode::from(code));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells a child what ssh has told us.
fn hang_up(child: &Child) {
    let pid = child.id().and_then(|it| Pid::from_raw(it.cast_signed()));
    let _ = pid.map(|pid| kill_process(pid, Signal::HUP));
}

async fn prepare<'a>(
    request: &'a ProxyRequest,
    push: KeyPush<'a>,
    terminal: Terminal,
) -> Result<(Carrier, KeyPush<'a>), Error> {
    let invocation = &request.invocation;
    let mut destinations = invocation.destinations();
    let settings = destinations.next().map_or_else(HostConfig::default, |it| {
        HostConfig::given(&it.host, request.port, it.login.as_ref())
    });
    let mut resolver = Resolver {
        invocation,
        settings: Settings::Given(Box::new(settings)),
        aws: LazyAws::new(&invocation.options, true, terminal),
        push,
        terminal,
    };
    let targets = resolver.all().await?;
    let route = targets.into_iter().next().map(|it| it.route);
    let route = route.ok_or(Usage::NoTarget)?;
    let carrier = if request.hops.is_empty() {
        Carrier::Ourselves(route, resolver.aws.credentials().await?)
    } else {
        // On the heap: it is large, and few destinations have hops.
        Carrier::Ssh(Box::pin(forwarding_ssh(request, &route, terminal)).await?)
    };
    Ok((carrier, resolver.push))
}

/// The ssh that connects through the hops to the end of the route.
async fn forwarding_ssh(
    request: &ProxyRequest,
    route: &Route,
    terminal: Terminal,
) -> Result<CommandLine, Error> {
    let invocation = &request.invocation;
    let aws = LazyAws::new(&invocation.options, true, terminal);
    let instance_at = async |address| find::instance_at(address, &aws, None, terminal).await;
    let mut hops = request.hops.clone();
    jump::identify(
        &mut hops,
        invocation,
        &ConfigSource::of(invocation),
        instance_at,
    )
    .await?;
    hops::check(&hops, request.first_hop_via)?;
    let forward = format!("[{}]:{}", route.destination(), request.port);
    let directory = match &request.agent {
        Some((directory, _)) => directory.clone(),
        None => directory::for_plain_ssh()?,
    };
    jump::forwarding_ssh(
        &hops,
        invocation,
        request.first_hop_via,
        directory,
        &forward,
    )
}

/// Copies the bytes over a TCP connection of our own.
fn relay(host: &str, port: u16) -> Result<(), Error> {
    let socket = tcp::connect_blocking(host, port)?;
    // Ctrl-C is for ssh, which may have gone to the background and still need us.
    process::detach_from_terminal();
    let input = io::stdin().as_fd().try_clone_to_owned();
    let output = io::stdout().as_fd().try_clone_to_owned();
    let ends = input.and_then(|input| Ok((input, output?)));
    let (input, output) = ends.map_err(IoError::Start)?;
    let (relayed, host) = (stdio_tcp::relay(&socket, input, output), host.to_owned());
    relayed.map_err(|source| ConnectError { host, port, source }.into())
}
