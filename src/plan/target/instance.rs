//! What we know of an instance: the few of EC2's many fields that decide something here.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::ids::InstanceId;

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
    /// Every address of every network interface, these among them.
    pub assigned: Vec<Assigned>,
}

/// An address that is assigned to a network interface of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// The address in the VPC: a private IPv4 one, or an IPv6 one.
    pub address: IpAddr,
    /// The public IPv4 address (an Elastic IP, for example) that is associated with it.
    pub public: Option<Ipv4Addr>,
}

impl Instance {
    /// The same instance, to be reached by the first of `named` that is one of its addresses:
    /// whoever names a secondary address wants that one, whichever way leads there.
    #[must_use]
    pub fn at(mut self, named: impl IntoIterator<Item = IpAddr>) -> Self {
        let assigned_as = |named: IpAddr| {
            let mut assigned = self.assigned.iter();
            assigned.find(|it| it.address == named || it.public.map(IpAddr::V4) == Some(named))
        };
        let Some(&found) = named.into_iter().find_map(assigned_as) else {
            return self;
        };
        match found.address {
            IpAddr::V4(address) => {
                self.private = Some(address);
                self.public = found.public.or(self.public);
            }
            IpAddr::V6(address) => self.ipv6 = Some(address),
        }
        self
    }

    /// A public IPv4 address of any of its interfaces.
    #[must_use]
    pub fn any_public(&self) -> Option<Ipv4Addr> {
        let of_others = || self.assigned.iter().find_map(|it| it.public);
        self.public.or_else(of_others)
    }
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
            assigned: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EIP: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);
    const SIX: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 2);

    fn private(last: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, 0, 0, last)
    }

    /// One with a primary private address, a second one with an Elastic IP, and two IPv6 ones.
    fn example() -> Instance {
        let assigned = |address, public| Assigned { address, public };
        Instance {
            private: Some(private(1)),
            ipv6: Some(Ipv6Addr::LOCALHOST),
            assigned: vec![
                assigned(private(1).into(), None),
                assigned(Ipv6Addr::LOCALHOST.into(), None),
                assigned(private(2).into(), Some(EIP)),
                assigned(SIX.into(), None),
            ],
            ..Instance::example()
        }
    }

    #[test]
    fn whoever_names_an_address_gets_that_one() {
        let at = |named: IpAddr| {
            let instance = example().at([Ipv4Addr::new(8, 8, 8, 8).into(), named]);
            (instance.public, instance.private, instance.ipv6)
        };
        let six = Some(Ipv6Addr::LOCALHOST);
        for named in [private(2), EIP] {
            assert_eq!(at(named.into()), (Some(EIP), Some(private(2)), six));
        }
        assert_eq!(at(SIX.into()), (None, Some(private(1)), Some(SIX)));
        let other = Ipv4Addr::new(9, 9, 9, 9);
        assert_eq!(at(other.into()), (None, Some(private(1)), six));
    }

    #[test]
    fn an_elastic_ip_of_a_second_interface_is_a_public_address() {
        assert_eq!(example().any_public(), Some(EIP));
        assert_eq!(Instance::example().any_public(), None);
    }
}
