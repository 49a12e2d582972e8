//! The output of `ssh -G`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::NO_USER;
use super::bad_value::BadConfigValue;
use super::connection_config::{AgentConfig, ConnectionConfig, HostKeyConfig};
use crate::plan::target::Target;
use crate::plan::target::ids::Login;
use crate::plan::way::Family;

/// The settings that ssh has for a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostConfig {
    /// The user name, if the command line or a file sets one.
    pub login: Option<String>,
    /// HostName; without one, the host of the query.
    pub hostname: String,
    /// `-4`, `-6` or AddressFamily.
    pub family: Family,
    /// The port that ssh would connect to.
    pub port: Option<u16>,
    /// The ProxyCommand or ProxyJump in effect, with its keyword.
    pub proxy: Option<String>,
    /// ControlPath, if ssh uses a master connection that listens there.
    pub master: Option<PathBuf>,
    /// Whether there is a ControlPath, also if ssh becomes a master itself.
    pub(crate) has_control_path: bool,
    /// BatchMode.
    pub batch: bool,
    /// The values of IdentityFile.
    pub identities: Vec<String>,
    /// The files that ssh read for this, if it named them.
    pub(crate) files: Option<Vec<PathBuf>>,
    /// How ssh connects.
    pub(crate) connection: ConnectionConfig,
    /// How ssh checks the host key.
    pub(crate) host_key: HostKeyConfig,
    /// What ssh does with agents.
    pub(crate) agent: AgentConfig,
}

/// The prefix of ssh's default identity files.
const USUAL_IDENTITY: &str = "~/.ssh/id_";

impl HostConfig {
    /// Settings without `ssh -G`: ssh has passed them to mssh, or does not take part.
    #[must_use]
    pub fn given(hostname: &str, port: u16, login: Option<&Login>) -> Self {
        Self {
            login: login.map(ToString::to_string),
            hostname: hostname.to_owned(),
            port: Some(port),
            ..Self::default()
        }
    }

    /// Whether the proxy in effect is a ProxyJump.
    #[must_use]
    pub fn uses_jump_hosts(&self) -> bool {
        self.proxy.as_deref().and_then(proxy_jump).is_some()
    }

    /// Whether no identity file is configured. ssh then prints its defaults: four in release 7.4, five or
    /// more since.
    #[must_use]
    pub fn has_usual_identities(&self) -> bool {
        let mut files = self.identities.iter();
        files.len() > 3 && files.all(|file| file.starts_with(USUAL_IDENTITY))
    }

    /// Parses the output of `ssh -G`.
    #[must_use]
    pub fn parse(output: &[u8]) -> Self {
        let mut answer = Self::default();
        // With `yes` and `ask`, ssh becomes a master itself and ignores one that listens.
        let mut becomes_master = false;
        let mut permits_local_command = false;
        for line in output.split(|&byte| byte == b'\n') {
            let text = String::from_utf8_lossy(line);
            let Some((keyword, value)) = text.split_once(' ') else {
                continue;
            };
            match keyword {
                "user" if value != NO_USER => answer.login = Some(value.to_owned()),
                "hostname" => value.clone_into(&mut answer.hostname),
                "addressfamily" => {
                    answer.family = match value {
                        "inet" => Family::Inet,
                        "inet6" => Family::Inet6,
                        _ => Family::Any,
                    }
                }
                "port" => answer.port = value.parse().ok(),
                "batchmode" => answer.batch = value == "yes",
                "proxycommand" | "proxyjump" if value != "none" => {
                    answer.proxy = Some(text.into_owned());
                }
                "identityfile" => answer.identities.push(value.to_owned()),
                "permitlocalcommand" => permits_local_command = value == "yes",
                "controlmaster" => becomes_master = ["true", "yes", "ask"].contains(&value),
                "controlpath" if value != "none" => {
                    // Not from `text`: a path may have any bytes.
                    let path = &line[keyword.len() + 1..];
                    answer.master = Some(OsStr::from_bytes(path).into());
                    answer.has_control_path = true;
                }
                _ => {
                    let _ = answer.connection.set(keyword, value)
                        || answer.host_key.set(keyword, value)
                        || answer.agent.set(keyword, value);
                }
            }
        }
        answer
            .connection
            .local_command
            .take_if(|_| !permits_local_command);
        answer.master = answer.master.filter(|_| !becomes_master);
        answer
    }
}

/// The value of a ProxyJump in [`HostConfig::proxy`].
#[must_use]
pub(crate) fn proxy_jump(proxy: &str) -> Option<&str> {
    proxy.strip_prefix("proxyjump ")
}

impl HostConfig {
    /// HostName as a target.
    ///
    /// # Errors
    /// If it looks like an ID and is none.
    pub fn target(&self) -> Result<Target, BadConfigValue> {
        Target::parse(&self.hostname).map_err(BadConfigValue::host_name)
    }
}
