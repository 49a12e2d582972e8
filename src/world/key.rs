//! Keys: one made for the connection, or the user's own.

pub(crate) mod directory;
pub(crate) mod ephemeral;
pub(crate) mod error;
pub(crate) mod host_socket;
pub(crate) mod private;

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use ssh_key::{PrivateKey, PublicKey};

use self::error::KeyError;

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
