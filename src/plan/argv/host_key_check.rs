//! Whether our agent compares a host key with the console: `--verify-host-key`.

use thiserror::Error;

use crate::hint::Hint;
use crate::plan::argv::console_keys::{self, ConsoleKeys};
use crate::plan::argv::host_key_name::HostKeyName;
use crate::plan::ssh_g::{HostKeyConfig, KnownHostsCommand};
use crate::plan::verify_host_key::VerifyHostKey;

/// How ssh learns from our agent which host key is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AskAgent {
    /// It asks, by KnownHostsCommand.
    ByCommand {
        /// HostKeyAlgorithms, as they are anyway. An option for them keeps ssh from asking once more,
        /// before the key exchange, in which order to prefer them (`ssh_kex2()` in OpenSSH's
        /// `sshconnect2.c`): the console is rarely read by then.
        algorithms: Option<String>,
    },
    /// It reads a file. For releases that know no KnownHostsCommand.
    ByFile(ConsoleKeys),
}

/// What ssh gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeySource {
    Command,
    File,
}

/// What is known about a destination and its ssh.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyFacts<'a> {
    /// The name of the key.
    pub name: &'a HostKeyName,
    /// What `ssh -G` says.
    pub config: &'a HostKeyConfig,
    /// Whether it is an EC2 instance, and not a managed node.
    pub is_instance: bool,
}

/// Why a host key cannot be verified although it must.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum CannotVerify {
    #[error(
        "cannot verify the host key: this ssh is older than OpenSSH 8.5, and the names of your \
         known_hosts files cannot be passed to it"
    )]
    OldSsh,
    #[error("cannot verify the host key: ssh_config has a KnownHostsCommand")]
    OwnCommand,
    #[error("cannot verify the host key: a managed node has no EC2 console")]
    NoInstance,
    #[error("cannot verify the host key: ssh reads its configuration from a pipe")]
    UnknownConfig,
    #[error("cannot verify the host key: the server shows none")]
    NoKey,
}

impl Hint for CannotVerify {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::OwnCommand => {
                "turn it off for this login with `-o KnownHostsCommand=none`".to_owned()
            }
            Self::OldSsh | Self::NoInstance | Self::UnknownConfig | Self::NoKey => {
                "add its key to known_hosts, or leave out `--verify-host-key require`".to_owned()
            }
        })
    }
}

impl KeyFacts<'_> {
    /// By what ssh is to learn about the key, if the key is to be compared.
    ///
    /// # Errors
    /// Why it cannot be, if it must.
    pub(crate) fn source(self, option: VerifyHostKey) -> Result<Option<KeySource>, CannotVerify> {
        if option == VerifyHostKey::Off || self.name.is_known {
            return Ok(None);
        }
        let is_old = self.config.command == KnownHostsCommand::Unsupported;
        let obstacle = if !self.is_instance {
            Some(CannotVerify::NoInstance)
        } else if is_old && !console_keys::can_pass(&self.config.user_files) {
            Some(CannotVerify::OldSsh)
        } else if self.config.command == KnownHostsCommand::Set {
            Some(CannotVerify::OwnCommand)
        } else {
            None
        };
        match obstacle {
            Some(obstacle) if option == VerifyHostKey::Require => Err(obstacle),
            Some(_) => Ok(None),
            None if option == VerifyHostKey::Auto && self.name.is_policy_set => Ok(None),
            None if is_old => Ok(Some(KeySource::File)),
            None => Ok(Some(KeySource::Command)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::argv::host_key_name::NamePolicy;
    use crate::plan::host_key_alias::HostKeyAlias;
    use crate::plan::ssh_g::HostConfig;
    use crate::plan::ssh_g::known_hosts::Found;

    fn name(config: &HostConfig) -> HostKeyName {
        let policy = NamePolicy {
            option: HostKeyAlias::Auto,
            excludes_alias: false,
            sets_check: false,
            is_in_control_path: false,
            home: "/home/me",
        };
        HostKeyName::choose("i-0face000", config, policy, |_, _| Found::default())
    }

    /// By what ssh of a release before 8.5 is told.
    fn old(option: VerifyHostKey, lines: &str) -> Result<Option<KeySource>, CannotVerify> {
        let usual = "stricthostkeychecking ask\nuserknownhostsfile /home/me/.ssh/known_hosts\n";
        let config = HostConfig::parse(format!("{usual}{lines}").as_bytes());
        KeyFacts {
            name: &name(&config),
            config: &config.host_key,
            is_instance: true,
        }
        .source(option)
    }

    fn applies(option: VerifyHostKey, lines: &str) -> Result<bool, CannotVerify> {
        let source = old(option, &format!("hostbasedacceptedalgorithms x\n{lines}"))?;
        assert_ne!(source, Some(KeySource::File));
        Ok(source.is_some())
    }

    #[test]
    fn an_old_ssh_gets_a_file() {
        use VerifyHostKey::{Auto, Off, Require};
        let file = Ok(Some(KeySource::File));
        assert_eq!(
            [Auto, Require, Off].map(|it| old(it, "")),
            [file, file, Ok(None)]
        );
        let own = "userknownhostsfile /home/me/hosts\n";
        assert_eq!([Auto, Require].map(|it| old(it, own)), [Ok(None), file]);
        for odd in ["none", "/home/me/%h", "/home/me/my hosts", "/a\"b"] {
            let own = format!("userknownhostsfile {odd}\n");
            let got = [Auto, Require].map(|it| old(it, &own));
            assert_eq!(got, [Ok(None), Err(CannotVerify::OldSsh)], "{odd}");
        }
    }

    #[test]
    fn the_users_policy_stands_unless_it_is_required() {
        use VerifyHostKey::{Auto, Off, Require};
        assert_eq!(
            [Auto, Require, Off].map(|it| applies(it, "")),
            [Ok(true), Ok(true), Ok(false)]
        );
        assert_eq!(
            applies(Auto, "stricthostkeychecking accept-new\n"),
            Ok(true)
        );
        for policy in [
            "stricthostkeychecking false\n",
            "userknownhostsfile /dev/null\n",
            "hostkeyalias web\n",
        ] {
            assert_eq!(applies(Auto, policy), Ok(false), "{policy}");
            assert_eq!(applies(Require, policy), Ok(true), "{policy}");
        }
        let own = "knownhostscommand /bin/keys\n";
        assert_eq!(applies(Auto, own), Ok(false));
        assert_eq!(applies(Require, own), Err(CannotVerify::OwnCommand));
    }

    #[test]
    fn what_makes_it_impossible_is_named_if_it_is_required() {
        let config = HostConfig::default();
        let unknown = name(&config);
        let facts = KeyFacts {
            name: &unknown,
            config: &config.host_key,
            is_instance: true,
        };
        let require = |facts: KeyFacts<'_>| facts.source(VerifyHostKey::Require);
        assert_eq!(require(facts), Err(CannotVerify::OldSsh));
        assert_eq!(facts.source(VerifyHostKey::Auto), Ok(None));
        let is_instance = false;
        assert_eq!(
            require(KeyFacts {
                is_instance,
                ..facts
            }),
            Err(CannotVerify::NoInstance)
        );
        let mut known = unknown.clone();
        known.is_known = true;
        assert_eq!(
            require(KeyFacts {
                name: &known,
                ..facts
            }),
            Ok(None)
        );
    }
}
