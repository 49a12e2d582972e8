use std::net::IpAddr;

use super::*;

const YOU: &str = "203.0.113.7";
const YOU6: &str = "2001:db8::7";

fn block(text: &str) -> Peer {
    Peer::Block(text.parse().unwrap())
}

fn list(id: &str) -> Peer {
    Peer::List(id.to_owned())
}

fn group(id: &str) -> Peer {
    Peer::Group(id.to_owned())
}

fn rule(ports: RangeInclusive<u16>, peer: Peer) -> GroupRule {
    GroupRule {
        group: "sg-1".to_owned(),
        is_egress: false,
        ports,
        peer,
    }
}

fn ssh(peer: Peer) -> GroupRule {
    rule(22..=22, peer)
}

/// `pl-office` holds the caller, `pl-other` does not, `pl-secret` cannot be read; `pl-console` and
/// `pl-console6` are EC2 Instance Connect's.
fn lists() -> Vec<PrefixList> {
    let list = |id: &str, name: &str, blocks: Option<&str>| PrefixList {
        id: id.to_owned(),
        name: Some(name.to_owned()),
        blocks: blocks.map(|it| vec![it.parse().unwrap()]),
    };
    vec![
        list("pl-office", "office", Some("203.0.113.0/28")),
        list("pl-other", "other", Some("198.51.100.0/24")),
        list("pl-secret", "secret", None),
        list(
            "pl-console",
            "com.amazonaws.us-east-1.ec2-instance-connect",
            Some("18.206.107.24/29"),
        ),
        list(
            "pl-console6",
            "com.amazonaws.us-east-1.ipv6.ec2-instance-connect",
            Some("2600:1f18:1::/48"),
        ),
    ]
}

fn internet(address: &str) -> Source {
    let address: IpAddr = address.parse().unwrap();
    Source::internet(Some(address), address.is_ipv6())
}

fn private(address: &str) -> Source {
    Source::private(address.parse().ok(), false)
}

fn endpoint(groups: &[&str]) -> Source {
    Source {
        groups: Membership::Of(groups.iter().map(|it| (*it).to_owned()).collect()),
        ..internet("10.0.0.9")
    }
}

#[test]
fn one_rule_that_fits_is_enough() {
    for (source, rules) in [
        (internet(YOU), vec![ssh(block("203.0.113.7/32"))]),
        (internet(YOU), vec![ssh(block("0.0.0.0/0"))]),
        (
            internet(YOU),
            vec![rule(0..=65535, block("203.0.113.0/24"))],
        ),
        (internet(YOU), vec![rule(20..=23, block("203.0.0.0/16"))]),
        (internet(YOU), vec![ssh(list("pl-office"))]),
        (
            internet(YOU),
            vec![ssh(list("pl-secret")), ssh(list("pl-office"))],
        ),
        (
            internet(YOU),
            vec![ssh(block("10.0.0.0/8")), ssh(block("203.0.113.0/24"))],
        ),
        (internet(YOU6), vec![ssh(block("::/0"))]),
        (internet(YOU6), vec![ssh(block("2001:db8::/32"))]),
        (
            private("10.1.2.3"),
            vec![ssh(group("sg-2")), ssh(block("10.1.0.0/16"))],
        ),
        (endpoint(&["sg-e"]), vec![ssh(group("sg-e"))]),
        (
            endpoint(&["sg-d", "sg-e"]),
            vec![ssh(block("10.1.0.0/16")), ssh(group("sg-e"))],
        ),
        (endpoint(&["sg-e"]), vec![ssh(block("10.0.0.0/24"))]),
        (Source::internet(None, false), vec![ssh(block("0.0.0.0/0"))]),
    ] {
        let admission = admit(&rules, &["sg-1".to_owned()], &source, 22, &lists());
        assert_eq!(admission, Admission::By(rules.last().unwrap()), "{source}");
    }
}

