//! Networks that drop packets: each is named, with the command that mends it.

use std::net::TcpListener;

use crate::lab::blackholes::Blackholes;
use crate::lab::eice::{SAME_SUBNET, ZONE_C};
use crate::lab::instances::{CLOSED, ENDPOINT_ONLY, IPV6_ONLY, WEB1};
use crate::lab::network::{CHECK_IP, CONSOLE_LIST, CONSOLE_LIST_IPV6, Network, OFFICE};
use crate::lab::{Caller, Fault, Trouble};
use crate::sandbox::{caller, finish};
use serde_json::Value;

/// Any port.
const ALL: (u16, u16) = (0, 65535);
const WORLD: &str = "0.0.0.0/0";

/// The findings of `--doctor` about an instance. It pushes no key, and does
/// not try to log in.
fn findings(caller: &Caller<'_>, words: &str) -> Vec<Value> {
    let mut command = caller.command("mssh");
    command.args(["--doctor", "--json", "--dry-run"]);
    let outcome = finish(command.args(words.split(' ')));
    let report = serde_json::from_str::<Value>(&outcome.stdout);
    let report = report.unwrap_or_else(|error| panic!("{error}: {outcome:?}"));
    report["findings"].as_array().expect("a list").clone()
}

fn line(finding: &Value) -> String {
    let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    format!("{} {}: {}", text("verdict"), text("check"), text("what"))
}

/// Asserts that this is found, with a fix that has all of these words.
#[track_caller]
fn found(network: Network, words: &str, expected: &str, fix: &[&str]) {
    let caller = caller();
    caller.network(network);
    let findings = findings(&caller, words);
    let lines: Vec<String> = findings.iter().map(line).collect();
    let at = lines.iter().position(|it| it == expected);
    let at = at.unwrap_or_else(|| panic!("{lines:#?}"));
    let mending = findings[at]["fix"].as_str().unwrap_or_default();
    assert!(fix.iter().all(|word| mending.contains(word)), "{mending}");
}

