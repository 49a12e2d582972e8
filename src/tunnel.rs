//! The story of a ProxyCommand: standard input and output, and an instance.

use std::ffi::OsString;
use std::future::{Ready, ready};

pub mod endpoint;
pub mod session;

use self::session::Errand;
use crate::error::{Error, Tunnel};
use crate::plan::names::Region;
pub use crate::plan::tunnel::OPTION;
use crate::plan::tunnel::Wanted;
use crate::world::aws::{Aws, Start};
use crate::world::stdio::{Input, Output};
use crate::world::terminal::Terminal;

/// The hidden mode: `--tunnel ssm TARGET PORT REGION [PROFILE]`, or `--tunnel eice` and what
/// [`Wanted`] reads. Carries bytes until either end has had enough.
///
/// # Errors
/// Whatever is in the way.
pub async fn run(
    words: &[OsString],
    input: Input,
    output: Output,
    terminal: Terminal,
) -> Result<(), Error> {
    if let [kind, rest @ ..] = words
        && kind == "eice"
    {
        let wanted = Wanted::parse(rest).ok_or(Tunnel::BadWords)?;
        let terminal = terminal.telling(wanted.tunnels.debug, false);
        return endpoint::run(&wanted, input, output, terminal).await;
    }
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let ["ssm", target, port, region, rest @ ..] = words.as_slice() else {
        return Err(Tunnel::BadWords.into());
    };
    let port = port.parse().map_err(|_| Tunnel::BadWords)?;
    let region = Region::parse(region)?;
    let errand = Errand {
        target,
        start: Start::Port(port),
        region: Some(&region),
        profile: rest.first().copied(),
        terminal,
    };
    let aws = Aws::load(errand.profile, errand.region, nobody, terminal).await?;
    errand.run(&aws, input, output).await.map(drop)
}

/// Whom to ask for an MFA code. Nothing forbids it; but a ProxyCommand that has left the terminal
/// has none to ask at.
fn nobody() -> Ready<Result<bool, Error>> {
    ready(Ok(false))
}
