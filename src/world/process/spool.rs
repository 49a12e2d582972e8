//! Standard input for several programs: it is read once.

use std::fs::File;
use std::io::{self, Read};

use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;

/// The most bytes: a system may keep temporary files in memory.
const MOST: u64 = 256 << 20;

/// All of standard input in a file that only the user can read, deleted when this is dropped.
#[derive(Debug)]
pub(crate) struct Spool(NamedTempFile);

impl Spool {
    /// Reads standard input to its end. Call it in the runtime.
    ///
    /// # Errors
    /// If it cannot be read or kept, or has more than 256 MB.
    pub(crate) async fn of_stdin() -> io::Result<Self> {
        let file = NamedTempFile::new()?;
        let mut into = file.reopen()?;
        // This thread may wait for ever, and then ends with the process.
        let copy = move || io::copy(&mut io::stdin().lock().take(MOST + 1), &mut into);
        let size = spawn_blocking(copy).await.map_err(io::Error::other)??;
        if size > MOST {
            let message = format!("it is longer than {} MB", MOST >> 20);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        Ok(Self(file))
    }

    /// The input from its beginning.
    ///
    /// # Errors
    /// If the file can no longer be opened.
    pub(crate) fn open(&self) -> io::Result<File> {
        File::open(self.0.path())
    }
}
