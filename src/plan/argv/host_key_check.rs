//! Whether ssh asks our agent about a host key: `--verify-host-key`.

use thiserror::Error;

use crate::hint::Hint;
use crate::plan::argv::host_key_name::HostKeyName;
use crate::plan::ssh_g::KnownHostsCommand;
use crate::plan::verify_host_key::VerifyHostKey;

/// How ssh asks our agent about a host key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AskAgent {
    /// HostKeyAlgorithms, as they are anyway. An option for them keeps ssh from asking once more, before
    /// the key exchange, in which order to prefer them (`ssh_kex2()` in OpenSSH's `sshconnect2.c`): the
    /// console is rarely read by then.
    pub(crate) algorithms: Option<String>,
}

/// What is known about a destination and its ssh.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyFacts<'a> {
    /// The name of the key.
    pub name: &'a HostKeyName,
    /// KnownHostsCommand, as `ssh -G` says.
    pub command: KnownHostsCommand,
    /// Whether it is an EC2 instance, and not a managed node.
    pub is_instance: bool,
}

/// Why a host key cannot be verified although it must.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum CannotVerify {
    #[error("cannot verify the host key: this ssh is older than OpenSSH 8.5")]
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
    /// Whether ssh is to ask about the key.
    ///
    /// # Errors
    /// Why it cannot, if it must.
    pub(crate) fn asks_agent(self, option: VerifyHostKey) -> Result<bool, CannotVerify> {
        if option == VerifyHostKey::Off || self.name.is_known {
            return Ok(false);
        }
        let obstacle = if !self.is_instance {
            Some(CannotVerify::NoInstance)
        } else if self.command == KnownHostsCommand::Unsupported {
            Some(CannotVerify::OldSsh)
        } else if self.command == KnownHostsCommand::Set {
            Some(CannotVerify::OwnCommand)
        } else {
            None
        };
        match obstacle {
            Some(obstacle) if option == VerifyHostKey::Require => Err(obstacle),
            Some(_) => Ok(false),
            None => Ok(option == VerifyHostKey::Require || !self.name.is_policy_set),
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

    fn applies(option: VerifyHostKey, lines: &str) -> Result<bool, CannotVerify> {
        let usual = "stricthostkeychecking ask\nhostbasedacceptedalgorithms x\n\
                     userknownhostsfile /home/me/.ssh/known_hosts\n";
        let config = HostConfig::parse(format!("{usual}{lines}").as_bytes());
        KeyFacts {
            name: &name(&config),
            command: config.host_key.command,
            is_instance: true,
        }
        .asks_agent(option)
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
        let unknown = name(&HostConfig::default());
        let facts = KeyFacts {
            name: &unknown,
            command: KnownHostsCommand::Unsupported,
            is_instance: true,
        };
        let require = |facts: KeyFacts<'_>| facts.asks_agent(VerifyHostKey::Require);
        assert_eq!(require(facts), Err(CannotVerify::OldSsh));
        assert_eq!(facts.asks_agent(VerifyHostKey::Auto), Ok(false));
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
            Ok(false)
        );
    }
}
