//! A man page on a terminal, by the system's man(1).

use std::ffi::OsString;
use std::io::{self, Seek, Write};
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::io::{FdFlags, fcntl_setfd};

use crate::world::process;

/// Becomes man(1) with this page. man obeys the user's MANPAGER. Returns if there is no man.
///
/// The page is in an unnamed file, so nothing is left of it however man ends.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn show(page: &[u8]) -> io::Result<()> {
    let Ok(man) = process::find("man") else {
        return Ok(());
    };
    let mut file = tempfile::tempfile()?;
    file.write_all(page)?;
    file.rewind()?;
    fcntl_setfd(&file, FdFlags::empty())?;
    let path = OsString::from(format!("/dev/fd/{}", file.as_raw_fd()));
    // exec returns only if it fails; then the caller prints the page.
    let _ = Command::new(man).arg(path).exec();
    Ok(())
}
