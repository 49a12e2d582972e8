//! What this machine says about handing ssh an open connection.

use std::env;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::config_files;
use crate::plan::ssh_g::{HostConfig, HostKeyConfig, host_blocks, known_hosts};
use crate::world::process::{bounded, shell};

/// The environment variable that leaves connecting to ssh, if it is `ssh`.
const VARIABLE: &str = "MSSH_CONNECT";

/// Whether this ssh can take an open connection, and the user has nothing against it.
///
/// A script in front of ssh may connect from elsewhere: from another network namespace, a container, a
/// proxy.
#[must_use]
pub(crate) fn is_possible(ssh: &Path) -> bool {
    let is_off = env::var_os(VARIABLE).is_some_and(|value| value == "ssh");
    !is_off && shell::reads_no_file() && !is_script(ssh)
}

/// Whether a program is a script (execve(2)). One that cannot be read counts as such.
fn is_script(program: &Path) -> bool {
    let mut begin = [0; 2];
    let read = File::open(program).and_then(|mut file| file.read_exact(&mut begin));
    read.is_err() || begin == *b"#!"
}

/// Whether the files that ssh read for one of these hosts say the same about the other.
#[must_use]
pub(crate) fn files_say_the_same(config: &HostConfig, hosts: [&str; 2]) -> bool {
    let same = |file: &PathBuf| {
        bounded::file(file).is_ok_and(|text| host_blocks::say_the_same(&text, hosts))
    };
    config
        .files
        .as_ref()
        .is_some_and(|files| files.iter().all(same))
}

/// Whether one of the user's or the system's known_hosts files has a key for any of these names.
#[must_use]
pub(crate) fn knows_any(config: &HostKeyConfig, names: &[String]) -> bool {
    let mut files = config
        .files
        .iter()
        .map(|name| match name.strip_prefix("~/") {
            Some(rest) => config_files::home().join(rest),
            None => PathBuf::from(name),
        });
    files.any(|file| {
        let is_file = file.metadata().is_ok_and(|it| it.is_file());
        let content = bounded::file(&file).ok().filter(|_| is_file);
        content.is_some_and(|it| known_hosts::has_key(&it, names))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_in_front_of_ssh_is_noticed() -> std::io::Result<()> {
        let directory = tempfile::tempdir()?;
        let script = directory.path().join("ssh");
        std::fs::write(&script, "#!/bin/sh\nexec ip netns exec vpn ssh \"$@\"\n")?;
        assert!(!is_possible(&script));
        assert!(is_script(&script) && is_script(&directory.path().join("none")));
        assert!(!is_script(&env::current_exe()?));
        Ok(())
    }

    #[test]
    fn every_known_hosts_file_is_looked_at() -> std::io::Result<()> {
        let directory = tempfile::tempdir()?;
        let file = directory.path().join("known_hosts");
        std::fs::write(&file, "web ssh-ed25519 AAAA\n10.0.0.1 ssh-ed25519 AAAA\n")?;
        let config = |files: &[&str]| HostKeyConfig {
            files: files.iter().map(ToString::to_string).collect(),
            ..HostKeyConfig::default()
        };
        let knows = |files: &[&str]| knows_any(&config(files), &["10.0.0.1".to_owned()]);
        let path = file.to_str().expect("text");
        assert!(knows(&["/dev/zero", "/nowhere/known_hosts", path]));
        assert!(!knows(&["/dev/null", "~/.ssh/nowhere"]));
        Ok(())
    }
}
