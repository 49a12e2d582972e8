//! The private directory of an agent: its socket, and the public half of its key.

pub(crate) mod sweep;

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::process::geteuid;
use ssh_key::rand_core::{OsRng, RngCore};

use super::error::KeyError;
use super::private::Private;

/// The prefix of the directories' names, and how many letters and digits follow.
const PREFIX: &str = "mssh-key-";
const SUFFIX: usize = 10;

/// The agent's socket.
const SOCKET: &str = "agent";

/// As long as the longest name of a hop's socket beside it.
const LONGEST_NAME: &str = "4194304@01234567";

/// Its name before it is listened to.
const FRESH_SOCKET: &str = "agent.";

/// The public half of the key. ssh takes `key.pub` for the file `key`, too.
const PUBLIC_KEY: &str = "key.pub";

/// The host keys that consoles show. ssh names the file if the server has another key.
const CONSOLE_KEYS: &str = "keys-on-console";

/// What older versions of mssh put there.
const OLD_FILES: [&str; 2] = ["key", "credentials"];

/// The longest path of a socket on all systems, without its final zero: 104 bytes with it on macOS,
/// and 108 on Linux (unix(7)). ssh cuts a longer one off.
const LONGEST_PATH: usize = 103;

/// The mode of the directories.
const MODE: u32 = 0o700;

/// A directory of mode 0700, removed with what we put there when dropped.
#[derive(Debug)]
pub(crate) struct AgentDirectory {
    directory: Private,
}

impl AgentDirectory {
    /// Makes one in `$XDG_RUNTIME_DIR`, else `/dev/shm`, else the temporary directory, else `/tmp`.
    ///
    /// # Errors
    /// [`KeyError::NoDirectory`] with what was tried.
    pub(crate) fn make() -> Result<Self, KeyError> {
        let mut tried: Vec<(PathBuf, io::Error)> = Vec::new();
        for base in bases() {
            // The path must not lead through a link that others can change later.
            let base = base.canonicalize().unwrap_or(base);
            if tried.iter().any(|(it, _)| *it == base) {
                continue;
            }
            let path = base.join(format!("{PREFIX}{}", random_suffix()));
            let made =
                check_path(&path.join(LONGEST_NAME)).and_then(|()| Private::make(&path, MODE));
            match made {
                Ok(directory) => return Ok(Self { directory }),
                Err(cause) => tried.push((base, cause)),
            }
        }
        Err(KeyError::NoDirectory(tried))
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Makes the socket. It gets its name when it is listened to: [`sweep::sweep_beside`] takes one that
    /// refuses connections for a dead agent's.
    ///
    /// # Errors
    /// [`KeyError::Write`].
    pub(crate) fn listen(&self) -> Result<UnixListener, KeyError> {
        let (path, fresh) = (socket_in(self.path()), self.path().join(FRESH_SOCKET));
        let listener = UnixListener::bind(&fresh);
        let listener = listener.and_then(|it| fs::rename(&fresh, &path).map(|()| it));
        listener.map_err(|source| KeyError::Write { path, source })
    }

    /// Writes the public key: ssh tells by it which key of an agent to use.
    ///
    /// # Errors
    /// [`KeyError::Write`].
    pub(crate) fn write_public_key(&self, line: &str) -> Result<(), KeyError> {
        let path = public_key_in(self.path());
        let written = self.directory.write(PUBLIC_KEY, line.as_bytes());
        written.map_err(|source| KeyError::Write { path, source })
    }
}

impl Drop for AgentDirectory {
    fn drop(&mut self) {
        clear(&self.directory);
    }
}

/// The path of the socket in an agent's directory.
pub(crate) fn socket_in(directory: &Path) -> PathBuf {
    directory.join(SOCKET)
}

/// The path of the public key there.
pub(crate) fn public_key_in(directory: &Path) -> PathBuf {
    directory.join(PUBLIC_KEY)
}

/// Writes lines of known_hosts with keys from consoles into an agent's directory. They go with it.
///
/// # Errors
/// [`KeyError::Write`].
pub(crate) fn write_console_keys(directory: &Path, lines: &str) -> Result<PathBuf, KeyError> {
    let path = directory.join(CONSOLE_KEYS);
    let directory = ours(directory).ok_or_else(|| io::ErrorKind::NotFound.into());
    let written = directory.and_then(|it| it.write(CONSOLE_KEYS, lines.as_bytes()));
    match written {
        Ok(()) => Ok(path),
        Err(source) => Err(KeyError::Write { path, source }),
    }
}

/// Whether ssh can be told of a socket by this path: it expands `%` and `${…}` in it (TOKENS in
/// ssh_config(5)), and has no escape for a quote.
pub(super) fn check_path(path: &Path) -> io::Result<()> {
    let bytes = path.as_os_str().as_bytes();
    let cause = if bytes.len() > LONGEST_PATH {
        "its path is too long"
    } else if bytes.iter().any(|byte| b"%$\"\\\n".contains(byte)) {
        "ssh does not take its name literally"
    } else {
        return Ok(());
    };
    Err(io::Error::new(io::ErrorKind::InvalidFilename, cause))
}

/// The directories to try, best first.
fn bases() -> impl Iterator<Item = PathBuf> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let temporary = std::env::temp_dir();
    // A socket needs a short path.
    let usual = (temporary.as_os_str().len() > LONGEST_PATH / 2).then(|| "/tmp".into());
    runtime
        .into_iter()
        .filter(|path| path.is_absolute())
        .chain(["/dev/shm".into(), temporary])
        .chain(usual)
}

