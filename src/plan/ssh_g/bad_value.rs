//! A value in ssh's configuration for a host that is not a valid name.

use thiserror::Error;

use crate::hint::Hint;
use crate::plan::target::bad_name::BadName;

/// A name from ssh's configuration, and where it is set: no mistake on the command line.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{name} ({keyword} in the ssh configuration)")]
pub struct BadConfigValue {
    /// The keyword of ssh_config(5).
    pub keyword: &'static str,
    /// What is wrong with its value.
    pub name: BadName,
}

impl BadConfigValue {
    /// That of HostName.
    #[must_use]
    pub fn host_name(name: BadName) -> Self {
        let keyword = "HostName";
        Self { keyword, name }
    }

    /// That of User.
    #[must_use]
    pub fn user(name: BadName) -> Self {
        let keyword = "User";
        Self { keyword, name }
    }

    /// That of ProxyJump.
    #[must_use]
    pub fn proxy_jump(name: BadName) -> Self {
        let keyword = "ProxyJump";
        Self { keyword, name }
    }
}

impl Hint for BadConfigValue {
    fn hint(&self) -> Option<String> {
        match self.name {
            BadName::PastedHop(_) => Some("write the instance's ID there".to_owned()),
            BadName::User(_)
            | BadName::Host(_)
            | BadName::PathOnHost(_)
            | BadName::InstanceId(_)
            | BadName::NodeId(_)
            | BadName::Region(_)
            | BadName::Tag(_)
            | BadName::Zone(_) => self.name.hint(),
        }
    }
}
