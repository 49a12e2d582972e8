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
mod tests;
