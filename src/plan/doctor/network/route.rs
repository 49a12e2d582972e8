//! Route tables: where the answers of an instance go.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html>

use ipnet::IpNet;

use super::prefix_list::{self, PrefixList};
use super::source::Source;

/// A route table of a VPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RouteTable {
    pub id: String,
    pub vpc: String,
    /// The subnets that it was given to.
    pub subnets: Vec<String>,
    /// Whether the other subnets of the VPC use it.
    pub is_main: bool,
    pub routes: Vec<RouteEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RouteEntry {
    pub destination: Destinations,
    /// The ID of what it leads to: `igw-…`, `nat-…`, `local` and so on.
    pub target: String,
    /// Whether its state is `blackhole`: the target is gone.
    pub is_blackhole: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destinations {
    Block(IpNet),
    /// The ID of a prefix list.
    List(String),
}

/// Whether a route leads to a client depends on what we could not find out.
struct CannotTell;

/// Where the answers to a client go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Return<'a> {
    /// Through an internet gateway.
    Internet(&'a RouteEntry),
    /// Within the VPC.
    Local,
    /// Through a gateway for connections from the VPC only: NAT, or egress-only for IPv6.
    OutgoingOnly(&'a RouteEntry),
    /// To something else: a peering connection, a transit gateway, a firewall, …
    Other(&'a RouteEntry),
    /// Nowhere: the target of the route is gone.
    Blackhole(&'a RouteEntry),
    /// Nowhere: there is no route.
    None,
    /// That depends on what we could not find out.
    Unknown,
}

impl RouteTable {
    /// The table of a subnet: its own, else the main one of its VPC.
    pub(crate) fn of<'a>(tables: &'a [Self], subnet: &str, vpc: &str) -> Option<&'a Self> {
        let own = |table: &&Self| table.subnets.iter().any(|it| it == subnet);
        let main = |table: &&Self| table.is_main && table.vpc == vpc;
        let mut tables = tables.iter();
        tables.clone().find(own).or_else(|| tables.find(main))
    }

    /// Where the answers to `client` go: the most specific route decides.
    pub(crate) fn answers_to<'a>(&'a self, client: &Source, lists: &[PrefixList]) -> Return<'a> {
        let mut best: Option<(u8, &RouteEntry)> = None;
        for route in &self.routes {
            let Ok(length) = route.length(client, lists) else {
                return Return::Unknown;
            };
            if let Some(length) = length
                && best.is_none_or(|(best, _)| length > best)
            {
                best = Some((length, route));
            }
        }
        best.map_or(Return::None, |(_, route)| route.meaning())
    }

    /// The default route of a family.
    pub(crate) fn default_route(&self, is_ipv6: bool) -> Option<&RouteEntry> {
        let is_default = |route: &&RouteEntry| match &route.destination {
            Destinations::Block(block) => {
                block.prefix_len() == 0 && matches!(block, IpNet::V6(_)) == is_ipv6
            }
            Destinations::List(_) => false,
        };
        self.routes.iter().find(is_default)
    }
}

impl RouteEntry {
    /// How many bits of its destination are the client's, if it leads there.
    fn length(&self, client: &Source, lists: &[PrefixList]) -> Result<Option<u8>, CannotTell> {
        match &self.destination {
            Destinations::Block(block) => {
                let is_within = client.is_within(block).ok_or(CannotTell)?;
                Ok(is_within.then(|| block.prefix_len()))
            }
            Destinations::List(id) => {
                let list = prefix_list::find(lists, id);
                let blocks = list.and_then(|it| it.blocks.as_ref()).ok_or(CannotTell)?;
                let mut longest = None;
                for block in blocks {
                    if client.is_within(block).ok_or(CannotTell)? {
                        longest = longest.max(Some(block.prefix_len()));
                    }
                }
                Ok(longest)
            }
        }
    }

    fn meaning(&self) -> Return<'_> {
        let kind = self.target.split('-').next().unwrap_or_default();
        match kind {
            _ if self.is_blackhole => Return::Blackhole(self),
            "local" => Return::Local,
            "igw" => Return::Internet(self),
            "nat" | "eigw" => Return::OutgoingOnly(self),
            _ => Return::Other(self),
        }
    }
}

#[cfg(test)]
mod tests {
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
}
