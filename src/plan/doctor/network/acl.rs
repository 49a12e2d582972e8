//! Network ACLs: the stateless filter of a subnet. The entry with the lowest number that matches
//! decides, in each direction on its own.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html>

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use ipnet::IpNet;

use super::source::Source;

/// The ports of clients, to which the answers go. Systems use parts of it: Linux 32768–60999, macOS
/// and Windows 49152–65535, NAT gateways all of it.
///
/// <https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports>
pub(crate) const EPHEMERAL: RangeInclusive<u16> = 1024..=65535;

/// The number of the last entry, `*`, which denies everything.
pub(crate) const LAST: u16 = 32767;

/// A network ACL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acl {
    pub id: String,
    /// The subnets that it filters.
    pub subnets: Vec<String>,
    /// The entries about TCP.
    pub entries: Vec<AclEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AclEntry {
    pub number: u16,
    pub is_egress: bool,
    pub allows: bool,
    pub ports: RangeInclusive<u16>,
    /// The block of addresses at the other end.
    pub block: IpNet,
}

/// What a network ACL does with packets of one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Filtering {
    /// It lets all of them through.
    Open,
    /// It drops those for these ports, because of this entry.
    Dropped {
        ports: RangeInclusive<u16>,
        number: u16,
        /// Whether it drops the others, too.
        all: bool,
    },
    /// The other end's address is not known well enough.
    Unknown,
}

impl Acl {
    /// The ACL of a subnet; a subnet has one.
    pub(crate) fn of<'a>(acls: &'a [Self], subnet: &str) -> Option<&'a Self> {
        acls.iter()
            .find(|acl| acl.subnets.iter().any(|it| it == subnet))
    }

    /// What it does with packets for these ports of the subnet (egress: of the other end), from or to
    /// `other`.
    pub(crate) fn filter(
        &self,
        is_egress: bool,
        other: &Source,
        ports: &RangeInclusive<u16>,
    ) -> Filtering {
        let mut entries: Vec<&AclEntry> = self
            .entries
            .iter()
            .filter(|it| it.is_egress == is_egress)
            .collect();
        entries.sort_by_key(|it| it.number);
        // Between two of these, the same entry decides.
        let begins = entries
            .iter()
            .flat_map(|it| [Some(*it.ports.start()), it.ports.end().checked_add(1)]);
        let mut begins: BTreeSet<u16> = begins.flatten().filter(|it| ports.contains(it)).collect();
        begins.insert(*ports.start());
        let begins: Vec<u16> = begins.into_iter().collect();
        let mut dropped: Vec<(RangeInclusive<u16>, u16)> = Vec::new();
        for (at, begin) in begins.iter().enumerate() {
            let end = begins.get(at + 1).map_or(*ports.end(), |next| next - 1);
            match decide(&entries, other, *begin) {
                Some((true, _)) => {}
                Some((false, number)) => dropped.push((*begin..=end, number)),
                None => return Filtering::Unknown,
            }
        }
        let all = dropped.len() == begins.len();
        match dropped.into_iter().next() {
            None => Filtering::Open,
            Some((part, number)) => Filtering::Dropped {
                ports: if all { ports.clone() } else { part },
                number,
                all,
            },
        }
    }

    /// A number for a new entry that comes before this one: the highest that is free.
    pub(crate) fn free_number(&self, is_egress: bool, before: u16) -> Option<u16> {
        let used = |number: &u16| {
            let mut entries = self.entries.iter();
            entries.any(|it| it.is_egress == is_egress && it.number == *number)
        };
        // A multiple of 10 leaves room, as AWS recommends.
        let mut tens = (1..before.div_ceil(10)).rev().map(|it| it * 10);
        tens.find(|it| !used(it))
            .or_else(|| (1..before).rev().find(|it| !used(it)))
    }
}

/// Whether the entries allow `port`, and the number of the one that decides; `None` if we cannot
/// tell.
fn decide(entries: &[&AclEntry], other: &Source, port: u16) -> Option<(bool, u16)> {
    for entry in entries.iter().filter(|it| it.ports.contains(&port)) {
        if other.is_within(&entry.block)? {
            return Some((entry.allows, entry.number));
        }
    }
    Some((false, LAST))
}

#[cfg(test)]
mod tests;
