//! The story of a ProxyCommand: standard input and output, and an instance.

use std::ffi::OsString;
use std::future::{Ready, ready};

pub mod endpoint;
pub mod session;

use self::session::Errand;
use crate::error::{Error, Tunnel};
use crate::plan::passage::Passage;
pub use crate::plan::tunnel::OPTION;
use crate::plan::tunnel::{Tunnels, Wanted};
use crate::world::aws::{self, Aws, Credentials, Start};
use crate::world::room;
use crate::world::stdio::{Input, Output};
use crate::world::terminal::Terminal;

/// The hidden mode: `--tunnel` and what [`Wanted`] reads. Carries bytes until either end has had
/// enough.
///
/// # Errors
/// Whatever is in the way.
pub async fn run(
    words: &[OsString],
    input: Input,
    output: Output,
    terminal: Terminal,
) -> Result<(), Error> {
    let wanted = Wanted::parse(words).ok_or(Tunnel::BadWords)?;
    let terminal = terminal.telling(wanted.tunnels.debug, false);
    let handed = received(&wanted.tunnels);
    through(&wanted, handed, input, output, terminal).await
}

/// Carries bytes through a passage, with the credentials that were found already.
///
/// # Errors
/// Whatever is in the way.
pub async fn through(
    wanted: &Wanted,
    handed: Option<Credentials>,
    input: Input,
    output: Output,
    terminal: Terminal,
) -> Result<(), Error> {
    let (managed, region) = match &wanted.passage {
        Passage::Endpoint(door) => {
            return endpoint::run(wanted, door, handed, (input, output), terminal).await;
        }
        Passage::Session(managed, region) => (managed, region),
    };
    let errand = Errand {
        target: managed.as_str(),
        start: Start::Port(wanted.port),
        region: Some(region),
        profile: wanted.tunnels.profile.as_deref(),
        background: wanted.tunnels.background,
        terminal,
    };
    let profile = errand.profile;
    let aws = match handed {
        Some(them) => Aws::with(them, profile, errand.region, terminal).await?,
        None => Aws::load(profile, errand.region, nobody, terminal).await?,
    };
    Box::pin(errand.run(&aws, input, output)).await.map(drop)
}

/// The credentials that the parent has found already, if they are still there.
fn received(tunnels: &Tunnels) -> Option<Credentials> {
    let file = tunnels.credentials.as_deref()?;
    aws::received(&room::take(file, tunnels.keep)?)
}

/// Whom to ask for an MFA code. Nothing forbids it; but a ProxyCommand that has left the terminal
/// has none to ask at.
fn nobody() -> Ready<Result<bool, Error>> {
    ready(Ok(false))
}
