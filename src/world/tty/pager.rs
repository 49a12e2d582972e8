//! A man page on a terminal, by the system's man(1).

use std::ffi::OsString;
use std::io::{self, Seek, Write};
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::io::{FdFlags, fcntl_setfd};

use crate::world::process;

/// Becomes man(1) with this page, which has the user's MANPAGER; returns where man is not there.
///
/// The page is in a file that has no name any more, so nothing is left of it, however man ends.
///
/// # Errors
/// When the page cannot be put there.
pub fn show(page: &[u8]) -> io::Result<()> {
    let Ok(man) = process::find("man") else {
        return Ok(());
    };
    let mut file = tempfile::tempfile()?;
    file.write_all(page)?;
    file.rewind()?;
    fcntl_setfd(&file, FdFlags::empty())?;
    let path = OsString::from(format!("/dev/fd/{}", file.as_raw_fd()));
    // What comes back is the failure, and then the page is printed.
    let _ = Command::new(man).arg(path).exec();
    Ok(())
}
