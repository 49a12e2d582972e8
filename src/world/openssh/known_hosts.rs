//! What the files say about the key of a host: known_hosts, and those that ssh read for `ssh -G`.

use std::io;
use std::path::PathBuf;

use super::config_files;
use crate::plan::ssh_g::known_hosts::Found;
use crate::plan::ssh_g::{HostConfig, HostKeyConfig, host_blocks};
use crate::world::process::bounded;

/// Whether the files that ssh read for one of these hosts say the same about the other.
#[must_use]
pub(crate) fn files_say_the_same(config: &HostConfig, hosts: [&str; 2]) -> bool {
    !any_file(config, |text| !host_blocks::say_the_same(text, hosts))
}

/// Whether `says` is true for one of the files that ssh read. Also if they are not known, or cannot be
/// read.
#[must_use]
pub(crate) fn any_file(config: &HostConfig, says: impl Fn(&[u8]) -> bool) -> bool {
    let says = |file: &PathBuf| bounded::file(file).map_or(true, |text| says(&text));
    config
        .files
        .as_ref()
        .is_none_or(|files| files.iter().any(says))
}

/// What the user's and the system's files of known_hosts have under ssh's `own` names and another one.
#[must_use]
pub(crate) fn look(config: &HostKeyConfig, own: &[String], alias: &str) -> Found {
    let mut found = Found::default();
    for file in config.files().map(config_files::with_home) {
        // Opening a FIFO would wait for a writer.
        if !file.metadata().is_ok_and(|it| it.is_file()) {
            continue;
        }
        match bounded::file(&file) {
            Ok(text) => found.read(&text, own, alias),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => found.may_be_known(),
            // ssh cannot read it either.
            Err(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_hosts_file_is_looked_at() -> io::Result<()> {
        let directory = tempfile::tempdir()?;
        let file = directory.path().join("known_hosts");
        std::fs::write(&file, "web ssh-ed25519 AAAA\n10.0.0.1 ssh-ed25519 AAAA\n")?;
        let knows = |user: &[&str], global: &[&str]| {
            let owned = |files: &[&str]| files.iter().map(ToString::to_string).collect();
            let config = HostKeyConfig {
                user_files: owned(user),
                global_files: owned(global),
                ..HostKeyConfig::default()
            };
            look(&config, &["10.0.0.1".to_owned()], "i-0abcdef0").own
        };
        let path = file.to_str().expect("text");
        assert!(knows(&["/dev/zero", "/nowhere/known_hosts", path], &[]));
        assert!(knows(&["/nowhere"], &[path]));
        assert!(!knows(&["/dev/null", "~/.ssh/nowhere"], &[]));
        Ok(())
    }

    #[test]
    fn a_file_that_is_too_long_may_know_the_host() -> io::Result<()> {
        let directory = tempfile::tempdir()?;
        let file = directory.path().join("known_hosts");
        std::fs::File::create(&file)?.set_len(17 << 20)?;
        let config = HostKeyConfig {
            user_files: vec![file.to_string_lossy().into_owned()],
            ..HostKeyConfig::default()
        };
        let found = look(&config, &["10.0.0.1".to_owned()], "i-0abcdef0");
        assert!(!found.own && !found.permits_alias());
        Ok(())
    }
}
