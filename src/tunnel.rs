//! Tunnels: bytes between the local end and an instance, through an EC2 Instance Connect Endpoint or
//! Session Manager.

use std::ffi::OsString;
use std::os::fd::AsFd;

use tokio::io::{AsyncRead, AsyncWrite};

pub(crate) mod eice;
pub(crate) mod ssm;

use self::ssm::SsmSession;
use crate::error::{Error, TunnelError};
use crate::plan::argv::tunnel::{TunnelArgs, TunnelRequest, Verbosity};
use crate::plan::route::tunnel::{SsmTarget, Tunnel};
use crate::plan::target::ids::Region;
use crate::world::agent;
use crate::world::aws::error::AwsError;
use crate::world::aws::{self, Aws, Credentials, Prompts, SessionKind};
use crate::world::net::pump::Streams;
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::process::signals::ShutdownSignals;
use crate::world::process::stdio::{Input, Output};
use crate::world::tty::input_terminal::InputTerminal;
use crate::world::tty::terminal::Terminal;

/// `mssh --tunnel …`, as ssh starts it: see [`TunnelRequest`].
///
/// Why there is no tunnel, or why it ended.
pub(crate) async fn run(
    words: &[OsString],
    stdio: (impl AsFd, impl AsFd),
    terminal: Terminal,
) -> Result<(), Error> {
    let request = TunnelRequest::parse(words).ok_or(TunnelError::BadWords)?;
    let terminal = terminal.with_verbosity(request.args.verbosity == Verbosity::Debug, false);
    let credentials = received(&request.args);
    through(&request, credentials, stdio, terminal).await
}

/// Copies bytes between standard input and output and an instance, with these credentials, or with
/// those that it loads.
///
/// Why there is no tunnel, or why it ended.
pub(crate) async fn through(
    request: &TunnelRequest,
    credentials: Option<Credentials>,
    (input, output): (impl AsFd, impl AsFd),
    terminal: Terminal,
) -> Result<(), Error> {
    let input = Input::of(input).map_err(IoError::Start)?;
    let output = Output::of(output).map_err(IoError::Start)?;
    let credentials = match credentials {
        Some(credentials) => credentials,
        None => load(request, terminal).await?,
    };
    let hangup = ShutdownSignals::listen().map_err(IoError::Start)?;
    // Ctrl-C is for ssh, which may have gone to the background and still needs its ProxyCommand.
    process::detach_from_terminal();
    let streams = Streams {
        input,
        output,
        input_closed: Input::is_closed,
        output_closed: Output::is_closed,
    };
    relay(request, credentials, streams, hangup, terminal).await
}

/// Copies bytes until the far end closes, the local end is closed, or a signal comes.
pub(crate) async fn relay<R, W>(
    request: &TunnelRequest,
    credentials: Credentials,
    streams: Streams<R, W>,
    mut hangup: ShutdownSignals,
    terminal: Terminal,
) -> Result<(), Error>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    match &request.tunnel {
        Tunnel::Eice(eice) => {
            let run = eice::run(request, eice, &credentials, streams, hangup, terminal);
            // Boxed, like the other one: otherwise every caller's future would contain it.
            Box::pin(run).await
        }
        Tunnel::Ssm(target, region) => {
            let start = SessionKind::Port(request.port);
            let start = (target, region, start);
            by_session(request, start, credentials, streams, &mut hangup, terminal).await
        }
    }
}

/// The same by a session of this kind.
pub(crate) async fn by_session<R, W>(
    request: &TunnelRequest,
    (target, region, start): (&SsmTarget, &Region, SessionKind),
    credentials: Credentials,
    streams: Streams<R, W>,
    hangup: &mut ShutdownSignals,
    terminal: Terminal,
) -> Result<(), Error>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let ssm = SsmSession {
        target: target.as_str(),
        start,
        region: Some(region),
        profile: request.args.profile.as_deref(),
        background: request.args.background,
        quiet: request.args.verbosity == Verbosity::ErrorsOnly,
        terminal,
    };
    let aws = Aws::with(credentials, ssm.profile, ssm.region, terminal).await?;
    Box::pin(ssm.run(&aws, hangup, (streams, InputTerminal::default()))).await
}

/// The credentials that the agent has, if it is still there.
fn received(args: &TunnelArgs) -> Option<Credentials> {
    let json = agent::ask_credentials(args.agent.as_deref()?);
    aws::credentials_json::parse(&json.ok()??)
}

async fn load(request: &TunnelRequest, terminal: Terminal) -> Result<Credentials, AwsError> {
    let (profile, region) = (request.args.profile.as_deref(), request.tunnel.region());
    // A prompt fails if ssh has left us no terminal to ask on.
    let aws = Aws::load(profile, Some(region), Prompts::Allowed, terminal).await?;
    aws.credentials().await
}
