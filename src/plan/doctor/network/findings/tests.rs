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
    let asked = "you come from 203.0.113.7, says https://checkip.example, which was asked";
    assert_eq!(own.what, asked);
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

#[test]
fn a_closed_group_is_named_with_the_command_that_opens_it() {
    let console = |name: &str| {
        let mut facts = public();
        facts.rules = Fact::Known(vec![rule("sg-1", false, Peer::List("pl-1".to_owned()))]);
        facts.lists = vec![PrefixList {
            id: "pl-1".to_owned(),
            name: Some(format!("com.amazonaws.us-east-1.{name}")),
            blocks: Some(Vec::new()),
        }];
        facts
    };
    let with = |rules: Vec<GroupRule>| NetworkFacts {
        rules: Fact::Known(rules),
        ..public()
    };
    for (facts, what) in [
        (with(vec![]), "no rule of sg-1 opens port 22"),
        (
            with(vec![rule("sg-1", false, block("10.0.0.0/8"))]),
            "port 22 is open to others, but not to you (203.0.113.7)",
        ),
        (
            console("ec2-instance-connect"),
            "port 22 is open to the console, but not to you (203.0.113.7)",
        ),
        (
            console("ipv6.ec2-instance-connect"),
            "port 22 is open to the console's IPv6 addresses only, not to 203.0.113.7",
        ),
    ] {
        let found = only(&facts, Verdict::Bad);
        assert_eq!((found.check, found.what.as_str()), ("security-group", what));
        assert_eq!(
            found.fix.as_deref(),
            Some(
                "aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp \
                 --port 22 --cidr 203.0.113.7/32 --region us-east-1"
            )
        );
    }
}

#[test]
fn a_network_acl_is_judged_in_both_directions() {
    for (entries, what, fix) in [
        (
            vec![entry(100, true, true)],
            "acl-1 drops port 22 from 203.0.113.7: no entry allows it",
            "--ingress --rule-number 32760 --protocol tcp --port-range From=22,To=22 --cidr-block \
             203.0.113.7/32",
        ),
        (
            vec![entry(100, false, true)],
            "acl-1 drops the answers to 203.0.113.7: no entry allows it",
            "--egress --rule-number 32760 --protocol tcp --port-range From=1024,To=65535 \
             --cidr-block 203.0.113.7/32",
        ),
        (
            vec![
                entry(50, false, false),
                entry(100, false, true),
                entry(100, true, true),
            ],
            "acl-1 drops port 22 from 203.0.113.7: entry 50 denies it",
            "--ingress --rule-number 40 --protocol tcp --port-range From=22,To=22 --cidr-block \
             203.0.113.7/32",
        ),
    ] {
        let mut facts = public();
        known(&mut facts.acls)[0].entries = entries;
        let found = only(&facts, Verdict::Bad);
        assert_eq!((found.check, found.what.as_str()), ("network-acl", what));
        let command = format!(
            "aws ec2 create-network-acl-entry --network-acl-id acl-1 {fix} --rule-action allow \
             --region us-east-1"
        );
        assert_eq!(found.fix, Some(command));
    }
}

#[test]
fn a_public_address_needs_a_route_to_the_internet() {
    let ask = "aws ec2 create-route --route-table-id rtb-1 --destination-cidr-block 0.0.0.0/0 \
               --region us-east-1 --gateway-id \"$(aws ec2 describe-internet-gateways --filters \
               Name=attachment.vpc-id,Values=vpc-1 --query \
               'InternetGateways[0].InternetGatewayId' --output text --region us-east-1)\"";
    let replace = ask.replace("create-route", "replace-route");
    for (routes, what, fix) in [
        (vec![], "rtb-1 has no route to the internet", ask),
        (
            vec![route("nat-1", false)],
            "rtb-1 sends the answers to nat-1, not to an internet gateway",
            replace.as_str(),
        ),
        (
            vec![route("igw-1", true)],
            "rtb-1 sends the answers to igw-1, which is gone",
            replace.as_str(),
        ),
    ] {
        let mut facts = public();
        known(&mut facts.tables)[0].routes = routes;
        let found = only(&facts, Verdict::Bad);
        assert_eq!((found.check, found.what.as_str()), ("route", what));
        assert_eq!(found.fix.as_deref(), Some(fix));
    }
    let mut facts = public();
    known(&mut facts.tables)[0].routes = vec![route("vpce-1", false)];
    assert_eq!(
        only(&facts, Verdict::Warning).what,
        "rtb-1 sends the answers to vpce-1"
    );
}

