//! Where a connection to the instance comes from.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

/// Where a connection to the instance comes from, as the instance's network sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// Its addresses; empty if they are unknown. It may use any of them.
    pub addresses: Vec<IpAddr>,
    /// Whether it comes by IPv6.
    pub is_ipv6: bool,
    /// The security groups of the network interface that it comes from.
    pub groups: Membership,
}

/// The security groups of a network interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Membership {
    /// It has none: it is not in a VPC, or its traffic comes through the internet.
    None,
    Of(Vec<String>),
    /// It may have some: it comes from a private address.
    Unknown,
}

impl Source {
    /// From an address of this family, through the internet.
    pub(crate) fn internet(address: Option<IpAddr>, is_ipv6: bool) -> Self {
        Self {
            addresses: address.into_iter().collect(),
            is_ipv6,
            groups: Membership::None,
        }
    }

    /// From a private network: another one, or that of the instance.
    pub(crate) fn private(address: Option<IpAddr>, is_ipv6: bool) -> Self {
        Self {
            groups: Membership::Unknown,
            ..Self::internet(address, is_ipv6)
        }
    }

    /// Whether it is in this block; `None` if that is unknown.
    pub(crate) fn is_within(&self, block: &IpNet) -> Option<bool> {
        let is_ipv6 = matches!(block, IpNet::V6(_));
        if is_ipv6 != self.is_ipv6 {
            return Some(false);
        }
        if block.prefix_len() == 0 {
            return Some(true);
        }
        let mut within = self.addresses.iter().map(|it| block.contains(it));
        let first = within.next()?;
        within.all(|it| it == first).then_some(first)
    }

    /// The block of its address alone, if it has one that is known.
    pub(crate) fn block(&self) -> Option<IpNet> {
        self.addresses.first().map(|it| IpNet::from(*it))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.addresses.as_slice() {
            [] => f.write_str("an unknown address"),
            [first, others @ ..] => {
                write!(f, "{first}")?;
                others.iter().try_for_each(|it| write!(f, ", {it}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_the_blocks_of_its_family_that_hold_it() {
        let four = Source::internet("203.0.113.7".parse().ok(), false);
        let six = Source::internet("2001:db8::7".parse().ok(), true);
        let unknown = Source::internet(None, false);
        let two = Source {
            addresses: ["10.0.0.1", "10.0.1.1"]
                .map(|it| it.parse().unwrap())
                .into(),
            ..unknown.clone()
        };
        for (source, block, within) in [
            (&four, "203.0.113.0/24", Some(true)),
            (&four, "203.0.113.7/32", Some(true)),
            (&four, "203.0.113.8/32", Some(false)),
            (&four, "0.0.0.0/0", Some(true)),
            (&four, "::/0", Some(false)),
            (&six, "2001:db8::/64", Some(true)),
            (&six, "2001:db9::/32", Some(false)),
            (&six, "0.0.0.0/0", Some(false)),
            (&six, "::/0", Some(true)),
            (&unknown, "0.0.0.0/0", Some(true)),
            (&unknown, "203.0.113.0/24", None),
            (&unknown, "2001:db8::/64", Some(false)),
            (&two, "10.0.0.0/16", Some(true)),
            (&two, "10.0.1.0/24", None),
        ] {
            assert_eq!(
                source.is_within(&block.parse().unwrap()),
                within,
                "{source} {block}"
            );
        }
    }
}