fn group(peers: &[&'static str]) -> Network {
    Network {
        ingress: peers.to_vec(),
        ..Network::default()
    }
}

#[test]
fn a_group_without_a_rule_for_the_port_is_named() {
    let expected = "bad security-group: no rule of sg-0c105ed0000000001 opens port 22";
    let fix = [
        "--group-id sg-0c105ed0000000001",
        "--port 22",
        "--cidr 203.0.113.7/32",
    ];
    found(group(&[]), CLOSED, expected, &fix);
}

#[test]
fn a_group_that_is_open_to_others_is_named() {
    let expected = "bad security-group: port 22 is open to others, but not to you (203.0.113.7)";
    found(
        group(&["198.51.100.0/24"]),
        CLOSED,
        expected,
        &["--cidr 203.0.113.7/32"],
    );
}

#[test]
fn a_port_that_is_open_to_the_console_is_told_apart() {
    let expected =
        "bad security-group: port 22 is open to the console, but not to you (203.0.113.7)";
    found(
        group(&[CONSOLE_LIST]),
        CLOSED,
        expected,
        &["--cidr 203.0.113.7/32"],
    );
    let expected = "bad security-group: port 22 is open to the console's IPv6 addresses only, not \
                    to 203.0.113.7";
    found(
        group(&[CONSOLE_LIST_IPV6]),
        CLOSED,
        expected,
        &["--cidr 203.0.113.7/32"],
    );
}

#[test]
fn a_prefix_list_that_holds_the_caller_is_open() {
    let expected = "good security-group: sg-0c105ed0000000001 lets 203.0.113.7 into port 22 \
                    (pl-0ff1ce0000000001 (office))";
    found(group(&[OFFICE]), CLOSED, expected, &[]);
}

#[test]
fn a_network_acl_that_forgets_the_answers_is_named() {
    let network = Network {
        acl: vec![
            (100, false, true, ALL, WORLD),
            (100, true, true, (22, 22), WORLD),
        ],
        ..Network::default()
    };
    let expected = "bad network-acl: acl-0face000000000001 drops the answers to 203.0.113.7: no \
                    entry allows it";
    found(
        network,
        CLOSED,
        expected,
        &["--egress", "From=1024,To=65535"],
    );
}

#[test]
fn a_network_acl_that_denies_the_port_is_named() {
    let network = Network {
        acl: vec![
            (50, false, false, (22, 22), "203.0.113.0/24"),
            (100, false, true, ALL, WORLD),
            (100, true, true, ALL, WORLD),
        ],
        ..Network::default()
    };
    let expected = "bad network-acl: acl-0face000000000001 drops port 22 from 203.0.113.7: entry \
                    50 denies it";
    found(
        network,
        CLOSED,
        expected,
        &["--ingress", "--rule-number 40"],
    );
}

#[test]
fn ipv6_has_entries_of_its_own() {
    let free = TcpListener::bind("[::1]:0").and_then(|it| it.local_addr());
    let at = free.expect("a port");
    let _hole = Blackholes::at(at).expect("a black hole");
    let (port, words) = (at.port(), format!("-p {} {IPV6_ONLY}", at.port()));
    found(
        Network::default(),
        &words,
        &format!(
            "bad network-acl: acl-0face000000000001 drops port {port} from ::1: no entry allows it"
        ),
        &["--ingress", "--ipv6-cidr-block ::1/128"],
    );
    let network = Network {
        acl: vec![
            (100, false, true, ALL, "::/0"),
            (100, true, true, (22, 22), "::/0"),
            (100, true, true, ALL, WORLD),
        ],
        ..Network::default()
    };
    let expected = "bad network-acl: acl-0face000000000001 drops the answers to ::1: no entry \
                    allows it";
    found(
        network,
        &words,
        expected,
        &["--egress", "--ipv6-cidr-block ::1/128"],
    );
}

#[test]
fn the_network_acl_of_an_endpoint_is_judged() {
    let network = Network {
        acl: vec![
            (100, false, true, ALL, WORLD),
            (100, true, true, (1024, 65535), WORLD),
        ],
        ..Network::default()
    };
    let expected = "bad network-acl: acl-0face000000000001 drops port 22 to 127.0.1.81: no entry \
                    allows it";
    found(
        network,
        &format!("--eice-endpoint {SAME_SUBNET} {ENDPOINT_ONLY}"),
        expected,
        &["--egress", "From=22,To=22", "127.0.1.81/32"],
    );
}

#[test]
fn the_endpoint_that_was_asked_for_is_judged() {
    for (endpoint, expected) in [
        (ZONE_C, format!("good endpoint: {ZONE_C} is usable")),
        (
            "eice-0123456789abcdef0",
            "skipped endpoint: not checked: eice-0123456789abcdef0 is not one of the endpoints in \
             the instance's VPC"
                .to_owned(),
        ),
    ] {
        let words = format!("--eice-endpoint {endpoint} {ENDPOINT_ONLY}");
        found(Network::default(), &words, &expected, &[]);
    }
}

#[test]
fn a_route_that_does_not_lead_to_the_internet_is_named() {
    let routes = |routes: &[(&'static str, &'static str, &'static str)]| Network {
        routes: routes.to_vec(),
        ..Network::default()
    };
    for (network, what) in [
        (routes(&[]), "has no route to the internet"),
        (
            routes(&[(WORLD, "nat-1", "active")]),
            "sends the answers to nat-1, not to an internet gateway",
        ),
        (
            routes(&[(WORLD, "igw-1", "blackhole")]),
            "sends the answers to igw-1, which is gone",
        ),
    ] {
        let expected = format!("bad route: rtb-0face000000000001 {what}");
        found(
            network,
            CLOSED,
            &expected,
            &["route --route-table-id rtb-0face000000000001"],
        );
    }
}

#[test]
fn an_endpoint_that_its_group_does_not_let_out_is_named() {
    let network = Network {
        endpoint_egress: vec!["198.51.100.0/24"],
        ..Network::default()
    };
    let expected = "bad endpoint-egress: sg-0e1ce00000000000e does not let eice-0face000000000003 \
                    out to port 22 of the instance";
    found(
        network,
        ENDPOINT_ONLY,
        expected,
        &["authorize-security-group-egress"],
    );
}

#[test]
fn an_instance_that_does_not_let_the_endpoint_in_is_named() {
    let expected = "bad endpoint-ingress: sg-0e1ce000000000001 does not let eice-0face000000000003 \
                    into port 22";
    found(
        group(&["198.51.100.0/24"]),
        ENDPOINT_ONLY,
        expected,
        &["--source-group"],
    );
}

#[test]
fn a_denied_permission_skips_its_check_and_is_named() {
    for (action, check) in [
        ("DescribeSecurityGroupRules", "security-group"),
        ("DescribeNetworkAcls", "network-acl"),
        ("DescribeRouteTables", "route"),
    ] {
        let caller = caller();
        caller.fault(Fault::new(Trouble::Denied).on(action));
        let lines: Vec<String> = findings(&caller, CLOSED).iter().map(line).collect();
        let expected = format!("skipped {check}: not checked: it needs ec2:{action}");
        assert!(lines.contains(&expected), "{lines:#?}");
    }
}

#[test]
fn nobody_is_asked_for_the_callers_address_where_the_port_answers() {
    let caller = caller();
    let lines: Vec<String> = findings(&caller, WEB1).iter().map(line).collect();
    let answers = "good port: public address 127.0.0.11 port 22 answers: SSH-2.0-OpenSSH";
    assert!(lines.iter().any(|it| it.starts_with(answers)), "{lines:#?}");
    assert!(caller.calls_of(CHECK_IP).is_empty());
    findings(&caller, CLOSED);
    assert_eq!(caller.calls_of(CHECK_IP).len(), 1);
}
