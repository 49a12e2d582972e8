//! Tests of where answers go.

use super::*;

fn route(destination: &str, target: &str) -> RouteEntry {
    RouteEntry {
        destination: match destination.parse() {
            Ok(block) => Destinations::Block(block),
            Err(_) => Destinations::List(destination.to_owned()),
        },
        target: target.to_owned(),
        is_blackhole: false,
    }
}

fn table(routes: &[RouteEntry]) -> RouteTable {
    let local = ["10.0.0.0/16", "2001:db8:1::/56"].map(|it| route(it, "local"));
    RouteTable {
        id: "rtb-1".to_owned(),
        vpc: "vpc-1".to_owned(),
        subnets: vec!["subnet-1".to_owned()],
        is_main: false,
        routes: local.iter().chain(routes).cloned().collect(),
    }
}

fn from(address: &str) -> Source {
    let address: std::net::IpAddr = address.parse().unwrap();
    Source::internet(Some(address), address.is_ipv6())
}

fn lists() -> Vec<PrefixList> {
    vec![PrefixList {
        id: "pl-office".to_owned(),
        name: None,
        blocks: Some(vec!["203.0.113.0/24".parse().unwrap()]),
    }]
}

/// In a word, with the target.
fn answers(routes: &[RouteEntry], client: &Source) -> String {
    let table = table(routes);
    match table.answers_to(client, &lists()) {
        Return::Internet(route) => format!("internet {}", route.target),
        Return::Local => "local".to_owned(),
        Return::OutgoingOnly(route) => format!("outgoing {}", route.target),
        Return::Other(route) => format!("other {}", route.target),
        Return::Blackhole(route) => format!("blackhole {}", route.target),
        Return::None => "none".to_owned(),
        Return::Unknown => "unknown".to_owned(),
    }
}

#[test]
fn the_most_specific_route_decides() {
    let (you, you6) = (from("203.0.113.7"), from("2001:db8::7"));
    let nobody = Source::internet(None, false);
    let world = |target| route("0.0.0.0/0", target);
    let gone = RouteEntry {
        is_blackhole: true,
        ..world("igw-1")
    };
    for (routes, client, expected) in [
        (vec![world("igw-1")], &you, "internet igw-1"),
        (vec![], &you, "none"),
        (vec![world("nat-1")], &you, "outgoing nat-1"),
        (vec![gone], &you, "blackhole igw-1"),
        (vec![world("vpce-1")], &you, "other vpce-1"),
        (
            vec![world("igw-1"), route("203.0.113.0/24", "tgw-1")],
            &you,
            "other tgw-1",
        ),
        (
            vec![route("203.0.113.0/24", "tgw-1"), world("igw-1")],
            &you,
            "other tgw-1",
        ),
        (
            vec![world("igw-1"), route("203.0.112.0/24", "tgw-1")],
            &you,
            "internet igw-1",
        ),
        (
            vec![world("igw-1"), route("pl-office", "tgw-1")],
            &you,
            "other tgw-1",
        ),
        (
            vec![world("igw-1"), route("pl-unknown", "vpce-1")],
            &you,
            "unknown",
        ),
        (vec![world("igw-1")], &you6, "none"),
        (
            vec![world("igw-1"), route("::/0", "eigw-1")],
            &you6,
            "outgoing eigw-1",
        ),
        (vec![route("::/0", "igw-1")], &you6, "internet igw-1"),
        (vec![world("igw-1")], &from("10.0.9.9"), "local"),
        (
            vec![world("igw-1"), route("192.168.0.0/16", "vgw-1")],
            &from("192.168.1.2"),
            "other vgw-1",
        ),
        (vec![world("igw-1")], &nobody, "unknown"),
    ] {
        assert_eq!(answers(&routes, client), expected, "{routes:?}");
    }
}

#[test]
fn a_subnet_uses_its_own_table_else_the_main_one() {
    let own = table(&[]);
    let main = RouteTable {
        id: "rtb-main".to_owned(),
        subnets: Vec::new(),
        is_main: true,
        ..own.clone()
    };
    let tables = [main, own];
    let id = |subnet, vpc| RouteTable::of(&tables, subnet, vpc).map(|it| it.id.as_str());
    assert_eq!(id("subnet-1", "vpc-1"), Some("rtb-1"));
    assert_eq!(id("subnet-2", "vpc-1"), Some("rtb-main"));
    assert_eq!(id("subnet-2", "vpc-2"), None);
}

#[test]
fn the_default_route_is_that_of_the_family() {
    let table = table(&[route("0.0.0.0/0", "igw-4"), route("::/0", "igw-6")]);
    let target = |is_ipv6| table.default_route(is_ipv6).map(|it| it.target.as_str());
    assert_eq!(
        (target(false), target(true)),
        (Some("igw-4"), Some("igw-6"))
    );
}
