//! Which lists are refreshed: by one process at a time, and not too often.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use rustix::fs::OFlags;

use super::InstanceCache;
use crate::plan::cache::Snapshot;
use crate::world::process::clock::seconds;

/// How old a list gets before it is refreshed, in seconds.
const FRESH: u64 = 3 * 60;

/// How long nothing is tried after a try: it may still run, or it would fail again.
const PAUSE: Duration = Duration::from_mins(1);

impl InstanceCache {
    /// Whether this list, which was read from it, is to be refreshed now.
    pub(crate) fn is_due(&self, list: Option<&Snapshot>) -> bool {
        let is_old = list.is_none_or(|list| list.age(seconds()) > FRESH);
        is_old && !self.was_tried()
    }

    fn was_tried(&self) -> bool {
        let begun = fs::symlink_metadata(self.lock_file()).and_then(|it| it.modified());
        begun.is_ok_and(|time| time.elapsed().is_ok_and(|age| age < PAUSE))
    }

    /// Begins a refresh, which ends when the file is closed. `None` if another process refreshes the
    /// list or has just done so, and if it could not be written anyway.
    pub(crate) fn begin_refresh(&self) -> Option<File> {
        let path = self.lock_file();
        let mut directory = DirBuilder::new();
        let directory = directory.recursive(true).mode(0o700);
        directory.create(path.parent()?).ok()?;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(false).mode(0o600);
        let file = options.custom_flags(flags.bits().cast_signed()).open(path);
        let file = file.ok()?;
        let found = file.metadata().ok()?;
        if !found.is_file() || found.uid() != nix::unistd::geteuid().as_raw() {
            return None;
        }
        file.try_lock().ok()?;
        if self.read().is_some_and(|list| list.age(seconds()) <= FRESH) {
            return None;
        }
        file.set_modified(SystemTime::now()).ok()?;
        Some(file)
    }

    fn lock_file(&self) -> PathBuf {
        self.path.with_extension("lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::cli::places::Place;
    use crate::plan::list::row::Row;
    use crate::plan::program::Program;
    use crate::plan::target::ids::Region;
    use crate::world::tty::terminal::Terminal;

    #[test]
    fn a_list_is_refreshed_by_one_process_and_not_again_at_once() {
        let base = tempfile::tempdir().expect("a directory");
        let cache = InstanceCache {
            place: Place {
                profile: None,
                region: Region::us_east_1(),
            },
            path: base.path().join("mssh/instances-0-us-east-1.tsv"),
            terminal: Terminal::new(Program::Ssh),
        };
        assert!(cache.is_due(None));
        let lock = cache.begin_refresh().expect("the first");
        assert!(!cache.is_due(None));
        assert!(cache.begin_refresh().is_none());
        lock.set_modified(SystemTime::now() - 2 * PAUSE)
            .expect("ours");
        drop(lock);
        assert!(cache.is_due(None));
        assert!(cache.begin_refresh().is_some());
        cache.write(&[Row::example("i-0000000a", "web")]);
        assert!(cache.begin_refresh().is_none());
    }
}
