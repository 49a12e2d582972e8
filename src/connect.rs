//! The story of a connection: find the way to each destination, push a key, spell the command.
//!
//! ssh is asked first, since its answer may be that nothing is to be pushed. Until that is
//! certain, there is no key, no room for it and no keeper. After it, what can run at the same time
//! does: the keeper's start, the AWS configuration and, with an ID, DescribeInstances and
//! SendSSHPublicKey.

mod badge;
mod journey;

use std::path::Path;

use tokio::sync::OnceCell;

use self::badge::Badge;
use self::journey::Journey;
use crate::error::Error;
use crate::plan::cli::Invocation;
use crate::plan::command::{self, CommandLine, Identity};
use crate::plan::grammar::Program;
use crate::world::keeper::Keeper;
use crate::world::openssh::Source;
use crate::world::process;
use crate::world::room::Room;
use crate::world::terminal::Terminal;

/// What `--dry-run` shows where the key would stand: it makes none.
const NO_KEY: &str = "EPHEMERAL_KEY";

/// Everything that is needed to become the client.
#[derive(Debug)]
pub struct Departure {
    /// The client's command line.
    pub line: CommandLine,
    /// The key's directory and its keeper, where there is a key of ours. To be held until we are
    /// the client: the directory is removed when this is dropped, so if we become nothing.
    pub luggage: Option<(Room, Keeper)>,
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
    terminal.debug(|| format!("client {}", client.display()));
    process::notice_children().map_err(Error::Runtime)?;
    let source = Source::of(invocation);
    let journey = Journey {
        invocation,
        ssh: &ssh,
        source: &source,
        badge: OnceCell::new(),
        terminal,
        aws: OnceCell::new(),
    };
    let arrivals = journey.arrivals().await?;
    let spell = |identity| command::spell(&client, invocation, identity, &arrivals);
    let nobody_logs_in =
        invocation.is_control_command() || arrivals.iter().all(|arrival| arrival.shared);
    let line = match journey.badge.into_inner() {
        Some(Badge::Ephemeral(ephemeral)) if !nobody_logs_in => {
            let (file, room, keeper) = ephemeral.write()?;
            return Ok(Departure {
                line: spell(Identity::Ephemeral(&file)),
                luggage: Some((room, keeper)),
            });
        }
        _ if nobody_logs_in => spell(Identity::Unneeded),
        Some(Badge::Own(_)) => spell(Identity::Own),
        _ => spell(Identity::Ephemeral(Path::new(NO_KEY))),
    };
    Ok(Departure {
        line,
        luggage: None,
    })
}
