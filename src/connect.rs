//! The story of a connection: find the way to each destination, push a key, spell the command.
//!
//! ssh is asked first, since its answer may be that nothing is to be pushed. Until that is
//! certain, there is no key, no room for it and no keeper. After it, what can run at the same time
//! does: the keeper's start, the AWS configuration and, with an ID, DescribeInstances and
//! SendSSHPublicKey.

mod badge;
mod hops;
mod journey;
mod lead;
mod ride;

use std::cell::Cell;
use std::path::{Path, PathBuf};

use tokio::sync::OnceCell;

pub use self::badge::Badge;
use self::badge::Luggage;
use self::journey::Journey;
pub use self::lead::lead;
pub use self::ride::{Boarding, board};
use crate::error::Error;
use crate::plan::argv;
use crate::plan::argv::tunnel::TunnelArgs;
use crate::plan::argv::{CommandLine, Identity};
use crate::plan::cli::invocation::Invocation;
use crate::plan::program::Program;
use crate::world::aws::{Aws, Prompts};
use crate::world::openssh::Source;
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::tty::terminal::Terminal;

/// What `--dry-run` shows where the key would stand: it makes none.
const NO_KEY: &str = "EPHEMERAL_KEY";

/// Everything that is needed to become the client.
#[derive(Debug)]
pub struct Departure {
    /// The client's command line.
    pub line: CommandLine,
    /// To be held until we are the client: it is gone when this is dropped, so if we become
    /// nothing.
    pub luggage: Option<Luggage>,
}

/// Does all that comes before the client.
///
/// # Errors
/// Whatever is in the way. Nothing is left behind then.
pub async fn prepare(invocation: &Invocation, terminal: Terminal) -> Result<Departure, Error> {
    let client = process::find(invocation.program.client())?;
    let ssh = match invocation.program {
        Program::Ssh => client.clone(),
        Program::Sftp | Program::Scp => process::find("ssh")?,
    };
    terminal.debug(|| format!("the client is {}", client.display()));
    process::notice_children().map_err(IoError::Start)?;
    let source = Source::of(invocation);
    let mut journey = Journey {
        invocation,
        ssh: &ssh,
        source: &source,
        badge: OnceCell::new(),
        terminal,
        aws: OnceCell::new(),
        prompts: Cell::new(Prompts::Allowed),
    };
    let arrivals = journey.arrivals_anew().await?;
    let shared = arrivals.iter().all(|arrival| arrival.shared);
    let nobody_logs_in = shared || invocation.is_control_command();
    let tunnels = TunnelArgs::to(invocation, &arrivals).filter(|_| !nobody_logs_in);
    let badge = journey.badge.into_inner().filter(|_| !nobody_logs_in);
    let signs = tunnels.is_some() && !invocation.options.dry_run;
    let aws = journey.aws.into_inner().filter(|_| signs);
    let (luggage, credentials) = pack(badge, aws).await?;
    let key = luggage.as_ref().and_then(|it| it.key.as_deref());
    let identity = match key {
        _ if nobody_logs_in => Identity::Unneeded,
        Some(key) => Identity::Ephemeral(key),
        None if invocation.value(b'i').is_some() => Identity::Own,
        None => Identity::Ephemeral(Path::new(NO_KEY)),
    };
    let proxy = match tunnels {
        Some(mut tunnels) => {
            tunnels.credentials = credentials;
            Some(tunnels.proxy_command(&process::ourselves()?))
        }
        None => None,
    };
    let line = argv::spell(&client, invocation, identity, proxy.as_deref(), &arrivals);
    Ok(Departure { line, luggage })
}

/// Packs what the client needs: the key, if it is one of ours, and what a tunnel signs with, where
/// there will be one.
async fn pack(
    badge: Option<Badge>,
    aws: Option<Aws>,
) -> Result<(Option<Luggage>, Option<PathBuf>), Error> {
    let luggage = match badge {
        Some(Badge::Ephemeral(ephemeral)) => Some(ephemeral.write()?),
        Some(Badge::Own(_) | Badge::Shared(..)) | None => None,
    };
    let Some(aws) = aws else {
        return Ok((luggage, None));
    };
    let luggage = luggage.map_or_else(Luggage::without_key, Ok)?;
    let credentials = luggage.take_along(&aws).await?;
    Ok((Some(luggage), Some(credentials)))
}