#[test]
fn without_a_rule_that_fits_the_reason_is_the_best_one() {
    let others = |peers: &[Peer]| NotAdmitted::Others(peers.to_vec());
    let egress = GroupRule {
        is_egress: true,
        ..ssh(block("0.0.0.0/0"))
    };
    let of_another_group = GroupRule {
        group: "sg-9".to_owned(),
        ..ssh(block("0.0.0.0/0"))
    };
    for (source, rules, refusal) in [
        (internet(YOU), vec![], NotAdmitted::NoRule),
        (
            internet(YOU),
            vec![rule(80..=443, block("0.0.0.0/0"))],
            NotAdmitted::NoRule,
        ),
        (internet(YOU), vec![egress], NotAdmitted::NoRule),
        (internet(YOU), vec![of_another_group], NotAdmitted::NoRule),
        (
            internet(YOU),
            vec![ssh(block("10.0.0.0/8"))],
            others(&[block("10.0.0.0/8")]),
        ),
        (
            internet(YOU),
            vec![ssh(block("::/0"))],
            others(&[block("::/0")]),
        ),
        (
            internet(YOU6),
            vec![ssh(block("0.0.0.0/0"))],
            others(&[block("0.0.0.0/0")]),
        ),
        (
            internet(YOU),
            vec![ssh(list("pl-other"))],
            others(&[list("pl-other")]),
        ),
        (
            internet(YOU),
            vec![ssh(group("sg-2"))],
            others(&[group("sg-2")]),
        ),
        (
            internet(YOU),
            vec![ssh(list("pl-console"))],
            NotAdmitted::ConsoleOnly,
        ),
        (
            internet(YOU),
            vec![
                ssh(list("pl-console6")),
                ssh(list("pl-console")),
                ssh(block("10.0.0.0/8")),
            ],
            NotAdmitted::ConsoleOnly,
        ),
        (
            internet(YOU),
            vec![ssh(list("pl-console6"))],
            NotAdmitted::WrongConsoleList,
        ),
        (
            internet(YOU6),
            vec![ssh(list("pl-console6"))],
            NotAdmitted::ConsoleOnly,
        ),
        (
            internet(YOU6),
            vec![ssh(list("pl-console"))],
            others(&[list("pl-console")]),
        ),
        (
            endpoint(&["sg-e"]),
            vec![ssh(group("sg-2"))],
            others(&[group("sg-2")]),
        ),
        (
            endpoint(&["sg-e"]),
            vec![ssh(block("203.0.113.7/32"))],
            others(&[block("203.0.113.7/32")]),
        ),
    ] {
        let admission = admit(&rules, &["sg-1".to_owned()], &source, 22, &lists());
        assert_eq!(admission, Admission::Refused(refusal), "{source} {rules:?}");
    }
}

#[test]
fn what_cannot_be_told_is_unknown() {
    for (source, rules) in [
        (internet(YOU), vec![ssh(list("pl-secret"))]),
        (internet(YOU), vec![ssh(list("pl-unheard-of"))]),
        (
            Source::internet(None, false),
            vec![ssh(block("203.0.113.0/24"))],
        ),
        (private("10.1.2.3"), vec![ssh(group("sg-2"))]),
    ] {
        let admission = admit(&rules, &["sg-1".to_owned()], &source, 22, &lists());
        assert_eq!(
            admission,
            Admission::Unknown(rules.iter().collect()),
            "{source}"
        );
    }
}

#[test]
fn the_way_out_is_judged_by_the_egress_rules() {
    let all = GroupRule {
        is_egress: true,
        ..rule(0..=65535, block("0.0.0.0/0"))
    };
    let to_group = GroupRule {
        is_egress: true,
        ..ssh(group("sg-2"))
    };
    let rules = [ssh(block("0.0.0.0/0")), to_group.clone()];
    let out = |rules: &[GroupRule], groups: &[&str]| match let_out(
        rules,
        &["sg-1".to_owned()],
        &endpoint(groups),
        22,
        &[],
    ) {
        Admission::By(rule) => Ok(rule.clone()),
        Admission::Refused(why) => Err(why),
        Admission::Unknown(_) => panic!("unknown"),
    };
    assert_eq!(out(std::slice::from_ref(&all), &[]), Ok(all.clone()));
    assert_eq!(out(&rules, &["sg-2"]), Ok(to_group));
    assert_eq!(out(&rules[..1], &["sg-2"]), Err(NotAdmitted::NoRule));
    assert_eq!(
        out(&rules, &["sg-3"]),
        Err(NotAdmitted::Others(vec![group("sg-2")]))
    );
}