/// The directory for the sockets of plain ssh's agents: its configuration names it once and for all.
///
/// # Errors
/// [`KeyError::NoDirectory`].
pub(crate) fn for_plain_ssh() -> Result<PathBuf, KeyError> {
    let mut places = [PathBuf::from("/dev/shm"), std::env::temp_dir()].into_iter();
    let place = places.find(|place| place.is_dir());
    let place = place.ok_or_else(|| KeyError::NoDirectory(Vec::new()))?;
    Ok(place.join(format!("mssh-agent-{}", geteuid().as_raw())))
}

/// Letters and digits that nobody can guess.
fn random_suffix() -> String {
    let letters = ('0'..='9').chain('A'..='Z').chain('a'..='z');
    let letters: Vec<char> = letters.collect();
    let random = |_| letters[OsRng.next_u32() as usize % letters.len()];
    (0..SUFFIX).map(random).collect()
}

/// Whether [`AgentDirectory::make`] could have chosen a name.
fn has_our_name(name: &OsStr) -> bool {
    let suffix = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
    let is_random = |suffix: &str| suffix.bytes().all(|it| it.is_ascii_alphanumeric());
    suffix.is_some_and(|suffix| suffix.len() == SUFFIX && is_random(suffix))
}

/// Removes what we put into a directory, hops' sockets included, and the directory once it is empty.
fn clear(directory: &Private) {
    for name in directory.names().unwrap_or_default() {
        if is_file_name(&name) || directory.has_socket(&name) {
            directory.remove(&name);
        }
    }
    directory.remove_if_empty();
}

/// The directory of this path, if one of our runs made it: by its name, its owner and its mode.
fn ours(path: &Path) -> Option<Private> {
    has_our_name(path.file_name()?).then_some(())?;
    let directory = Private::open(path).ok()?;
    (directory.mode_if_ours_alone() == Some(MODE)).then_some(directory)
}

fn is_file_name(name: &OsStr) -> bool {
    let mut known = [PUBLIC_KEY, CONSOLE_KEYS].into_iter().chain(OLD_FILES);
    known.any(|it| name == it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_ours_as_a_whole_or_not_at_all() {
        let made = format!("{PREFIX}{}", random_suffix());
        assert!(has_our_name(made.as_ref()), "{made}");
        for other in ["", "0123456789", "mssh-key-", "mssh-key-012345678"] {
            assert!(!has_our_name(other.as_ref()), "{other}");
        }
        for added in ["x", ".", "/", "\u{e4}"] {
            assert!(!has_our_name(format!("{made}{added}").as_ref()));
            assert!(!has_our_name(format!("{added}{made}").as_ref()));
        }
    }

    #[test]
    fn a_socket_has_a_path_that_ssh_takes_whole() {
        let long = format!("/{}", "a".repeat(LONGEST_PATH - 1));
        assert!(check_path(Path::new(&long)).is_ok());
        for bad in [
            &format!("{long}a"),
            "/a%h",
            "/${A}",
            "/a\"b",
            "/a\\b",
            "/a\nb",
        ] {
            assert!(check_path(Path::new(bad)).is_err(), "{bad}");
        }
        assert!(check_path(Path::new("/with space/it's")).is_ok());
    }
}
