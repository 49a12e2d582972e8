//! Keys: one made for the connection, or the user's own.

#[cfg_attr(not(test), expect(dead_code, reason = "not wired up yet"))]
pub(crate) mod ephemeral;
pub(crate) mod error;
pub(crate) mod keeper;
pub(crate) mod private;
pub(crate) mod room;
pub(crate) mod shared;

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ssh_key::rand_core::OsRng;
use ssh_key::{Algorithm, LineEnding, PrivateKey, PublicKey};

use self::error::KeyError;
use self::private::Private;
use self::room::Room;

/// An ed25519 key made for one connection. It stays in memory until its public half is with AWS.
pub(crate) struct Key(PrivateKey);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// Makes one.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(crate) fn generate() -> Result<Self, KeyError> {
        let key = PrivateKey::random(&mut OsRng, Algorithm::Ed25519).map_err(KeyError::Generate)?;
        Ok(Self(key))
    }

    /// The public half, as a line of authorized_keys.
    ///
    /// # Errors
    /// None that can occur for a key of ours.
    pub(crate) fn public(&self) -> Result<String, KeyError> {
        self.0.public_key().to_openssh().map_err(KeyError::Generate)
    }

    /// Writes the private half into a file that only we can read, which gets its name when it is
    /// whole, and only if nothing has that name (link(2)).
    ///
    /// # Errors
    /// [`KeyError::Write`].
    pub(crate) fn write_to(&self, room: &Private, name: &str) -> Result<(), KeyError> {
        let text = self
            .0
            .to_openssh(LineEnding::LF)
            .map_err(KeyError::Generate)?;
        let fresh = format!("{name}.{}", fastrand::u64(..));
        let written = room
            .write(&fresh, text.as_bytes())
            .and_then(|()| room.link(&fresh, name));
        room.remove(fresh.as_ref());
        written.map_err(|source| KeyError::Write {
            path: room.path().join(name),
            source,
        })
    }

    /// Writes the private half into the room, and says where it is.
    ///
    /// # Errors
    /// As [`Room::write_key`].
    pub(crate) fn write(&self, room: &Room) -> Result<PathBuf, KeyError> {
        let text = self
            .0
            .to_openssh(LineEnding::LF)
            .map_err(KeyError::Generate)?;
        room.write_key(text.as_bytes())
    }
}

/// The public half of the key that the user named with `-i`, which may also be kept by an agent
/// or a hardware token: what stands in `FILE.pub`, or in `FILE` itself. An OpenSSH key tells its
/// public half even when it is encrypted.
///
/// # Errors
/// [`KeyError::Unreadable`], [`KeyError::NoPublicHalf`] or [`KeyError::Unpushable`].
pub(crate) fn public_half(file: &Path) -> Result<String, KeyError> {
    let mut beside = OsString::from(file);
    beside.push(".pub");
    if let Ok(text) = fs::read_to_string(&beside)
        && let Ok(key) = PublicKey::from_openssh(text.trim())
    {
        return line(&key, file);
    }
    let content = fs::read_to_string(file).map_err(|source| KeyError::Unreadable {
        path: file.into(),
        source,
    })?;
    if let Ok(key) = PublicKey::from_openssh(content.trim()) {
        return line(&key, file);
    }
    match PrivateKey::from_openssh(&content) {
        Ok(key) => line(key.public_key(), file),
        Err(_) => line(&derived(file)?, file),
    }
}

/// The public half of a key in another format, like the PEM files that EC2 hands out: ssh-keygen
/// reads those. An empty passphrase keeps it from asking for one.
fn derived(file: &Path) -> Result<PublicKey, KeyError> {
    let nothing = || KeyError::NoPublicHalf(file.into());
    let output = Command::new("ssh-keygen")
        .args(["-y", "-P", "", "-f"])
        .arg(file)
        .stdin(Stdio::null())
        .output()
        .map_err(|_| nothing())?;
    let text = String::from_utf8_lossy(&output.stdout);
    PublicKey::from_openssh(text.trim()).map_err(|_| nothing())
}

/// The key without its comment, which may hold anything.
///
/// EC2 Instance Connect's scripts on the instance skip every line that does not begin with `ssh`: an
/// ECDSA or FIDO key would be pushed, and never get in.
fn line(key: &PublicKey, file: &Path) -> Result<String, KeyError> {
    let line = PublicKey::from(key.key_data().clone())
        .to_openssh()
        .map_err(|_| KeyError::NoPublicHalf(file.into()))?;
    if line.starts_with("ssh") {
        return Ok(line);
    }
    let kind = key.algorithm().as_str().to_owned();
    Err(KeyError::Unpushable {
        path: file.into(),
        kind,
    })
}
