//! Tunnels to an instance: an EC2 Instance Connect Endpoint, or Session Manager.

use std::fmt;

use super::eice::{EiceTunnel, EndpointId, HostName};
use crate::plan::target::ids::{InstanceId, NodeId, Region};

/// A tunnel to an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tunnel {
    /// An EC2 Instance Connect Endpoint.
    Eice(EiceTunnel),
    /// A session with the agent on the instance.
    Ssm(SsmTarget, Region),
}

/// What Session Manager connects to: the `Target` of StartSession.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SsmTarget {
    Instance(InstanceId),
    /// A machine outside EC2.
    Node(NodeId),
}

/// What Session Manager knows of the agent on an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AgentStatus {
    /// It has never reported.
    Unknown,
    /// It has not reported lately.
    Silent,
    /// It is connected.
    Online,
}

impl Tunnel {
    /// Where the tunnel is.
    pub(crate) fn region(&self) -> &Region {
        match self {
            Self::Eice(eice) => &eice.region,
            Self::Ssm(_, region) => region,
        }
    }

    /// The argument that passes it to the `--tunnel` process, for the destination `host`.
    pub(crate) fn word(&self, host: &str) -> String {
        match self {
            Self::Eice(eice) => {
                let EiceTunnel {
                    endpoint,
                    host: name,
                    address,
                    region,
                } = eice;
                format!(
                    "eice={host},{endpoint},{name},{address},{}",
                    region.as_str()
                )
            }
            Self::Ssm(target, region) => {
                format!("ssm={host},{target},{}", region.as_str())
            }
        }
    }

    /// Parses the value of an `eice` argument.
    pub(crate) fn eice(value: &str) -> Option<(String, Self)> {
        let [host, endpoint, name, address, region] = *value.split(',').collect::<Vec<_>>() else {
            return None;
        };
        let eice = EiceTunnel {
            endpoint: EndpointId::parse(endpoint)?,
            host: HostName::parse(name)?,
            address: address.parse().ok()?,
            region: Region::parse(region).ok()?,
        };
        Some((host.to_owned(), Self::Eice(eice)))
    }

    /// Parses the value of an `ssm` argument.
    pub(crate) fn ssm(value: &str) -> Option<(String, Self)> {
        let [host, id, region] = *value.split(',').collect::<Vec<_>>() else {
            return None;
        };
        let node = NodeId::parse(id).map(SsmTarget::Node);
        let target = node.or_else(|_| InstanceId::parse(id).map(SsmTarget::Instance));
        let region = Region::parse(region).ok()?;
        Some((host.to_owned(), Self::Ssm(target.ok()?, region)))
    }
}

impl fmt::Display for Tunnel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Eice(eice) => eice.fmt(f),
            Self::Ssm(..) => f.write_str("Session Manager"),
        }
    }
}

impl SsmTarget {
    /// The ID, as AWS writes it.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Instance(id) => id.as_str(),
            Self::Node(id) => id.as_str(),
        }
    }
}

impl fmt::Display for SsmTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
