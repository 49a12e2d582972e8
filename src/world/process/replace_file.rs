//! Replaces files atomically.

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::NamedTempFile;

/// Replaces a file with this content and mode. Readers see the old content or the new one, never a
/// part. If this fails, the old content stays.
///
/// # Errors
/// If the new file cannot be written, synced or renamed.
pub(crate) fn replace_file(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut file = NamedTempFile::new_in(directory)?;
    file.write_all(content)?;
    file.as_file()
        .set_permissions(Permissions::from_mode(mode))?;
    // A full disk may be reported only here; the old content must still be there.
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
