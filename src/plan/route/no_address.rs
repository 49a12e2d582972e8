//! Which address an instance does not have.

use std::fmt;

use super::NoAddress;
use crate::plan::way::{Family, Way};

impl fmt::Display for NoAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.way, self.family) {
            (Way::Public, _) => "public IPv4 address",
            (Way::Private, _) => "private IPv4 address",
            (Way::Ipv6, _) | (_, Family::Inet6) => "IPv6 address",
            (_, Family::Inet) => "IPv4 address",
            (Way::Auto | Way::InstanceId | Way::Eice | Way::Ssm | Way::Serial, Family::Any) => {
                "address"
            }
        })
    }
}

impl NoAddress {
    pub(crate) fn hint(&self) -> String {
        if *self
            == (NoAddress {
                way: Way::Auto,
                family: Family::Any,
            })
        {
            "give it an address, or reach it by --ssm, which needs none".to_owned()
        } else if self.way == Way::Public {
            "leave out --via for its private address or a tunnel, or name one: --eice, --ssm"
                .to_owned()
        } else {
            "leave the choice to mssh: without --via, --private, -4, -6 and AddressFamily"
                .to_owned()
        }
    }
}
