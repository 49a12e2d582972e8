//! An EC2 instance, with the few of its fields that mssh needs.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::ids::InstanceId;
use crate::plan::os_user::Software;

/// An EC2 instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Instance {
    pub(crate) id: InstanceId,
    /// The value of its `Name` tag.
    pub(crate) name: Option<String>,
    pub(crate) state: State,
    /// When it was launched last, in seconds since 1970.
    pub(crate) launched: Option<i64>,
    pub(crate) zone: Option<String>,
    pub(crate) vpc: Option<String>,
    pub(crate) subnet: Option<String>,
    pub(crate) public: Option<Ipv4Addr>,
    /// The primary private address.
    pub(crate) private: Option<Ipv4Addr>,
    /// The first IPv6 address.
    pub(crate) ipv6: Option<Ipv6Addr>,
    /// All addresses of all network interfaces, including these.
    pub(crate) assigned: Vec<Assigned>,
    pub(crate) software: Software,
    /// Whether its metadata service is switched off (`HttpEndpoint` is `disabled`).
    pub(crate) metadata_off: bool,
}

/// An address of a network interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Assigned {
    /// The address in the VPC: private IPv4, or IPv6.
    pub(crate) address: IpAddr,
    /// The public IPv4 address associated with it, for example an Elastic IP.
    pub(crate) public: Option<Ipv4Addr>,
}

impl Instance {
    /// Makes the first of the `named` addresses that the instance has its private, public or IPv6
    /// address: if the user typed a secondary address, that one is used by every route.
    #[must_use]
    pub(crate) fn at(mut self, named: impl IntoIterator<Item = IpAddr>) -> Self {
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

    /// Its public IPv4 address, else one of any interface.
    #[must_use]
    pub(crate) fn any_public(&self) -> Option<Ipv4Addr> {
        let of_others = || self.assigned.iter().find_map(|it| it.public);
        self.public.or_else(of_others)
    }
}

/// The state of an instance, by EC2's names (`InstanceState` in the EC2 API reference).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    /// The only state in which its network can be reached.
    Running,
    Stopping,
    Stopped,
    ShuttingDown,
    Terminated,
    /// A state newer than this program.
    Other(String),
}

impl State {
    /// Reads EC2's name for a state.
    pub(crate) fn parse(name: &str) -> Self {
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

    /// Whether its serial console may have output.
    pub(crate) fn may_have_output(&self) -> bool {
        !matches!(self, Self::Stopped | Self::Terminated)
    }

    /// Whether it is terminated or about to be: such an instance matches no search.
    pub(crate) fn is_gone(&self) -> bool {
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

/// A line in a list of instances: ID, name, state, zone, address.
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
            launched: None,
            zone: None,
            vpc: None,
            subnet: None,
            public: None,
            private: None,
            ipv6: None,
            assigned: Vec::new(),
            software: Software::default(),
            metadata_off: false,
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
    fn an_address_that_the_user_typed_is_used() {
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
