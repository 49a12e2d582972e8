//! Bytes that are looked at on their way.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

/// How much is read at once, in bytes: what a pipe holds.
const CHUNK: usize = 64 << 10;

/// Copies bytes until the writer of `from` or the reader of `to` is gone, or `passes` is false for some,
/// which are then not copied.
///
/// # Errors
/// If one of them breaks otherwise.
pub(crate) fn copy(
    from: OwnedFd,
    to: OwnedFd,
    mut passes: impl FnMut(&[u8]) -> bool,
) -> io::Result<()> {
    let (mut from, mut to) = (File::from(from), File::from(to));
    let mut buffer = vec![0; CHUNK];
    loop {
        // poll(2) reports errors and hang-ups even if no event is asked for.
        let mut ends = [
            PollFd::new(&from, PollFlags::IN),
            PollFd::new(&to, PollFlags::empty()),
        ];
        match poll(&mut ends, None) {
            Err(Errno::INTR) => continue,
            polled => polled?,
        };
        if !ends[1].revents().is_empty() {
            return Ok(());
        }
        let bytes = match from.read(&mut buffer) {
            Ok(count) => &buffer[..count],
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => continue,
            Err(cause) => return Err(cause),
        };
        if bytes.is_empty() || !passes(bytes) {
            return Ok(());
        }
        to.write_all(bytes)?;
    }
}

#[cfg(test)]
mod tests {
    use std::io::pipe;

    use super::*;

    #[test]
    fn bytes_pass_until_one_does_not() -> io::Result<()> {
        let ((from, mut ours), (mut theirs, to)) = (pipe()?, pipe()?);
        let copying = std::thread::spawn(|| copy(from.into(), to.into(), |it| it != b"no"));
        let mut read = [0; 3];
        ours.write_all(b"yes")?;
        theirs.read_exact(&mut read)?;
        ours.write_all(b"no")?;
        copying.join().expect("copied")?;
        let mut rest = Vec::new();
        theirs.read_to_end(&mut rest)?;
        assert_eq!((&read, &*rest), (b"yes", &[][..]));
        Ok(())
    }

    #[test]
    fn it_ends_with_either_end() -> io::Result<()> {
        let ((from, ours), (theirs, to)) = (pipe()?, pipe()?);
        drop(theirs);
        copy(from.into(), to.into(), |_| true)?;
        drop(ours);
        let ((from, ours), (_theirs, to)) = (pipe()?, pipe()?);
        drop(ours);
        copy(from.into(), to.into(), |_| true)
    }
}
