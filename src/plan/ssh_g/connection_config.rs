//! The settings in the output of `ssh -G` about the connection, the host key and agents.
//!
//! The output always has all of these but BindAddress, BindInterface, HostKeyAlias and IdentityAgent
//! (`dump_client_config()` in OpenSSH's `readconf.c`).

use std::time::Duration;

/// How ssh connects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ConnectionConfig {
    /// Whether BindAddress or BindInterface chooses the local address.
    pub(crate) binds: bool,
    /// ConnectTimeout; `None` for the system's limit.
    pub(crate) timeout: Option<Duration>,
    /// ConnectionAttempts.
    pub(crate) attempts: Option<u32>,
    /// TCPKeepAlive.
    pub(crate) keepalive: bool,
    /// The first value of IPQoS: the type-of-service octet until the login.
    pub(crate) tos: Option<u8>,
    /// CanonicalizeHostname: whether ssh may look up another name, and reads its files again.
    pub(crate) canonicalizes: bool,
    /// LocalCommand, if PermitLocalCommand allows it.
    pub(crate) local_command: Option<String>,
}

/// How ssh checks the host key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HostKeyConfig {
    /// What ssh does about an unknown key: StrictHostKeyChecking.
    pub(crate) unknown: UnknownKey,
    /// CheckHostIP: whether the address must have that key, too.
    pub(crate) checks_address: bool,
    /// NoHostAuthenticationForLocalhost.
    pub(crate) trusts_localhost: bool,
    /// HostKeyAlias.
    pub(crate) alias: Option<String>,
    /// UserKnownHostsFile, as printed: `~` may not be expanded. ssh writes to the first.
    pub(crate) user_files: Vec<String>,
    /// GlobalKnownHostsFile.
    pub(crate) global_files: Vec<String>,
    pub(crate) command: KnownHostsCommand,
    /// HostKeyAlgorithms: the whole list.
    pub(crate) algorithms: Option<String>,
    /// HashKnownHosts.
    pub(crate) hashes: bool,
}

/// KnownHostsCommand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum KnownHostsCommand {
    /// This ssh does not know it: before OpenSSH 8.5, which does not print HostbasedAcceptedAlgorithms
    /// under this name either.
    #[default]
    Unsupported,
    Unset,
    Set,
}

/// StrictHostKeyChecking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum UnknownKey {
    /// `ask`
    Ask,
    /// `accept-new`
    Accept,
    /// `yes`, which refuses it, or `no`, which also accepts a changed one.
    #[default]
    Other,
}

/// What ssh does with agents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AgentConfig {
    /// IdentityAgent, as printed: a path, `none`, `SSH_AUTH_SOCK` or `$VARIABLE`.
    pub(crate) identity_agent: Option<String>,
    /// ForwardAgent.
    pub(crate) forward: ForwardAgent,
    /// ForkAfterAuthentication; `false` in releases before 8.7, which do not print it.
    pub(crate) forks: bool,
    /// PubkeyAcceptedAlgorithms, in releases before 8.5 PubkeyAcceptedKeyTypes; empty in releases
    /// that do not print it.
    pub(crate) accepted_algorithms: Vec<String>,
}

/// ForwardAgent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum ForwardAgent {
    /// No agent is forwarded.
    #[default]
    No,
    /// The agent that ssh itself uses.
    Yes,
    /// The one at this path, or at the path in this `$VARIABLE`.
    At(String),
}

impl ConnectionConfig {
    /// Takes a line of the output; `false` if it is about something else.
    pub(super) fn set(&mut self, keyword: &str, value: &str) -> bool {
        match keyword {
            "bindaddress" | "bindinterface" => self.binds = value != "none",
            "connecttimeout" => self.timeout = value.parse().ok().map(Duration::from_secs),
            "connectionattempts" => self.attempts = value.parse().ok(),
            "tcpkeepalive" => self.keepalive = value == "yes",
            "ipqos" => self.tos = value.split(' ').next().and_then(tos),
            "canonicalizehostname" => self.canonicalizes = !["false", "no"].contains(&value),
            "localcommand" => self.local_command = Some(value.to_owned()),
            _ => return false,
        }
        true
    }
}

/// ssh quotes none of the words.
fn words(value: &str) -> Vec<String> {
    value.split(' ').map(str::to_owned).collect()
}

/// The names of the usual files, in their directories.
const USER_FILES: [&str; 2] = ["known_hosts", "known_hosts2"];
const GLOBAL_FILES: [&str; 2] = ["ssh_known_hosts", "ssh_known_hosts2"];

impl HostKeyConfig {
    /// That of an ssh whose files and command line say nothing, with its files of known_hosts.
    pub(crate) fn usual() -> Self {
        Self {
            user_files: USER_FILES.map(|it| format!("~/.ssh/{it}")).into(),
            global_files: GLOBAL_FILES.map(|it| format!("/etc/ssh/{it}")).into(),
            ..Self::default()
        }
    }

