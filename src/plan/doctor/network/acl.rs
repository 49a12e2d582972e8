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

    /// What it does with packets from `source` to `port` of the subnet.
    pub(crate) fn inbound(&self, source: &Source, port: u16) -> Filtering {
        self.filter(false, source, &(port..=port))
    }

    /// What it does with the answers: from the subnet to `source`, at a port that we do not know.
    pub(crate) fn outbound(&self, source: &Source) -> Filtering {
        self.filter(true, source, &EPHEMERAL)
    }

    fn filter(&self, is_egress: bool, other: &Source, ports: &RangeInclusive<u16>) -> Filtering {
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
mod tests {
    use super::*;

    fn entry(number: u16, allows: bool, ports: RangeInclusive<u16>, block: &str) -> AclEntry {
        AclEntry {
            number,
            is_egress: false,
            allows,
            ports,
            block: block.parse().unwrap(),
        }
    }

    fn acl(inbound: &[AclEntry], outbound: &[AclEntry]) -> Acl {
        let outbound = outbound.iter().map(|it| AclEntry {
            is_egress: true,
            ..it.clone()
        });
        Acl {
            id: "acl-1".to_owned(),
            subnets: vec!["subnet-1".to_owned()],
            entries: inbound.iter().cloned().chain(outbound).collect(),
        }
    }

    fn you() -> Source {
        Source::internet("203.0.113.7".parse().ok(), false)
    }

    fn dropped(ports: RangeInclusive<u16>, number: u16, all: bool) -> Filtering {
        Filtering::Dropped { ports, number, all }
    }

    const ANY: RangeInclusive<u16> = 0..=65535;
    const WORLD: &str = "0.0.0.0/0";

    #[test]
    fn the_first_entry_that_matches_lets_a_connection_in_or_not() {
        let allow = entry(100, true, ANY, WORLD);
        let deny = |number, block| entry(number, false, 22..=22, block);
        for (entries, filtering) in [
            (vec![allow.clone()], Filtering::Open),
            (vec![], dropped(22..=22, LAST, true)),
            (
                vec![entry(100, true, 80..=443, WORLD)],
                dropped(22..=22, LAST, true),
            ),
            (
                vec![allow.clone(), deny(90, "203.0.113.0/24")],
                dropped(22..=22, 90, true),
            ),
            (
                vec![allow.clone(), deny(110, "203.0.113.0/24")],
                Filtering::Open,
            ),
            (
                vec![deny(90, "198.51.100.0/24"), allow.clone()],
                Filtering::Open,
            ),
            (
                vec![entry(100, true, ANY, "::/0")],
                dropped(22..=22, LAST, true),
            ),
        ] {
            assert_eq!(
                acl(&entries, &[]).inbound(&you(), 22),
                filtering,
                "{entries:?}"
            );
        }
    }

    #[test]
    fn answers_go_to_ports_of_clients() {
        let allow = |ports| entry(100, true, ports, WORLD);
        for (entries, filtering) in [
            (vec![allow(ANY)], Filtering::Open),
            (vec![allow(1024..=65535)], Filtering::Open),
            (vec![], dropped(EPHEMERAL, LAST, true)),
            // The forgotten half: the same rule as for the way in.
            (vec![allow(22..=22)], dropped(EPHEMERAL, LAST, true)),
            (
                vec![allow(32768..=60999)],
                dropped(1024..=32767, LAST, false),
            ),
            (
                vec![allow(1024..=60999)],
                dropped(61000..=65535, LAST, false),
            ),
            (
                vec![entry(90, false, 3389..=3389, WORLD), allow(ANY)],
                dropped(3389..=3389, 90, false),
            ),
            (
                vec![
                    allow(1024..=40000),
                    entry(110, true, 40001..=65535, "203.0.113.7/32"),
                ],
                Filtering::Open,
            ),
        ] {
            assert_eq!(
                acl(&[], &entries).outbound(&you()),
                filtering,
                "{entries:?}"
            );
        }
    }

    #[test]
    fn an_unknown_address_decides_nothing_but_what_is_about_all() {
        let nobody = Source::internet(None, false);
        let narrow = entry(90, false, ANY, "203.0.113.0/24");
        let all = entry(100, true, ANY, WORLD);
        let filtering = |entries: &[AclEntry]| acl(entries, &[]).inbound(&nobody, 22);
        assert_eq!(filtering(&[narrow, all.clone()]), Filtering::Unknown);
        assert_eq!(filtering(&[all]), Filtering::Open);
    }

    #[test]
    fn a_subnet_has_its_acl() {
        let acls = [acl(&[], &[])];
        assert_eq!(Acl::of(&acls, "subnet-1"), Some(&acls[0]));
        assert_eq!(Acl::of(&acls, "subnet-2"), None);
    }

    #[test]
    fn a_new_entry_gets_a_free_number_before_the_one_that_denies() {
        let used = |numbers: &[u16]| -> Vec<AclEntry> {
            numbers
                .iter()
                .map(|it| entry(*it, true, ANY, WORLD))
                .collect()
        };
        for (numbers, before, free) in [
            (vec![], LAST, Some(32760)),
            (vec![100], 100, Some(90)),
            (vec![90, 100], 100, Some(80)),
            (vec![5], 5, Some(4)),
            (vec![1], 1, None),
            (vec![1, 2], 2, None),
        ] {
            let number = acl(&used(&numbers), &[]).free_number(false, before);
            assert_eq!(number, free, "{numbers:?}");
        }
    }
}
