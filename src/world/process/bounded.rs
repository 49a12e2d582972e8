//! Reading to the end, but not for ever: files and pipes of others may have none.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use tokio::io::{AsyncRead, AsyncReadExt};

/// How long a file may be: some have thousands of profiles or certificates.
const FILE: usize = 16 * 1024 * 1024;

/// The content of a file.
///
/// # Errors
/// When it cannot be read or is longer than any should be.
pub fn file(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?
        .take(FILE as u64 + 1)
        .read_to_end(&mut content)?;
    if content.len() > FILE {
        return Err(too_long(FILE));
    }
    Ok(content)
}

/// The text of a file.
///
/// # Errors
/// Those of [`file`], and when it is not UTF-8.
pub fn text(path: &Path) -> io::Result<String> {
    String::from_utf8(file(path)?)
        .map_err(|cause| io::Error::new(io::ErrorKind::InvalidData, cause))
}

/// Reads what is left of a pipe, of which no more than `most` bytes may be kept.
///
/// # Errors
/// When it cannot be read or has more.
pub async fn pipe(
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
