use std::net::IpAddr;

use super::*;
use crate::plan::doctor::fact::{Denial, Fact, Failure};
use crate::plan::doctor::network::acl::{Acl, AclEntry};
use crate::plan::doctor::network::facts::{
    CommandOptions, EndpointFacts, InterfaceFacts, PublicAddress,
};
use crate::plan::doctor::network::group::{GroupRule, Peer};
use crate::plan::doctor::network::prefix_list::PrefixList;
use crate::plan::doctor::network::route::{Destinations, RouteEntry, RouteTable};
use crate::plan::route::eice::EndpointState;
use crate::plan::way::Way;

mod endpoint;
mod filters;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn rule(group: &str, is_egress: bool, peer: Peer) -> GroupRule {
    GroupRule {
        group: group.to_owned(),
        is_egress,
        ports: 22..=22,
        peer,
    }
}

fn block(text: &str) -> Peer {
    Peer::Block(text.parse().unwrap())
}

fn route(target: &str, is_blackhole: bool) -> RouteEntry {
    RouteEntry {
        destination: Destinations::Block("0.0.0.0/0".parse().unwrap()),
        target: target.to_owned(),
        is_blackhole,
    }
}

fn entry(number: u16, is_egress: bool, allows: bool) -> AclEntry {
    AclEntry {
        number,
        is_egress,
        allows,
        ports: 0..=65535,
        block: "0.0.0.0/0".parse().unwrap(),
    }
}

fn known<T>(facts: &mut Fact<Vec<T>>) -> &mut Vec<T> {
    match facts {
        Fact::Known(facts) => facts,
        _ => panic!("not known"),
    }
}

/// A public address that does not answer, though all that AWS shows is open.
fn public() -> NetworkFacts {
    NetworkFacts {
        port: 22,
        commands: CommandOptions {
            region: "us-east-1".to_owned(),
            profile: None,
        },
        addresses: vec![InstanceAddress {
            address: ip("198.51.100.10"),
            way: Way::Public,
            is_used: true,
            local: Some(ip("192.168.1.5")),
            answer: PortAnswer::Dropped,
        }],
        wants_endpoint: false,
        interfaces: Fact::Known(vec![InterfaceFacts {
            subnet: "subnet-1".to_owned(),
            vpc: "vpc-1".to_owned(),
            groups: vec!["sg-1".to_owned()],
            private: Some(ip("10.0.0.10")),
            addresses: vec![ip("10.0.0.10"), ip("198.51.100.10")],
        }]),
        rules: Fact::Known(vec![rule("sg-1", false, block("203.0.113.0/24"))]),
        lists: Vec::new(),
        are_lists_read: Fact::Known(()),
        acls: Fact::Known(vec![Acl {
            id: "acl-1".to_owned(),
            subnets: vec!["subnet-1".to_owned()],
            entries: vec![entry(100, false, true), entry(100, true, true)],
        }]),
        tables: Fact::Known(vec![RouteTable {
            id: "rtb-1".to_owned(),
            vpc: "vpc-1".to_owned(),
            subnets: Vec::new(),
            is_main: true,
            routes: vec![route("igw-1", false)],
        }]),
        endpoints: Fact::Known(Vec::new()),
        endpoint_addresses: Fact::NotAsked,
        public_address: Fact::Known(PublicAddress {
            address: ip("203.0.113.7"),
            service: "https://checkip.example".to_owned(),
        }),
        no_address: None,
        asked_endpoint: None,
    }
}

/// A private address that does not answer, and an endpoint that reaches it.
fn behind_endpoint() -> NetworkFacts {
    let mut facts = public();
    facts.addresses[0].address = ip("10.0.0.10");
    facts.addresses[0].way = Way::Private;
    facts.wants_endpoint = true;
    facts.endpoints = Fact::Known(vec![EndpointFacts {
        id: "eice-1".to_owned(),
        state: EndpointState::Usable,
        state_message: None,
        subnet: "subnet-2".to_owned(),
        zone: None,
        groups: vec!["sg-e".to_owned()],
        interfaces: vec!["eni-1".to_owned()],
        preserves_client_ip: false,
    }]);
    facts.endpoint_addresses = Fact::Known(vec![ip("10.0.2.9")]);
    facts.rules = Fact::Known(vec![
        rule("sg-e", true, block("0.0.0.0/0")),
        rule("sg-1", false, Peer::Group("sg-e".to_owned())),
    ]);
    facts
}

/// The findings, each as `verdict check: what`.
fn lines(facts: &NetworkFacts) -> Vec<String> {
    let line = |it: &Finding| {
        let verdict = format!("{:?}", it.verdict).to_lowercase();
        format!("{verdict} {}: {}", it.check, it.what)
    };
    let findings = check(facts, false);
    let findings = findings.iter().filter(|it| it.check != "your-address");
    findings.map(line).collect()
}

/// The only finding of that verdict.
fn only(facts: &NetworkFacts, verdict: Verdict) -> Finding {
    let mut found = check(facts, false);
    found.retain(|it| it.verdict == verdict && it.check != "port");
    assert_eq!(found.len(), 1, "{:#?}", lines(facts));
    found.remove(0)
}

fn denied<T>(action: &str) -> Fact<T> {
    Fact::Denied(Denial {
        action: action.to_owned(),
        message: "no".to_owned(),
        fix: "allow it".to_owned(),
    })
}

#[test]
fn where_nothing_of_aws_drops_packets_it_says_so() {
    let facts = public();
    let expected = [
        "bad port: public address 198.51.100.10 port 22 does not answer",
        "good security-group: sg-1 lets 203.0.113.7 into port 22 (203.0.113.0/24)",
        "good network-acl: acl-1 lets port 22 and the answers through",
        "good route: rtb-1 leads to the internet by igw-1",
    ];
    assert_eq!(lines(&facts), expected);
    let [own, port, ..] = &check(&facts, false)[..] else {
        panic!("two findings");
    };
    assert_eq!(own.what, "the internet sees you as 203.0.113.7");
    let why = port.why.clone().unwrap();
    assert!(why.starts_with("nothing of its VPC drops them"), "{why}");
}

#[test]
fn what_the_port_answers_is_told_apart() {
    for (answer, expected) in [
        (
            PortAnswer::Ssh("SSH-2.0-x".to_owned()),
            "good port: public address 198.51.100.10 port 22 answers: SSH-2.0-x",
        ),
        (
            PortAnswer::Other("HTTP".to_owned()),
            "bad port: public address 198.51.100.10 port 22 is no SSH server: HTTP",
        ),
        (
            PortAnswer::Silent,
            "bad port: public address 198.51.100.10 port 22 connects, but says nothing",
        ),
        (
            PortAnswer::Closed,
            "bad port: public address 198.51.100.10 port 22 closes the connection at once",
        ),
        (
            PortAnswer::Refused,
            "bad port: public address 198.51.100.10 port 22 refuses connections",
        ),
        (
            PortAnswer::NoPath("unreachable".to_owned()),
            "bad port: no path to public address 198.51.100.10: unreachable",
        ),
    ] {
        let mut facts = public();
        facts.addresses[0].answer = answer;
        assert_eq!(lines(&facts)[0], expected);
        assert!(!lines(&facts).iter().any(|it| it.contains("security-group")));
    }
}
