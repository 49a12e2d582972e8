//! Security groups.
//!
//! They only allow, and they are stateful: one rule that matches, in any group of the network
//! interface, lets a connection in, and its answers out.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html>

use std::fmt;
use std::ops::RangeInclusive;

use ipnet::IpNet;

use super::prefix_list::{self, ConsoleList, PrefixList};
use super::source::{Membership, Source};

/// A rule of a security group, about TCP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupRule {
    pub group: String,
    pub is_egress: bool,
    pub ports: RangeInclusive<u16>,
    pub peer: Peer,
}

/// The sources that a rule admits, or for egress, the destinations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    Block(IpNet),
    /// The ID of a prefix list.
    List(String),
    /// The ID of a security group: its network interfaces, by their private addresses.
    Group(String),
}

/// Whether security groups let a connection through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Admission<'a> {
    /// This rule lets it through.
    By(&'a GroupRule),
    /// No rule does.
    Refused(NotAdmitted),
    /// These rules may, but we cannot tell.
    Unknown(Vec<&'a GroupRule>),
}

/// Why no rule lets a connection through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotAdmitted {
    /// No rule is about that port.
    NoRule,
    /// The port is open for the console's browser terminal, which has addresses of its own.
    ConsoleOnly,
    /// The same, but only for its IPv6 addresses, and the connection is over IPv4.
    WrongConsoleList,
    /// The port is open for these only.
    Others(Vec<Peer>),
}

/// Whether any of these groups lets a connection from `source` into `port`.
pub(crate) fn admit<'a>(
    rules: &'a [GroupRule],
    groups: &[String],
    source: &Source,
    port: u16,
    lists: &[PrefixList],
) -> Admission<'a> {
    judge(&about(rules, groups, false, port), source, lists)
}

/// Whether any of these groups lets a connection out to `port` of `destination`.
pub(crate) fn let_out<'a>(
    rules: &'a [GroupRule],
    groups: &[String],
    destination: &Source,
    port: u16,
    lists: &[PrefixList],
) -> Admission<'a> {
    judge(&about(rules, groups, true, port), destination, lists)
}

fn about<'a>(
    rules: &'a [GroupRule],
    groups: &[String],
    is_egress: bool,
    port: u16,
) -> Vec<&'a GroupRule> {
    let fits = |rule: &&GroupRule| {
        rule.is_egress == is_egress && rule.ports.contains(&port) && groups.contains(&rule.group)
    };
    rules.iter().filter(fits).collect()
}

fn judge<'a>(rules: &[&'a GroupRule], other: &Source, lists: &[PrefixList]) -> Admission<'a> {
    let mut unknown = Vec::new();
    for rule in rules {
        match rule.peer.includes(other, lists) {
            Some(true) => return Admission::By(rule),
            Some(false) => {}
            None => unknown.push(*rule),
        }
    }
    if unknown.is_empty() {
        Admission::Refused(NotAdmitted::of(rules, other, lists))
    } else {
        Admission::Unknown(unknown)
    }
}

impl Peer {
    /// Whether it includes that end of a connection; `None` if that is unknown.
    fn includes(&self, other: &Source, lists: &[PrefixList]) -> Option<bool> {
        match self {
            Self::Block(block) => other.is_within(block),
            Self::List(id) => prefix_list::holds(lists, id, other),
            Self::Group(id) => match &other.groups {
                Membership::None => Some(false),
                Membership::Of(groups) => Some(groups.contains(id)),
                Membership::Unknown => None,
            },
        }
    }

    fn console(&self, lists: &[PrefixList]) -> Option<ConsoleList> {
        match self {
            Self::List(id) => prefix_list::find(lists, id)?.console(),
            Self::Block(_) | Self::Group(_) => None,
        }
    }

    /// How to name it to the user.
    pub(crate) fn label(&self, lists: &[PrefixList]) -> String {
        match self {
            Self::List(id) => {
                prefix_list::find(lists, id).map_or_else(|| id.clone(), PrefixList::label)
            }
            Self::Block(_) | Self::Group(_) => self.to_string(),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Block(block) => block.fmt(f),
            Self::List(id) | Self::Group(id) => f.write_str(id),
        }
    }
}

impl NotAdmitted {
    /// Why none of the rules about the port fits.
    fn of(rules: &[&GroupRule], other: &Source, lists: &[PrefixList]) -> Self {
        let consoles: Vec<ConsoleList> = rules
            .iter()
            .filter_map(|it| it.peer.console(lists))
            .collect();
        let own = if other.is_ipv6 {
            ConsoleList::Ipv6
        } else {
            ConsoleList::Ipv4
        };
        if rules.is_empty() {
            Self::NoRule
        } else if consoles.contains(&own) {
            Self::ConsoleOnly
        } else if consoles.contains(&ConsoleList::Ipv6) {
            Self::WrongConsoleList
        } else {
            Self::Others(rules.iter().map(|it| it.peer.clone()).collect())
        }
    }
}

#[cfg(test)]
mod tests;
