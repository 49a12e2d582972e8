//! The cached lists of instances, in `$XDG_CACHE_HOME/mssh`.
//!
//! There is a file for each pair of credentials and region, named by what is known of them without a
//! call: the profile's name and the files that it is in, or the access key ID of the environment; and
//! the endpoint. Only a hash of that is in the name. A cache is optional: what cannot be read or
//! written counts as missing.

mod places;
mod refresh;

use std::env;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::private_file;
use crate::plan::cache::{self, MOST, Snapshot};
use crate::plan::cli::Options;
use crate::plan::cli::places::Place;
use crate::plan::list::row::Row;
use crate::world::aws::files;
use crate::world::process::clock::seconds;
use crate::world::tty::terminal::Terminal;

/// The beginning of the files' names.
const PREFIX: &str = "instances-";

/// A file that was not written for so long is deleted: session keys come and go.
const OLD: Duration = Duration::from_hours(30 * 24);

/// The most files that are looked at for that.
const FILES: usize = 1000;

/// The cached list of the instances of a region.
#[derive(Clone, Debug)]
pub(crate) struct InstanceCache {
    pub(crate) place: Place,
    path: PathBuf,
    terminal: Terminal,
}

impl InstanceCache {
    /// The one for these options' credentials; `None` with `--no-cache`, and if there is no directory
    /// for it.
    pub(crate) fn of(options: &Options, place: Place, terminal: Terminal) -> Option<Self> {
        if options.no_cache {
            return None;
        }
        let profile = place.profile.as_ref().or(options.profile.as_ref());
        let credentials = credentials(profile.map(String::as_str));
        let name = format!("{PREFIX}{credentials}-{}.tsv", place.region);
        let path = directory()?.join(name);
        Some(Self {
            place,
            path,
            terminal,
        })
    }

    /// The list, if there is one that nobody else could have written.
    pub(crate) fn read(&self) -> Option<Snapshot> {
        match private_file::read(&self.path, MOST) {
            Ok(text) => {
                let list = Snapshot::parse(text);
                if list.is_none() {
                    self.ignore("it is of another version");
                }
                list
            }
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    self.ignore(&error.to_string());
                }
                None
            }
        }
    }

    /// Replaces the list by one that AWS has just sent. Without success, the old one stays.
    pub(crate) fn write(&self, rows: &[Row]) {
        let Some(text) = cache::text(rows, seconds()) else {
            return;
        };
        match private_file::write(&self.path, text.as_bytes()) {
            Ok(()) => self.path.parent().into_iter().for_each(delete_old),
            Err(error) => {
                let path = self.path.display();
                self.terminal
                    .debug(|| format!("cannot write {path}: {error}"));
            }
        }
    }

    fn ignore(&self, why: &str) {
        let path = self.path.display();
        self.terminal.debug(|| format!("ignoring {path}: {why}"));
    }
}

/// Replaces the lists of these places by the rows that are theirs.
pub(crate) fn write(options: &Options, places: &[Place], rows: &[Row], terminal: Terminal) {
    for place in places {
        let name = place.profile.as_deref().unwrap_or_default();
        let own = rows
            .iter()
            .filter(|it| it.region == place.region && it.profile == name);
        let own: Vec<Row> = own.cloned().collect();
        if let Some(cache) = InstanceCache::of(options, place.clone(), terminal) {
            cache.write(&own);
        }
    }
}

/// `$XDG_CACHE_HOME/mssh`, else `~/.cache/mssh`.
fn directory() -> Option<PathBuf> {
    private_file::directory("XDG_CACHE_HOME", ".cache")
}

/// A name for the credentials that a run with this `--profile` uses.
fn credentials(profile: Option<&str>) -> String {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
    let key = variable("AWS_ACCESS_KEY_ID").filter(|_| profile.is_none());
    let mut hash = Sha256::new();
    // A separator that is in no value.
    let mut add = |part: &[u8]| hash.update([part, &[0]].concat());
    if let Some(key) = key {
        add(b"key");
        add(key.as_bytes());
    } else {
        let names = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];
        let set = profile
            .map(Into::into)
            .or_else(|| names.into_iter().find_map(variable));
        add(b"profile");
        add(set.unwrap_or_else(|| "default".into()).as_bytes());
        for path in files::paths() {
            add(path.as_os_str().as_bytes());
        }
    }
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2"] {
        add(variable(name).unwrap_or_default().as_bytes());
    }
    format!("{:x}", hash.finalize())[..16].to_owned()
}

/// Deletes lists that nobody has asked for in a long time.
fn delete_old(directory: &Path) {
    let entries = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .take(FILES);
    for entry in entries {
        let is_list = entry.file_name().as_bytes().starts_with(PREFIX.as_bytes());
        let written = entry.metadata().and_then(|it| it.modified());
        let age = written.ok().and_then(|it| it.elapsed().ok());
        if is_list && age.is_some_and(|age| age > OLD) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{File, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use std::time::SystemTime;

    use super::*;
    use crate::plan::program::Program;
    use crate::plan::target::ids::Region;

    #[test]
    fn a_list_is_for_its_owner_alone_and_files_of_others_are_ignored() {
        let base = tempfile::tempdir().expect("a directory");
        let path = base.path().join("cache/mssh/instances-0-us-east-1.tsv");
        let directory = path.parent().expect("a directory");
        let terminal = Terminal::new(Program::Ssh);
        let cache = InstanceCache {
            place: Place {
                profile: None,
                region: Region::us_east_1(),
            },
            path: path.clone(),
            terminal,
        };
        let is_there = || cache.read().is_some();
        assert!(!is_there());
        cache.write(&[Row::example("i-0000000a", "web")]);
        assert!(is_there());
        let mode = |path: &Path| fs::metadata(path).expect("there").mode() & 0o777;
        assert_eq!((mode(directory), mode(&path)), (0o700, 0o600));
        let set = |path: &Path, mode| {
            fs::set_permissions(path, Permissions::from_mode(mode)).expect("ours");
        };
        for (place, open, closed) in [(&*path, 0o620, 0o600), (directory, 0o702, 0o700)] {
            set(place, open);
            assert!(!is_there(), "{open:o}");
            set(place, closed);
            assert!(is_there());
        }
        for content in [&b""[..], b"\xff", b"mssh instances 9 7\n"] {
            fs::write(&path, content).expect("ours");
            assert!(!is_there(), "{content:?}");
        }
        fs::rename(&path, base.path().join("other")).expect("ours");
        std::os::unix::fs::symlink(base.path().join("other"), &path).expect("a link");
        assert!(!is_there());
    }

    #[test]
    fn old_lists_are_deleted_and_other_files_are_not() {
        let base = tempfile::tempdir().expect("a directory");
        let old = SystemTime::now() - 2 * OLD;
        for (name, time) in [
            ("instances-1-us-east-1.tsv", old),
            ("instances-2-us-east-1.tsv", SystemTime::now()),
            ("other", old),
        ] {
            let file = File::create(base.path().join(name)).expect("a file");
            file.set_modified(time).expect("ours");
        }
        delete_old(base.path());
        let left = fs::read_dir(base.path()).expect("a directory");
        let mut left: Vec<_> = left.map(|it| it.expect("a file").file_name()).collect();
        left.sort();
        assert_eq!(left, ["instances-2-us-east-1.tsv", "other"]);
    }
}
