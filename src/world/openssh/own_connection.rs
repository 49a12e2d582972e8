//! What this machine says about handing ssh an open connection.

use std::env;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::world::process::shell;

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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::config_files;
    use super::*;
    use crate::plan::ssh_g::{ForwardAgent, HostConfig, KnownHostsCommand, UnknownKey};

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
        assert_eq!(usual.host_key.unknown, UnknownKey::Ask);
        assert!(!usual.host_key.trusts_localhost);
        assert_ne!(usual.host_key.command, KnownHostsCommand::Set);
        assert!(
            !usual
                .host_key
                .is_set(&config_files::home().to_string_lossy())
        );
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
        assert_eq!(host_key.unknown, UnknownKey::Accept);
        assert!(host_key.checks_address && host_key.trusts_localhost);
        assert_eq!(host_key.alias.as_deref(), Some("web"));
        assert_eq!(host_key.user_files, ["/e", "/f"]);
        assert_eq!(other.agent.identity_agent.as_deref(), Some("/c d"));
        assert_eq!(other.agent.forward, ForwardAgent::At("/a b".into()));
    }
}
