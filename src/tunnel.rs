//! The story of a ProxyCommand: standard input and output, and an instance.

use std::ffi::OsString;
use std::os::fd::AsFd;

use tokio::io::{AsyncRead, AsyncWrite};

pub mod eice;
pub mod ssm;

use self::ssm::Errand;
use crate::error::{Error, Tunnel};
pub use crate::plan::argv::tunnel::OPTION;
use crate::plan::argv::tunnel::{Telling, Tunnels, Wanted};
use crate::plan::route::tunnel::Passage;
use crate::world::aws;
use crate::world::aws::{Aws, Credentials, Prompts, Start};
use crate::world::key::room;
use crate::world::net::websocket::relay::Ends;
use crate::world::process;
use crate::world::process::signals::Hangup;
use crate::world::process::stdio::{Input, Output};
use crate::world::tty::raw_mode::Screen;
use crate::world::tty::terminal::Terminal;

/// The hidden mode: `--tunnel` and what [`Wanted`] reads. Carries bytes until either end has had
/// enough.
///
/// # Errors
/// Whatever is in the way.
pub async fn run(
    words: &[OsString],
    ends: (impl AsFd, impl AsFd),
    terminal: Terminal,
) -> Result<(), Error> {
    let wanted = Wanted::parse(words).ok_or(Tunnel::BadWords)?;
    let terminal = terminal.telling(wanted.tunnels.telling == Telling::Debug, false);
    let handed = received(&wanted.tunnels);
    through(&wanted, handed, ends, terminal).await
}

/// Carries the bytes of an ssh through a passage, with the credentials that were found already.
///
/// # Errors
/// Whatever is in the way.
pub async fn through(
    wanted: &Wanted,
    handed: Option<Credentials>,
    (input, output): (impl AsFd, impl AsFd),
    terminal: Terminal,
) -> Result<(), Error> {
    let input = Input::of(input).map_err(Error::Runtime)?;
    let output = Output::of(output).map_err(Error::Runtime)?;
    let credentials = if let Some(credentials) = handed {
        credentials
    } else {
        let (profile, region) = (wanted.tunnels.profile.as_deref(), wanted.passage.region());
        // It fails where ssh has left us no terminal to ask on.
        let aws = Aws::load(profile, Some(region), Prompts::Allowed, terminal).await?;
        aws.credentials().await?
    };
    let hangup = Hangup::listen().map_err(Error::Runtime)?;
    // Ctrl-C is for ssh, which may have gone to the background and need us there.
    process::leave_terminal();
    let ends = Ends {
        input,
        output,
        closed: Input::is_closed,
        gone: Output::is_gone,
    };
    carry(wanted, credentials, ends, hangup, terminal).await
}

/// Carries bytes through a passage until either end has had enough, or we are told to go.
pub(crate) async fn carry<R, W>(
    wanted: &Wanted,
    credentials: Credentials,
    ends: Ends<R, W>,
    hangup: Hangup,
    terminal: Terminal,
) -> Result<(), Error>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let (managed, region) = match &wanted.passage {
        Passage::Endpoint(door) => {
            let run = eice::run(wanted, door, &credentials, ends, hangup, terminal);
            return Box::pin(run).await;
        }
        Passage::Session(managed, region) => (managed, region),
    };
    let errand = Errand {
        target: managed.as_str(),
        start: Start::Port(wanted.port),
        region: Some(region),
        profile: wanted.tunnels.profile.as_deref(),
        background: wanted.tunnels.background,
        quiet: wanted.tunnels.telling == Telling::Quiet,
        terminal,
    };
    let aws = Aws::with(credentials, errand.profile, errand.region, terminal).await?;
    Box::pin(errand.run(&aws, hangup, (ends, Screen::default()))).await
}

/// The credentials that the parent has found already, if they are still there.
fn received(tunnels: &Tunnels) -> Option<Credentials> {
    let file = tunnels.credentials.as_deref()?;
    aws::received(&room::take(file, tunnels.keep)?)
}
