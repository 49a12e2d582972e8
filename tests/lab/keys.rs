//! The keys pushed to the instances, as files their daemons read.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use super::clock;
use super::lab_dir;

/// How long a pushed key is good for, at AWS and here.
pub(crate) const LIFETIME: Duration = Duration::from_mins(1);

/// Keeps `DIRECTORY/INSTANCE/USER` in step with what was pushed for that user.
///
/// Nothing ever cleans these files up in time, and nothing has to: each line carries its expiry
/// time, and it is sshd that keeps to it.
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

    /// Lets the holder of `key` log in as `user` at the instance `id` for the time `lifetime`.
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
        pushed.push(Pushed {
            until: now + lifetime,
            key: key.to_owned(),
        });
        let lines: String = pushed.iter().map(Pushed::line).collect();
        lab_dir::make_private(&directory)?;
        // A daemon may read at any moment: it must see the old lines or the new, not half of them.
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
