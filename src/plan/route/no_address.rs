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
    pub(crate) fn hint(&self) -> &'static str {
        match (self.way, self.family) {
            (Way::Auto, Family::Any) => "give it one, or connect with --ssm, which needs none",
            (Way::Public, _) => {
                "leave out --via to try its private address and tunnels, or choose a tunnel: \
                 --eice, --ssm"
            }
            (
                Way::Auto
                | Way::Private
                | Way::Ipv6
                | Way::InstanceId
                | Way::Eice
                | Way::Ssm
                | Way::Serial,
                _,
            ) => "let mssh choose: leave out --via, --private, -4, -6 and AddressFamily",
        }
    }
}