    /// Whether the user or the system says how host keys are checked: a HostKeyAlias, other files than
    /// the usual ones, a KnownHostsCommand, or StrictHostKeyChecking `yes` or `no`. The user's home
    /// directory is `home`.
    pub(crate) fn is_set(&self, home: &str) -> bool {
        let is_usual = |file: &String| {
            let below = file.strip_prefix(home).or(file.strip_prefix('~'));
            let name = below.and_then(|it| it.strip_prefix("/.ssh/"));
            name.is_some_and(|it| USER_FILES.contains(&it))
        };
        // The directory depends on how OpenSSH was built.
        let is_global = |file: &String| {
            let mut parts = file.rsplit('/');
            let name = parts.next().unwrap_or_default();
            GLOBAL_FILES.contains(&name) && parts.next() == Some("ssh")
        };
        self.alias.is_some()
            || self.command == KnownHostsCommand::Set
            || self.unknown == UnknownKey::Other
            || !self.user_files.iter().all(is_usual)
            || !self.global_files.iter().all(is_global)
    }

    /// All files of known_hosts.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        let all = self.user_files.iter().chain(&self.global_files);
        all.map(String::as_str)
    }

    /// Takes a line of the output; `false` if it is about something else.
    pub(super) fn set(&mut self, keyword: &str, value: &str) -> bool {
        match keyword {
            "stricthostkeychecking" => {
                self.unknown = match value {
                    "ask" => UnknownKey::Ask,
                    "accept-new" => UnknownKey::Accept,
                    _ => UnknownKey::Other,
                }
            }
            "checkhostip" => self.checks_address = value == "yes",
            "nohostauthenticationforlocalhost" => self.trusts_localhost = value == "yes",
            "hostkeyalias" => self.alias = Some(value.to_owned()).filter(|it| it != "none"),
            "userknownhostsfile" => self.user_files = words(value),
            "globalknownhostsfile" => self.global_files = words(value),
            "hostbasedacceptedalgorithms" if self.command == KnownHostsCommand::Unsupported => {
                self.command = KnownHostsCommand::Unset;
            }
            "hostkeyalgorithms" => self.algorithms = Some(value.to_owned()),
            "hashknownhosts" => self.hashes = value == "yes",
            "knownhostscommand" if value != "none" => self.command = KnownHostsCommand::Set,
            _ => return false,
        }
        true
    }
}

impl AgentConfig {
    /// Whether ssh forwards the agent that IdentityAgent names. With this variable it does so, too:
    /// it reads it when it has set it to that agent.
    pub(crate) fn forwards_its_own(&self) -> bool {
        match &self.forward {
            ForwardAgent::No => false,
            ForwardAgent::Yes => true,
            ForwardAgent::At(path) => path == "$SSH_AUTH_SOCK",
        }
    }

    /// Takes a line of the output; `false` if it is about something else.
    pub(super) fn set(&mut self, keyword: &str, value: &str) -> bool {
        match keyword {
            "identityagent" => self.identity_agent = Some(value.to_owned()),
            "forkafterauthentication" => self.forks = value == "yes",
            "forwardagent" => {
                self.forward = match value {
                    "no" => ForwardAgent::No,
                    "yes" => ForwardAgent::Yes,
                    path => ForwardAgent::At(path.to_owned()),
                }
            }
            "pubkeyacceptedalgorithms" | "pubkeyacceptedkeytypes" => {
                self.accepted_algorithms = value.split(',').map(str::to_owned).collect();
            }
            _ => return false,
        }
        true
    }
}

/// The octet of a value of IPQoS, as `ssh -G` prints it (`iptos2str()` in OpenSSH's `misc.c`);
/// `None` for `none`.
fn tos(name: &str) -> Option<u8> {
    let digit = |at: usize| {
        let byte = *name.as_bytes().get(at)?;
        Some(byte.checked_sub(b'0')?).filter(|it| *it <= 7)
    };
    match name {
        "lowdelay" => Some(0x10),
        "throughput" => Some(0x08),
        "reliability" | "le" => Some(0x04),
        "ef" => Some(0xb8),
        "va" => Some(0xb0),
        // RFC 2597, section 6, and RFC 2474, section 4.2.2.2: two unused bits follow the code point.
        _ if name.starts_with("af") => Some((digit(2)? << 5) | (digit(3)? << 3)),
        _ if name.starts_with("cs") => Some(digit(2)? << 5),
        _ => u8::from_str_radix(name.strip_prefix("0x")?, 16).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ipqos_are_octets() {
        for (name, octet) in [
            ("af11", Some(0x28)),
            ("af21", Some(0x48)),
            ("af43", Some(0x98)),
            ("cs0", Some(0)),
            ("cs1", Some(0x20)),
            ("cs7", Some(0xe0)),
            ("ef", Some(0xb8)),
            ("lowdelay", Some(0x10)),
            ("0x2a", Some(0x2a)),
            ("none", None),
            ("af", None),
            ("cs9", None),
        ] {
            assert_eq!(tos(name), octet, "{name}");
        }
    }
}
