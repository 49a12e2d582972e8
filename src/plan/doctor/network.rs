//! Whether the network lets a connection through to an instance: security groups, network ACLs,
//! routes. Each file judges one of them, from plain data.
//!
//! A judgment may be that we cannot tell: the caller's address may be unknown, a list unreadable,
//! the next hop another company's firewall.

pub(crate) mod acl;
mod commands;
pub(crate) mod facts;
pub(crate) mod findings;
pub(crate) mod group;
pub(crate) mod prefix_list;
pub(crate) mod route;
pub(crate) mod source;

use std::ops::RangeInclusive;

/// The TCP ports that a rule of a security group or a network ACL is about; `None` if it is about
/// another protocol. Protocols are names or numbers: `tcp`, `6`, and `-1` for all of them, with all
/// ports.
pub(crate) fn tcp_ports(
    protocol: &str,
    from: Option<i32>,
    to: Option<i32>,
) -> Option<RangeInclusive<u16>> {
    let port =
        |port: Option<i32>, default| port.and_then(|it| it.try_into().ok()).unwrap_or(default);
    match protocol {
        "-1" => Some(0..=u16::MAX),
        // -1 stands for all ports, too.
        "tcp" | "6" => Some(port(from, 0)..=port(to.filter(|it| *it >= 0), u16::MAX)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ports_of_a_rule_are_those_of_its_protocol() {
        for (protocol, from, to, ports) in [
            ("tcp", Some(22), Some(22), Some(22..=22)),
            ("6", Some(20), Some(30), Some(20..=30)),
            ("tcp", Some(-1), Some(-1), Some(0..=65535)),
            ("tcp", None, None, Some(0..=65535)),
            ("-1", Some(22), Some(22), Some(0..=65535)),
            ("-1", None, None, Some(0..=65535)),
            ("udp", Some(22), Some(22), None),
            ("icmp", Some(-1), Some(-1), None),
            ("17", None, None, None),
        ] {
            assert_eq!(tcp_ports(protocol, from, to), ports, "{protocol} {from:?}");
        }
    }
}
