//! The pushed keys, as `AuthorizedKeysFile`s for the sshds.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use super::clock;
use super::lab_dir;

/// How long a pushed key is valid, as at AWS.
pub(crate) const LIFETIME: Duration = Duration::from_mins(1);

/// Writes the keys pushed for a user to `DIRECTORY/INSTANCE/USER`.
///
/// Expired keys need not be removed in time: each line has an expiry time, which sshd checks.
pub(crate) struct KeyStore {
    directory: PathBuf,
    pushed: Mutex<HashMap<PathBuf, Vec<Pushed>>>,
}

struct Pushed {
    until: SystemTime,
    key: String,
}

impl KeyStore {
    pub(crate) fn new(directory: PathBuf) -> Self {
        Self {
            directory,
            pushed: Mutex::default(),
        }
    }

    /// Lets `key` log in as `user` on the instance `id`.
    pub(crate) fn push(
        &self,
        id: &str,
        user: &str,
        key: &str,
        lifetime: Duration,
    ) -> io::Result<()> {
        let directory = self.directory.join(id);
        let file = directory.join(user);
        let now = SystemTime::now();
        let mut all = self.pushed.lock().expect("the key store's lock");
        let pushed = all.entry(file.clone()).or_default();
        pushed.retain(|other| other.until > now && other.key != key);
        // sshd knows seconds only: a key would be valid until the next one.
        if !lifetime.is_zero() {
            pushed.push(Pushed {
                until: now + lifetime,
                key: key.to_owned(),
            });
        }
        let lines: String = pushed.iter().map(Pushed::line).collect();
        lab_dir::make_private(&directory)?;
        // sshd may read at any moment, and must not see half a file.
        let unfinished = directory.join(".unfinished");
        fs::write(&unfinished, lines)?;
        fs::rename(unfinished, file)
    }
}

impl Pushed {
    fn line(&self) -> String {
        let until = clock::compact(self.until);
        format!("expiry-time=\"{until}\" {}\n", self.key)
    }
}
