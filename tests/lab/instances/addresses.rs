//! The addresses and DNS names of the instances.

use std::net::IpAddr;

use super::{Firewall, INSTANCES, Instance, SecondaryAddress, State};

/// The address at which a private address is reached from within the VPC.
pub(crate) fn in_vpc(address: IpAddr) -> IpAddr {
    let named = |it: &&Instance| it.private.is_some_and(|it| it.parse() == Ok(address));
    let inside = INSTANCES.iter().find(named).and_then(Instance::in_vpc);
    inside.and_then(|it| it.parse().ok()).unwrap_or(address)
}

impl Instance {
    /// The addresses at which its sshd listens; none unless it is running.
    pub(crate) fn sshd_addresses(&self) -> Vec<IpAddr> {
        let known = [self.public, self.in_vpc(), self.ipv6];
        let drops_all = self.firewall == Firewall::DropsAll;
        let running = self.state == State::Running && self.listens && !drops_all;
        // The only IPv6 address of a test machine is ::1.
        let others = self
            .secondary
            .iter()
            .flat_map(|it| [Some(it.address), it.elastic]);
        let others = others.filter(|it| it.is_none_or(|it| !it.contains(':')));
        known
            .into_iter()
            .chain(others)
            .flatten()
            .filter(|_| running)
            .map(|address| address.parse().expect("an IP address"))
            .collect()
    }

    /// The address at which its private address is reached from within the VPC.
    pub(crate) fn in_vpc(&self) -> Option<&'static str> {
        match self.firewall {
            Firewall::Open => self.private,
            Firewall::Rejects(address) | Firewall::Drops(address) => Some(address),
            Firewall::DropsAll => None,
        }
    }

    pub(crate) fn public_dns(&self) -> Option<String> {
        self.public.map(|address| self.public_name(address))
    }

    /// The DNS name that EC2 gives to a public address of the instance.
    pub(crate) fn public_name(&self, address: &str) -> String {
        let domain = match self.region {
            "us-east-1" => "compute-1.amazonaws.com".to_owned(),
            region => format!("{region}.compute.amazonaws.com"),
        };
        format!("ec2-{}.{domain}", address.replace('.', "-"))
    }

    /// The DNS name within the VPC: made from its private address, or from its ID if it has only
    /// IPv6.
    pub(crate) fn private_dns(&self) -> Option<String> {
        let domain = match self.region {
            "us-east-1" => "ec2.internal".to_owned(),
            region => format!("{region}.compute.internal"),
        };
        match (self.private, self.ipv6) {
            (Some(address), _) => Some(format!("ip-{}.{domain}", address.replace('.', "-"))),
            (None, Some(_)) => Some(format!("{}.{domain}", self.id)),
            (None, None) => None,
        }
    }

    /// The addresses of each of its network interfaces, the primary address first.
    pub(crate) fn interfaces(&self) -> Vec<Vec<SecondaryAddress>> {
        let primary = |address, elastic| SecondaryAddress {
            second: false,
            address,
            elastic,
        };
        let v4 = self.private.map(|address| primary(address, self.public));
        let v6 = self.ipv6.map(|address| primary(address, None));
        let others = self.secondary.iter().copied();
        let (second, first): (Vec<_>, Vec<_>) = others.partition(|it| it.second);
        let first = v4.into_iter().chain(v6).chain(first).collect();
        let all = [first, second].into_iter();
        all.filter(|interface: &Vec<_>| !interface.is_empty())
            .collect()
    }

    /// A made-up ID of one of its resources, such as `subnet-…` or `eni-…`.
    pub(crate) fn resource_id(&self, kind: &str) -> String {
        self.id.replacen("i-", &format!("{kind}-"), 1)
    }
}
