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
    let files = config.files.iter();
    let mut files = files.map(|name| config_files::with_home(name));
    files.any(|file| {
        // Opening a FIFO would wait for a writer.
        file.metadata().is_ok_and(|it| it.is_file())
            && bounded::file(&file).is_ok_and(|it| known_hosts::has_key(&it, names))
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::plan::ssh_g::ForwardAgent;

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

    /// The settings of the installed ssh for an address.
    fn settings(options: &[&str]) -> HostConfig {
        let mut ssh = std::process::Command::new("ssh");
        ssh.args(["-F", "none", "-G"]);
        ssh.args(options.iter().flat_map(|option| ["-o", option]));
        let output = ssh.arg("10.0.0.1").output().expect("ssh");
        assert!(output.status.success(), "{output:?}");
        HostConfig::parse(&output.stdout)
    }

    #[test]
    fn what_the_installed_ssh_prints_is_understood() {
        let usual = settings(&[]);
        let connection = &usual.connection;
        assert!(connection.keepalive && !connection.binds && !connection.canonicalizes);
        assert_eq!((connection.timeout, connection.attempts), (None, Some(1)));
        assert!(connection.tos.is_some() && connection.local_command.is_none());
        assert!(usual.host_key.asks && !usual.host_key.trusts_localhost);
        assert!(usual.host_key.files.len() > 1);
        assert_eq!(usual.agent.forward, ForwardAgent::No);
        let algorithms = &usual.agent.accepted_algorithms;
        assert!(algorithms.iter().any(|it| it == "ssh-ed25519"));
        let other = settings(&[
            "BindAddress=10.0.0.9",
            "CanonicalizeHostname=yes",
            "CheckHostIP=yes",
            "ConnectTimeout=7",
            "ConnectionAttempts=3",
            "ForwardAgent=\"/a b\"",
            "HostKeyAlias=web",
            "IPQoS=af21 cs1",
            "IdentityAgent=\"/c d\"",
            "LocalCommand=echo %h",
            "NoHostAuthenticationForLocalhost=yes",
            "PermitLocalCommand=yes",
            "StrictHostKeyChecking=accept-new",
            "TCPKeepAlive=no",
            "UserKnownHostsFile=/e /f",
        ]);
        let connection = other.connection;
        assert!(!connection.keepalive && connection.binds && connection.canonicalizes);
        assert_eq!(connection.timeout, Some(Duration::from_secs(7)));
        assert_eq!((connection.attempts, connection.tos), (Some(3), Some(0x48)));
        assert_eq!(connection.local_command.as_deref(), Some("echo %h"));
        let host_key = other.host_key;
        assert!(!host_key.asks && host_key.checks_address && host_key.trusts_localhost);
        assert_eq!(host_key.alias.as_deref(), Some("web"));
        assert!(
            ["/e", "/f"]
                .iter()
                .all(|it| host_key.files.contains(&(*it).to_owned()))
        );
        assert_eq!(other.agent.identity_agent.as_deref(), Some("/c d"));
        assert_eq!(other.agent.forward, ForwardAgent::At("/a b".into()));
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
