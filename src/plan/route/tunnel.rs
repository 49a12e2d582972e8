//! The way to an instance where ssh cannot go by itself: what a tunnel of ours leads through.

use std::fmt;

use super::eice::{Door, EndpointId, HostName};
use crate::plan::target::ids::{InstanceId, NodeId, Region};

/// What a tunnel leads through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passage {
    /// An EC2 Instance Connect Endpoint.
    Endpoint(Door),
    /// A session with the agent on the instance.
    Session(Managed, Region),
}

/// What Session Manager reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Managed {
    /// An instance.
    Instance(InstanceId),
    /// A machine elsewhere.
    Node(NodeId),
}

/// What Session Manager knows of the agent on an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agent {
    /// There is none that has ever reported from there.
    Unknown,
    /// It has not reported lately.
    Silent,
    /// It listens.
    Online,
}

impl Passage {
    /// Where the tunnel is.
    pub fn region(&self) -> &Region {
        match self {
            Self::Endpoint(door) => &door.region,
            Self::Session(_, region) => region,
        }
    }

    /// The word that tells it to the process which is the tunnel, for the destination `host`.
    pub fn word(&self, host: &str) -> String {
        match self {
            Self::Endpoint(door) => {
                let Door {
                    endpoint,
                    host: name,
                    address,
                    region,
                } = door;
                format!(
                    "door={host},{endpoint},{name},{address},{}",
                    region.as_str()
                )
            }
            Self::Session(managed, region) => {
                format!("session={host},{managed},{}", region.as_str())
            }
        }
    }

    /// Reads the value of a `door` word.
    pub fn door(value: &str) -> Option<(String, Self)> {
        let [host, endpoint, name, address, region] = *value.split(',').collect::<Vec<_>>() else {
            return None;
        };
        let door = Door {
            endpoint: EndpointId::parse(endpoint)?,
            host: HostName::parse(name)?,
            address: address.parse().ok()?,
            region: Region::parse(region).ok()?,
        };
        Some((host.to_owned(), Self::Endpoint(door)))
    }

    /// Reads the value of a `session` word.
    pub fn session(value: &str) -> Option<(String, Self)> {
        let [host, target, region] = *value.split(',').collect::<Vec<_>>() else {
            return None;
        };
        let node = NodeId::parse(target).map(Managed::Node);
        let managed = node.or_else(|_| InstanceId::parse(target).map(Managed::Instance));
        let region = Region::parse(region).ok()?;
        Some((host.to_owned(), Self::Session(managed.ok()?, region)))
    }
}

impl fmt::Display for Passage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Endpoint(door) => door.fmt(f),
            Self::Session(..) => f.write_str("Session Manager"),
        }
    }
}

impl Managed {
    /// The ID, as AWS writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Instance(id) => id.as_str(),
            Self::Node(id) => id.as_str(),
        }
    }
}

impl fmt::Display for Managed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
