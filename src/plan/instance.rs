//! What we know of an instance: the few of EC2's many fields that decide something here.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::names::InstanceId;

/// An EC2 instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its ID.
    pub id: InstanceId,
    /// The value of its `Name` tag.
    pub name: Option<String>,
    /// What it is doing.
    pub state: State,
    /// Its availability zone.
    pub zone: Option<String>,
    /// The VPC it is in.
    pub vpc: Option<String>,
    /// Its subnet there.
    pub subnet: Option<String>,
    /// Its public IPv4 address.
    pub public: Option<Ipv4Addr>,
    /// Its primary private IPv4 address.
    pub private: Option<Ipv4Addr>,
    /// Its first IPv6 address.
    pub ipv6: Option<Ipv6Addr>,
}

/// The state of an instance, by EC2's names (`InstanceState` in the EC2 API reference).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Starting.
    Pending,
    /// Running: the only state in which its network can be reached.
    Running,
    /// On its way to be stopped.
    Stopping,
    /// Stopped.
    Stopped,
    /// On its way to be terminated.
    ShuttingDown,
    /// Gone.
    Terminated,
    /// A state that EC2 did not have when this was written.
    Other(String),
}

impl State {
    /// Reads EC2's name for a state.
    pub fn parse(name: &str) -> Self {
        match name {
            "pending" => Self::Pending,
            "running" => Self::Running,
            "stopping" => Self::Stopping,
            "stopped" => Self::Stopped,
            "shutting-down" => Self::ShuttingDown,
            "terminated" => Self::Terminated,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Whether its kernel may have something to say, at a serial console if nowhere else.
    pub fn may_speak(&self) -> bool {
        !matches!(self, Self::Stopped | Self::Terminated)
    }

    /// Whether the instance is gone or going, and so matches no search.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::ShuttingDown | Self::Terminated)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
            Self::Other(name) => name,
        })
    }
}

/// One line of a list of instances: ID, Name, state, zone, address.
impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self
            .public
            .or(self.private)
            .map(|a| a.to_string())
            .or(self.ipv6.map(|a| a.to_string()));
        let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
        write!(
            f,
            "{} {} {} {} {}",
            self.id,
            or_dash(self.name.as_deref()),
            self.state,
            or_dash(self.zone.as_deref()),
            or_dash(address.as_deref()),
        )
    }
}

#[cfg(test)]
impl Instance {
    /// A running instance without an address.
    pub(crate) fn example() -> Self {
        Self {
            id: InstanceId::parse("i-0abcdef0").expect("an ID"),
            name: None,
            state: State::Running,
            zone: None,
            vpc: None,
            subnet: None,
            public: None,
            private: None,
            ipv6: None,
        }
    }
}
