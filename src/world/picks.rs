//! Which instances were picked: `$XDG_STATE_HOME/mssh/picks`.

use std::path::PathBuf;

use super::private_file;
use crate::plan::picker::frecency::Picks;
use crate::plan::target::ids::InstanceId;

/// The longest file, in bytes.
const MOST: usize = 256 * 1024;

fn path() -> Option<PathBuf> {
    let directory = private_file::directory("XDG_STATE_HOME", ".local/state")?;
    Some(directory.join("picks"))
}

/// All picks; none if they cannot be read.
pub(crate) fn read() -> Picks {
    let text = path().and_then(|path| private_file::read(&path, MOST).ok());
    text.map_or_else(Picks::default, |text| Picks::parse(&text))
}

/// Counts a pick of each of them. A failure only costs the order of the next list.
pub(crate) fn add<'a>(ids: impl IntoIterator<Item = &'a InstanceId>, now: u64) {
    let mut picks = read();
    ids.into_iter().for_each(|id| picks.add(id, now));
    if let Some(path) = path() {
        let _ = private_file::write(&path, picks.text().as_bytes());
    }
}
