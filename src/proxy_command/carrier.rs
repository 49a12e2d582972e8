//! How the bytes between ssh and the instance are copied.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::process::ExitCode;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Child;
use tokio::time::timeout;

use crate::error::Error;
use crate::plan::argv::CommandLine;
use crate::plan::argv::tunnel::TunnelRequest;
use crate::plan::cli::proxy_command::ProxyRequest;
use crate::plan::route::{Route, hops};
use crate::resolve::hop_lookup::HopLookup;
use crate::resolve::jump;
use crate::resolve::lazy_aws::LazyAws;
use crate::run::{print, show};
use crate::tunnel;
use crate::world::aws::Credentials;
use crate::world::key::directory;
use crate::world::net::stdio_tcp;
use crate::world::net::tcp::{self, ConnectError};
use crate::world::openssh::ConfigSource;
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::process::signals::ShutdownSignals;
use crate::world::tty::terminal::Terminal;

/// What copies the bytes.
pub(super) enum Carrier {
    /// By a TCP connection, or a tunnel with these credentials.
    Ourselves(Route, Option<Credentials>),
    /// By an ssh that connects through hops.
    Ssh(CommandLine),
}

/// How the copying ended.
pub(super) enum End {
    /// All bytes are written.
    Done(ExitCode),
    /// ssh has hung up.
    HungUp,
}

impl End {
    pub(super) fn status(&self) -> ExitCode {
        match self {
            Self::Done(status) => *status,
            Self::HungUp => ExitCode::from(255),
        }
    }
}

/// How long an ssh that connects through hops may take to end.
const LIMIT: Duration = Duration::from_secs(1);

impl Carrier {
    /// Says what it would do.
    pub(super) fn show(&self, port: u16) -> Result<(), Error> {
        match self {
            Self::Ssh(line) => show(line),
            Self::Ourselves(route, _) => {
                print(format!("connect to port {port} by {route}\n").as_bytes())
            }
        }
    }

    /// Copies to the end; what comes from the instance goes to `output`.
    pub(super) async fn copy(
        self,
        request: &ProxyRequest,
        output: OwnedFd,
        mut hangup: ShutdownSignals,
        terminal: Terminal,
    ) -> Result<End, Error> {
        match self {
            Self::Ourselves(Route::Tunnel(_, tunnel), credentials) => {
                let wanted = TunnelRequest::of(&request.invocation.options, tunnel, request.port);
                let ends = (io::stdin(), output);
                tunnel::through(&wanted, credentials, ends, terminal).await?;
                Ok(End::Done(ExitCode::SUCCESS))
            }
            Self::Ourselves(route, _) => {
                let (host, port) = (route.destination(), request.port);
                let relay = tokio::task::spawn_blocking(move || relay(&host, port, output));
                tokio::select! {
                    end = relay => end.map_err(|it| IoError::Start(it.into()))??,
                    () = hangup.next() => return Ok(End::HungUp),
                }
                Ok(End::Done(ExitCode::SUCCESS))
            }
            Self::Ssh(line) => by_ssh(&line, output, hangup).await,
        }
    }
}

/// The ssh that connects through the hops to the end of the route.
///
/// # Errors
/// A hop that cannot be looked up, and hops that do not go together.
pub(super) async fn forwarding_ssh(
    request: &ProxyRequest,
    route: &Route,
    terminal: Terminal,
) -> Result<CommandLine, Error> {
    let invocation = &request.invocation;
    let aws = LazyAws::new(&invocation.options, true, terminal);
    let lookup = HopLookup {
        aws: &aws,
        region: None,
        pick: invocation.options.pick,
        is_needed: true,
        terminal,
    };
    let mut hops = request.hops.clone();
    jump::identify(
        &mut hops,
        invocation,
        &ConfigSource::of(invocation),
        &lookup,
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

async fn by_ssh(
    line: &CommandLine,
    output: OwnedFd,
    mut hangup: ShutdownSignals,
) -> Result<End, Error> {
    let mut ssh = process::start_client(line, output)?;
    let ended = tokio::select! {
        ended = ssh.wait() => ended,
        () = hangup.next() => {
            hang_up(&ssh);
            // It is killed if it takes longer.
            match timeout(LIMIT, ssh.wait()).await {
                Ok(ended) => ended,
                Err(_) => return Ok(End::HungUp),
            }
        }
    };
    let code = ended.map_err(IoError::Start)?.code();
    let code = code.and_then(|it| u8::try_from(it).ok()).unwrap_or(255);
    Ok(End::Done(ExitCode::from(code)))
}

/// Tells a child what ssh has told us.
fn hang_up(child: &Child) {
    let pid = child.id().and_then(|it| Pid::from_raw(it.cast_signed()));
    let _ = pid.map(|pid| kill_process(pid, Signal::HUP));
}

/// Copies the bytes over a TCP connection of our own.
fn relay(host: &str, port: u16, output: OwnedFd) -> Result<(), Error> {
    let socket = tcp::connect_blocking(host, port)?;
    // Ctrl-C is for ssh, which may have gone to the background and still need us.
    process::detach_from_terminal();
    let input = io::stdin().as_fd().try_clone_to_owned();
    let input = input.map_err(IoError::Start)?;
    let (relayed, host) = (stdio_tcp::relay(&socket, input, output), host.to_owned());
    relayed.map_err(|source| ConnectError { host, port, source }.into())
}
