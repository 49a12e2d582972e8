//! The story of a ProxyCommand: standard input and output, and an instance.

use std::ffi::OsString;
use std::os::fd::AsFd;

use tokio::io::{AsyncRead, AsyncWrite};

pub mod eice;
pub mod ssm;

use self::ssm::SsmSession;
use crate::error::{Error, Tunnel};
pub use crate::plan::argv::tunnel::OPTION;
use crate::plan::argv::tunnel::{TunnelArgs, TunnelRequest, Verbosity};
use crate::plan::route::tunnel::Passage;
use crate::world::aws;
use crate::world::aws::{Aws, Credentials, Prompts, SessionKind};
use crate::world::key::room;
use crate::world::net::pump::Streams;
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::process::signals::Hangup;
use crate::world::process::stdio::{Input, Output};
use crate::world::tty::raw_mode::Screen;
use crate::world::tty::terminal::Terminal;

/// The hidden mode: `--tunnel` and what [`TunnelRequest`] reads. Carries bytes until either end has had
/// enough.
///
/// # Errors
/// Whatever is in the way.
pub async fn run(
    words: &[OsString],
    ends: (impl AsFd, impl AsFd),
    terminal: Terminal,
) -> Result<(), Error> {
    let request = TunnelRequest::parse(words).ok_or(Tunnel::BadWords)?;
    let terminal = terminal.telling(request.args.verbosity == Verbosity::Debug, false);
    let handed = received(&request.args);
    through(&request, handed, ends, terminal).await
}

/// Carries the bytes of an ssh through a passage, with the credentials that were found already.
///
/// # Errors
/// Whatever is in the way.
pub async fn through(
    request: &TunnelRequest,
    handed: Option<Credentials>,
    (input, output): (impl AsFd, impl AsFd),
    terminal: Terminal,
) -> Result<(), Error> {
    let input = Input::of(input).map_err(IoError::Start)?;
    let output = Output::of(output).map_err(IoError::Start)?;
    let credentials = if let Some(credentials) = handed {
        credentials
    } else {
        let (profile, region) = (request.args.profile.as_deref(), request.passage.region());
        // It fails where ssh has left us no terminal to ask on.
        let aws = Aws::load(profile, Some(region), Prompts::Allowed, terminal).await?;
        aws.credentials().await?
    };
    let hangup = Hangup::listen().map_err(IoError::Start)?;
    // Ctrl-C is for ssh, which may have gone to the background and need us there.
    process::leave_terminal();
    let ends = Streams {
        input,
        output,
        input_closed: Input::is_closed,
        output_closed: Output::is_closed,
    };
    carry(request, credentials, ends, hangup, terminal).await
}

/// Carries bytes through a passage until either end has had enough, or we are told to go.
pub(crate) async fn carry<R, W>(
    request: &TunnelRequest,
    credentials: Credentials,
    ends: Streams<R, W>,
    hangup: Hangup,
    terminal: Terminal,
) -> Result<(), Error>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let (managed, region) = match &request.passage {
        Passage::Endpoint(door) => {
            let run = eice::run(request, door, &credentials, ends, hangup, terminal);
            return Box::pin(run).await;
        }
        Passage::Session(managed, region) => (managed, region),
    };
    let ssm = SsmSession {
        target: managed.as_str(),
        start: SessionKind::Port(request.port),
        region: Some(region),
        profile: request.args.profile.as_deref(),
        background: request.args.background,
        quiet: request.args.verbosity == Verbosity::ErrorsOnly,
        terminal,
    };
    let aws = Aws::with(credentials, ssm.profile, ssm.region, terminal).await?;
    Box::pin(ssm.run(&aws, hangup, (ends, Screen::default()))).await
}

/// The credentials that the parent has found already, if they are still there.
fn received(tunnels: &TunnelArgs) -> Option<Credentials> {
    let file = tunnels.credentials.as_deref()?;
    aws::received(&room::take(file, tunnels.keep)?)
}