#[test]
fn a_check_that_was_denied_is_skipped_with_its_permission() {
    let skipped = |facts: NetworkFacts| {
        let found = only(&facts, Verdict::Skipped);
        (found.check, found.what)
    };
    let needs = |check, action: &str| (check, format!("not checked: it needs {action}"));
    let rules = NetworkFacts {
        rules: denied("ec2:DescribeSecurityGroupRules"),
        ..public()
    };
    assert_eq!(
        skipped(rules),
        needs("security-group", "ec2:DescribeSecurityGroupRules")
    );
    let acls = NetworkFacts {
        acls: denied("ec2:DescribeNetworkAcls"),
        ..public()
    };
    assert_eq!(
        skipped(acls),
        needs("network-acl", "ec2:DescribeNetworkAcls")
    );
    let tables = NetworkFacts {
        tables: denied("ec2:DescribeRouteTables"),
        ..public()
    };
    assert_eq!(skipped(tables), needs("route", "ec2:DescribeRouteTables"));
    let endpoints = NetworkFacts {
        endpoints: denied("ec2:DescribeInstanceConnectEndpoints"),
        ..public()
    };
    assert_eq!(
        skipped(endpoints),
        needs("endpoint", "ec2:DescribeInstanceConnectEndpoints")
    );
    let address = NetworkFacts {
        public_address: Fact::Failed(Failure::new("no answer")),
        ..public()
    };
    assert_eq!(
        skipped(address),
        ("security-group", "not checked: no answer".to_owned())
    );
}

#[test]
fn an_endpoint_needs_a_rule_out_and_a_rule_in() {
    assert_eq!(
        lines(&behind_endpoint())[4..],
        [
            "good endpoint: eice-1 is usable",
            "good endpoint-egress: sg-e lets eice-1 out to port 22",
            "good endpoint-ingress: sg-1 lets eice-1 in (sg-e)",
        ]
    );
    let with = |rules: Vec<GroupRule>| NetworkFacts {
        rules: Fact::Known(rules),
        ..behind_endpoint()
    };
    let out = || rule("sg-e", true, block("0.0.0.0/0"));
    let no_egress = with(vec![rule("sg-1", false, Peer::Group("sg-e".to_owned()))]);
    let no_ingress = with(vec![out(), rule("sg-1", false, block("10.0.1.0/24"))]);
    let by_address = with(vec![out(), rule("sg-1", false, block("10.0.2.0/24"))]);
    let mut preserving = with(vec![
        out(),
        rule("sg-1", false, Peer::Group("sg-e".to_owned())),
    ]);
    known(&mut preserving.endpoints)[0].preserves_client_ip = true;
    let mut gone = behind_endpoint();
    known(&mut gone.endpoints)[0].state = EndpointState::Other("create-failed".to_owned());
    let mut none = behind_endpoint();
    none.endpoints = Fact::Known(Vec::new());
    let bad = |facts: &NetworkFacts| {
        let mut lines = lines(facts);
        lines.retain(|it| it.starts_with("bad endpoint"));
        lines
    };
    assert_eq!(bad(&by_address), [""; 0]);
    for (facts, expected) in [
        (
            no_egress,
            "bad endpoint-egress: sg-e does not let eice-1 out to port 22 of the instance",
        ),
        (
            no_ingress,
            "bad endpoint-ingress: sg-1 does not let eice-1 into port 22",
        ),
        (
            preserving,
            "bad endpoint-ingress: sg-1 does not let you (203.0.113.7), whose address eice-1 \
             preserves into port 22",
        ),
        (gone, "bad endpoint: eice-1 is not usable: create-failed"),
        (
            none,
            "bad endpoint: no EC2 Instance Connect Endpoint in vpc-1",
        ),
    ] {
        assert_eq!(bad(&facts), [expected]);
    }
}

#[test]
fn a_closed_way_is_no_error_where_another_is_open() {
    let facts = behind_endpoint();
    assert!(
        lines(&facts)[0].starts_with("warning port"),
        "{:?}",
        lines(&facts)
    );
    let mut closed = facts.clone();
    closed.rules = Fact::Known(Vec::new());
    assert!(
        lines(&closed)[0].starts_with("bad port"),
        "{:?}",
        lines(&closed)
    );
    let by_ssm = check(&closed, true);
    assert!(
        by_ssm.iter().all(|it| it.verdict != Verdict::Bad),
        "{by_ssm:?}"
    );
}
