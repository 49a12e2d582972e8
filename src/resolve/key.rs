//! The key that ssh logs in with: made for this connection, or the user's own.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::plan::cli::invocation::Invocation;
use crate::world::aws::{self, Aws};
use crate::world::key::error::KeyError;
use crate::world::key::keeper::{Bell, Keeper};
use crate::world::key::room::Room;
use crate::world::key::shared;
use crate::world::key::{self, Key};

/// What we log in with. To be made only once it is certain that its public half is to be pushed.
#[derive(Debug)]
pub(crate) enum LoginKey {
    /// A key made for this connection.
    Ephemeral(Box<PendingKey>),
    /// The public half of the user's own key.
    Own(String),
    /// The public half of a key in a room that others share, and who keeps it for us.
    Shared(String, Keeper),
}

/// A key made for this connection, its room and the room's keeper. Dropped in this order: the
/// keeper then finds that there is nothing to keep.
#[derive(Debug)]
pub(crate) struct PendingKey {
    room: Room,
    keeper: Keeper,
    key: Key,
}

impl LoginKey {
    /// Makes it: the user's own, if they named one.
    pub(crate) fn make(invocation: &Invocation) -> Result<Self, KeyError> {
        if let Some(file) = invocation.identity() {
            return key::public_half(file).map(Self::Own);
        }
        let room = Room::open()?;
        // Before anything is in the room. Its start takes longer than a key, too.
        let keeper = Keeper::start(room.path())?;
        let key = Key::generate()?;
        Ok(Self::Ephemeral(Box::new(PendingKey { room, keeper, key })))
    }

    /// Enters a shared room. The key is there, unless nobody has entered before us.
    pub(crate) fn shared(room: &Path) -> Result<Self, KeyError> {
        let keeper = Keeper::start_shared(room)?;
        let key = shared::key(room)?;
        key::public_half(&key).map(|public| Self::Shared(public, keeper))
    }

    /// The public half, which AWS is to have.
    pub(crate) fn public(&self) -> Result<String, KeyError> {
        match self {
            Self::Ephemeral(ephemeral) => ephemeral.key.public(),
            Self::Own(public) | Self::Shared(public, _) => Ok(public.clone()),
        }
    }

    /// The bell of the keeper, if there is one.
    pub(crate) fn bell(&self) -> Option<Bell> {
        match self {
            Self::Ephemeral(ephemeral) => Some(ephemeral.keeper.bell()),
            Self::Shared(_, keeper) => Some(keeper.bell()),
            Self::Own(_) => None,
        }
    }
}

impl PendingKey {
    /// Writes the key, and says where it is. Only when its public half is with AWS: a key that
    /// opens nothing is not worth a file.
    pub(crate) fn write(mut self) -> Result<KeyFiles, KeyError> {
        // A launcher that nobody waits for would be the client's zombie.
        self.keeper.settle()?;
        let key = self.key.write(&self.room)?;
        Ok(KeyFiles {
            key: Some(key),
            room: self.room,
            _keeper: self.keeper,
        })
    }
}

/// What the client needs and nobody else may have: in a room that goes when this is dropped, or
/// else by its keeper.
#[derive(Debug)]
pub(crate) struct KeyFiles {
    /// The key, if it is one of ours.
    pub(crate) key: Option<PathBuf>,
    room: Room,
    _keeper: Keeper,
}

impl KeyFiles {
    /// An empty room with its keeper.
    pub(crate) fn without_key() -> Result<Self, KeyError> {
        let room = Room::open()?;
        let mut keeper = Keeper::start(room.path())?;
        keeper.settle()?;
        Ok(Self {
            key: None,
            room,
            _keeper: keeper,
        })
    }

    /// Puts in what a tunnel needs to sign its request, and says where it is.
    pub(crate) async fn take_along(&self, aws: &Aws) -> Result<PathBuf, Error> {
        let credentials = aws.credentials().await?;
        Ok(self
            .room
            .write_credentials(&aws::credentials_json::to_json(&credentials))?)
    }
}
