//! How a target is looked up in EC2.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::names::InstanceId;
use super::target::{StandsFor, Target};

/// What EC2 is asked for: an ID, or filters of DescribeInstances of which any may match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// This instance.
    Id(InstanceId),
    /// Whatever has one of these addresses.
    Filters(Vec<Filter>),
}

/// One filter of DescribeInstances, by the name it has there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The name in the API.
    pub name: &'static str,
    /// The addresses, of which any may match.
    pub values: Vec<String>,
}

/// The look-up for `target`; `None` for a host name that must be resolved first.
#[must_use]
pub fn of(target: &Target) -> Option<Lookup> {
    Some(match target {
        Target::Id(id) => Lookup::Id(id.clone()),
        Target::Address(address) => by_addresses(&[*address]),
        Target::Aws(name) => match &name.stands_for {
            StandsFor::Id(id) => Lookup::Id(id.clone()),
            StandsFor::Public(address) => Lookup::Filters(filter("ip-address", &[*address])),
            StandsFor::Private(address) => {
                Lookup::Filters(filter("private-ip-address", &[*address]))
            }
        },
        Target::Host(_) | Target::Node(_) => return None,
    })
}

/// The look-up for any of these addresses. An IPv4 address may be a public or a private one:
/// nothing in its number tells, since a VPC may use any range.
#[must_use]
pub fn by_addresses(addresses: &[IpAddr]) -> Lookup {
    let v4: Vec<Ipv4Addr> = addresses
        .iter()
        .filter_map(|address| match address.to_canonical() {
            IpAddr::V4(v4) => Some(v4),
            IpAddr::V6(_) => None,
        })
        .collect();
    let v6: Vec<Ipv6Addr> = addresses
        .iter()
        .filter_map(|address| match address.to_canonical() {
            IpAddr::V6(v6) => Some(v6),
            IpAddr::V4(_) => None,
        })
        .collect();
    let mut filters = filter("ip-address", &v4);
    filters.extend(filter("private-ip-address", &v4));
    filters.extend(filter("ipv6-address", &v6));
    Lookup::Filters(filters)
}

fn filter(name: &'static str, addresses: &[impl ToString]) -> Vec<Filter> {
    if addresses.is_empty() {
        return Vec::new();
    }
    let values = addresses.iter().map(ToString::to_string).collect();
    vec![Filter { name, values }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv4_address_may_be_public_or_private() {
        let names = |target: &str| match Target::parse(target).ok().and_then(|t| of(&t)) {
            Some(Lookup::Filters(filters)) => filters.iter().map(|f| f.name).collect(),
            _ => Vec::new(),
        };
        assert_eq!(names("10.0.0.1"), ["ip-address", "private-ip-address"]);
        assert_eq!(names("::1"), ["ipv6-address"]);
        assert_eq!(
            names("::ffff:10.0.0.1"),
            ["ip-address", "private-ip-address"]
        );
        assert_eq!(names("ip-10-0-0-1.ec2.internal"), ["private-ip-address"]);
        assert_eq!(
            names("ec2-10-0-0-1.compute-1.amazonaws.com"),
            ["ip-address"]
        );
    }
}
