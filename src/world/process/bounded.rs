//! Reads files and pipes up to a limit: they may be endless.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use tokio::io::{AsyncRead, AsyncReadExt};

/// The limit for a file, in bytes. Some hold thousands of profiles or certificates.
pub(crate) const FILE: usize = 16 * 1024 * 1024;

/// Reads a file.
///
/// # Errors
/// If it cannot be read or exceeds the limit of 16 MB.
pub(crate) fn file(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?
        .take(FILE as u64 + 1)
        .read_to_end(&mut content)?;
    if content.len() > FILE {
        return Err(too_long(FILE));
    }
    Ok(content)
}

/// Reads a text file.
///
/// # Errors
/// As [`file`]; also if it is not UTF-8.
pub(crate) fn text(path: &Path) -> io::Result<String> {
    String::from_utf8(file(path)?)
        .map_err(|cause| io::Error::new(io::ErrorKind::InvalidData, cause))
}

/// Reads a pipe to its end, until `into` holds `most` bytes.
///
/// # Errors
/// If it cannot be read or has more.
pub(crate) async fn pipe(
    from: &mut (impl AsyncRead + Unpin),
    into: &mut Vec<u8>,
    most: usize,
) -> io::Result<()> {
    let left = most.saturating_sub(into.len()) as u64 + 1;
    from.take(left).read_to_end(into).await?;
    if into.len() > most {
        return Err(too_long(most));
    }
    Ok(())
}

fn too_long(most: usize) -> io::Error {
    let most = most >> 10;
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it is longer than {most} KB"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_an_end() {
        let failed = file(Path::new("/dev/zero")).map(|content| content.len());
        let failed = failed.map_err(|cause| cause.to_string());
        assert_eq!(failed, Err("it is longer than 16384 KB".to_owned()));
        assert!(file(Path::new("/dev/null")).is_ok_and(|content| content.is_empty()));
    }
}
