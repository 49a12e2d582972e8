//! Adds keys to the user's known_hosts, as ssh does.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use super::config_files;
use crate::plan::ssh_g::known_host_lines;
use crate::plan::target::ids::InstanceId;
use crate::world::process::bounded;

/// Adds a line for the key of a host, unless the file has one. `key` is `TYPE KEY`.
///
/// A new file gets mode 0600, and `~/.ssh` mode 0700. Links are followed. The line is written at once, to
/// the end, under a lock: logins at the same time leave one line.
///
/// # Errors
/// If the file cannot be read and written: ssh says that it has failed to add the host, and goes on.
pub(crate) fn remember(file: &Path, name: &str, key: &str, is_hashed: bool) -> io::Result<()> {
    let file = config_files::with_home(&file.to_string_lossy());
    let directory = config_files::directory();
    if file.starts_with(&directory) && !directory.exists() {
        DirBuilder::new().mode(0o700).create(&directory)?;
    }
    // Opening a FIFO would wait for a reader, and /dev/null remembers nothing.
    if file.metadata().is_ok_and(|it| !it.is_file()) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut opened = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .open(&file)?;
    // Some network file systems have no locks: then there may be a line too many.
    let _lock = opened.lock();
    let content = content(&mut opened)?;
    if known_host_lines::has(&content, name, key) {
        return Ok(());
    }
    let host = if is_hashed {
        known_host_lines::hashed(name, &salt()?)
    } else {
        name.to_owned()
    };
    let is_open = content.last().is_some_and(|last| *last != b'\n');
    let newline = if is_open { "\n" } else { "" };
    opened.write_all(format!("{newline}{host} {key}\n").as_bytes())
}

/// Another instance that the user's known_hosts has this key for, `TYPE KEY`. Hashed names are not seen.
#[must_use]
pub(crate) fn instance_with(key: &str, not: &InstanceId) -> Option<InstanceId> {
    let file = bounded::file(&config_files::directory().join("known_hosts")).ok()?;
    let names = known_host_lines::names_with(&file, key);
    let mut ids = names.filter_map(|it| InstanceId::parse(&it).ok());
    ids.find(|it| it != not)
}

fn content(file: &mut File) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    file.take(bounded::FILE as u64 + 1)
        .read_to_end(&mut content)?;
    if content.len() > bounded::FILE {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(content)
}

fn salt() -> io::Result<[u8; known_host_lines::SALT]> {
    let mut salt = [0; known_host_lines::SALT];
    let random = ring::rand::SystemRandom::new();
    let filled = ring::rand::SecureRandom::fill(&random, &mut salt);
    filled.map_err(|_| io::Error::other("no random numbers"))?;
    Ok(salt)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, symlink};
    use std::process::Command;

    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICaQe1UXqoKF2NBZM8MZUcXCzQbGwxvQ3XaOKC49FSef";
    const ID: &str = "i-0face000000000001";

    /// What ssh-keygen(1) finds.
    fn found(file: &Path) -> String {
        let keygen = Command::new("ssh-keygen")
            .args(["-F", ID, "-f"])
            .arg(file)
            .output();
        String::from_utf8_lossy(&keygen.expect("ssh-keygen").stdout).into_owned()
    }

    #[test]
    fn a_key_is_added_once_and_found_by_openssh() -> io::Result<()> {
        let directory = tempfile::tempdir()?;
        for (name, hashed) in [("plain", false), ("hashed", true)] {
            let file = directory.path().join(name);
            remember(&file, ID, KEY, hashed)?;
            remember(&file, ID, KEY, hashed)?;
            let text = fs::read_to_string(&file)?;
            assert_eq!((text.lines().count(), text.contains(ID)), (1, !hashed));
            assert!(found(&file).contains(KEY), "{text}");
            assert_eq!(fs::metadata(&file)?.mode() & 0o777, 0o600);
        }
        Ok(())
    }

    #[test]
    fn the_rest_of_the_file_stays_and_a_link_is_followed() -> io::Result<()> {
        let directory = tempfile::tempdir()?;
        let (file, link) = (directory.path().join("a"), directory.path().join("b"));
        fs::write(&file, "# mine\nweb ssh-rsa AAAA")?;
        symlink(&file, &link)?;
        remember(&link, ID, KEY, false)?;
        let text = fs::read_to_string(&file)?;
        assert_eq!(text, format!("# mine\nweb ssh-rsa AAAA\n{ID} {KEY}\n"));
        remember(Path::new("/dev/null"), ID, KEY, false).expect_err("no file");
        remember(&directory.path().join("none/x"), ID, KEY, false).expect_err("no directory");
        Ok(())
    }

    #[test]
    fn many_at_once_leave_one_line() -> io::Result<()> {
        let directory = tempfile::tempdir()?;
        let file = &directory.path().join("known_hosts");
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(move || remember(file, ID, KEY, true).expect("added"));
            }
        });
        assert_eq!(fs::read_to_string(file)?.lines().count(), 1);
        Ok(())
    }
}
