//! Tests of the judgment of network ACLs.

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
            acl(&entries, &[]).filter(false, &you(), &(22..=22)),
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
            acl(&[], &entries).filter(true, &you(), &EPHEMERAL),
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
    let filtering = |entries: &[AclEntry]| acl(entries, &[]).filter(false, &nobody, &(22..=22));
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
