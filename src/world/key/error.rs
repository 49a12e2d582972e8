//! What can go wrong with keys.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::hint::Hint;
use crate::plan::argv::quote;
use crate::plan::key_type::KeyType;

/// Why there is no key to log in with.
#[derive(Debug, Error)]
pub(crate) enum KeyError {
    #[error("cannot make a key")]
    Generate(#[source] ssh_key::Error),
    #[error("ssh accepts no {kind} keys for {host}")]
    TypeRefused {
        host: String,
        kind: KeyType,
        best: KeyType,
    },
    #[error("no directory for the socket of an ssh agent ({})", each(.0))]
    NoDirectory(Vec<(PathBuf, io::Error)>),
    #[error("cannot start an ssh agent for the key")]
    NoAgent(#[source] io::Error),
    #[error("cannot make {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot have the socket of an ssh agent in {}", path.display())]
    Directory { path: PathBuf, source: io::Error },
    #[error("cannot read the key {}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("no public key found for {}", .0.display())]
    NoPublicHalf(PathBuf),
    #[error("EC2 Instance Connect does not accept {kind} keys: {}", path.display())]
    Unpushable { path: PathBuf, kind: String },
}

impl KeyError {
    /// The agent is gone, and has not said why.
    pub(crate) fn agent_has_ended() -> Self {
        Self::NoAgent(io::Error::other("it has ended"))
    }
}

impl Hint for KeyError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Generate(_) => return None,
            Self::TypeRefused { best, .. } => {
                return Some(format!(
                    "use --key-type {best}, or change PubkeyAcceptedAlgorithms in your ssh_config(5)"
                ));
            }
            Self::NoDirectory(_) => {
                "make one of them writable, or set TMPDIR to a writable directory"
            }
            Self::NoAgent(_) => "is the system out of processes?",
            Self::Write { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                "free some space there, or set XDG_RUNTIME_DIR to another directory"
            }
            Self::Write { .. } => "set XDG_RUNTIME_DIR to a writable directory",
            Self::Directory { .. } => {
                "name another with --agent-dir in `mssh --ssh-config --install`"
            }
            Self::Unreadable { .. } => "leave out -i to use a key made for this connection only",
            Self::NoPublicHalf(path) => return Some(make_public_half(path)),
            Self::Unpushable { .. } => {
                "instances ignore keys whose line does not start with `ssh`: name an ed25519 or \
                 RSA key, or leave out -i to use a key made for this connection only"
            }
        };
        Some(hint.to_owned())
    }
}

fn make_public_half(path: &Path) -> String {
    let file = quote::join([path.as_os_str()]);
    let file = file.to_string_lossy();
    format!("make it with `ssh-keygen -y -f {file} > {file}.pub`")
}

fn each(tried: &[(PathBuf, io::Error)]) -> String {
    let each = tried
        .iter()
        .map(|(path, cause)| format!("{}: {cause}", path.display()));
    each.collect::<Vec<_>>().join("; ")
}
