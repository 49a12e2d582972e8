//! The story of a connection: make a key, find the way to each destination, spell the command.
//!
//! What can run at the same time does: ssh's own answer, the AWS configuration, the keeper and,
//! with an ID, DescribeInstances and SendSSHPublicKey.

mod journey;

use std::path::Path;

use tokio::sync::OnceCell;

use self::journey::Journey;
use crate::error::Error;
use crate::plan::cli::Invocation;
use crate::plan::command::{self, CommandLine, Identity};
use crate::plan::grammar::Program;
use crate::world::keeper::Keeper;
use crate::world::key::{self, Key};
use crate::world::room::Room;
use crate::world::terminal::Terminal;
use crate::world::{openssh, process};

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
    let room = Room::open()?;
    // Before anything is in the room. Its start takes longer than a key, too.
    let mut keeper = Keeper::start(room.path())?;
    let badge = Badge::make(invocation)?;
    let config = openssh::write_config(&room, invocation)?;
    let push_begins = || keeper.push_begins();
    let journey = Journey {
        invocation,
        ssh: &ssh,
        config: &config,
        public_key: badge.public()?,
        push_begins: &push_begins,
        terminal,
        aws: OnceCell::new(),
    };
    let arrivals = journey.arrivals().await?;
    // A launcher that nobody waits for would be the client's zombie.
    keeper.settle()?;
    let spell = |identity| command::spell(&client, invocation, identity, &arrivals);
    let line = match badge {
        Badge::Ephemeral(key) => {
            // Only now: a key whose public half AWS does not have is not worth a file.
            let file = key.write(&room)?;
            let line = spell(Identity::Ephemeral(&file));
            let luggage = Some((room, keeper));
            return Ok(Departure { line, luggage });
        }
        Badge::Own(_) => spell(Identity::Own),
        Badge::Shown => spell(Identity::Ephemeral(Path::new(NO_KEY))),
        Badge::None => spell(Identity::Unneeded),
    };
    // The room first: its keeper then finds that there is nothing to keep.
    drop(room);
    drop(keeper);
    let luggage = None;
    Ok(Departure { line, luggage })
}

/// What we show at the door.
enum Badge {
    /// A key made for this connection.
    Ephemeral(Box<Key>),
    /// The public half of the user's own key.
    Own(String),
    /// Nothing yet: the command line is only shown.
    Shown,
    /// Nothing: only a running master connection is told something.
    None,
}

impl Badge {
    fn make(invocation: &Invocation) -> Result<Self, Error> {
        let own = invocation.value(b'i').map(Path::new);
        Ok(match own {
            _ if invocation.is_control_command() => Self::None,
            Some(file) => Self::Own(key::public_half(file)?),
            None if invocation.wishes.dry_run => Self::Shown,
            None => Self::Ephemeral(Box::new(Key::generate()?)),
        })
    }

    /// The public half that AWS is to have, if any.
    fn public(&self) -> Result<Option<String>, Error> {
        match self {
            Self::Ephemeral(key) => key.public().map(Some),
            Self::Own(public) => Ok(Some(public.clone())),
            Self::Shown | Self::None => Ok(None),
        }
    }
}
