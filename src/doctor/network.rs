//! Gathers what `--doctor` needs to know about the network: connections from here, and EC2's
//! descriptions of what is around the instance.
//!
//! ```text
//! TCP to its addresses ─────────────── checkip, if one that is used does not answer
//! DescribeInstances ─────────────────┬ security group rules ─ prefix lists
//! DescribeInstanceConnectEndpoints ──┼ network ACLs
//! DescribeRouteTables                └ interfaces of the endpoint
//! ```

mod here;

use std::collections::BTreeSet;
use std::net::IpAddr;

use futures_util::future::join_all;
use tokio::join;

use super::limits::Limits;
use crate::error::Error;
use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::network::facts::{
    CommandOptions, EndpointFacts, InterfaceFacts, NetworkFacts,
};
use crate::plan::doctor::network::group::{GroupRule, Peer};
use crate::plan::doctor::network::prefix_list::PrefixList;
use crate::plan::doctor::network::route::{Destinations, RouteTable};
use crate::plan::route::eice::{EndpointId, EndpointState};
use crate::plan::route::{NoAddress, Route, address, race};
use crate::plan::target::instance::Instance;
use crate::plan::way::{Family, Way};
use crate::world::aws::Regional;

/// How many prefix lists are read. A route table may have more, for services that no login needs.
const LISTS: usize = 20;

/// What the network is examined for.
#[derive(Clone, Copy)]
pub(super) struct Login<'a> {
    pub(super) instance: &'a Instance,
    /// The value of `--via`.
    pub(super) way: Way,
    /// The ID of the endpoint that the user asked for.
    pub(super) endpoint: Option<&'a EndpointId>,
    pub(super) family: Family,
    /// The port of its sshd.
    pub(super) port: u16,
    pub(super) aws: &'a Regional<'a>,
    pub(super) limits: &'a Limits,
    /// The profile, if it is not the default one.
    pub(super) profile: Option<&'a str>,
}

/// Finds out all that can be known within the limits.
pub(super) async fn gather(login: Login<'_>) -> NetworkFacts {
    let facts = NetworkFacts {
        port: login.port,
        commands: CommandOptions {
            region: login.aws.region.to_string(),
            profile: login.profile.map(str::to_owned),
        },
        no_address: login.no_address(),
        asked_endpoint: login.endpoint.map(ToString::to_string),
        wants_endpoint: login.wants_endpoint(),
        ..NetworkFacts::default()
    };
    let ((addresses, public), mut facts) = join!(here::from_here(&login), describe(&login, facts));
    facts.addresses = addresses;
    if matches!(facts.public_address, Fact::NotAsked) {
        facts.public_address = public;
    }
    facts
}

impl Login<'_> {
    /// The address that a login tries, if it tries any.
    fn address(&self) -> Option<(IpAddr, Way)> {
        match address(self.instance, self.way, self.family) {
            Ok(Route::Direct(address, way)) => Some((address, way)),
            _ => None,
        }
    }

    fn wants_endpoint(&self) -> bool {
        let is_private = !race::is_public(self.instance, self.family);
        self.way == Way::Eice || self.way == Way::Auto && is_private
    }

    /// Which address is missing, where only an address would do.
    fn no_address(&self) -> Option<NoAddress> {
        let needs_one = matches!(self.way, Way::Public | Way::Private | Way::Ipv6);
        let missing = address(self.instance, self.way, self.family).err();
        missing.filter(|_| needs_one)
    }
}

/// What EC2 says about the network of the instance.
async fn describe(login: &Login<'_>, mut facts: NetworkFacts) -> NetworkFacts {
    let (aws, limits) = (login.aws, login.limits);
    let vpc = login.instance.vpc.as_deref().unwrap_or_default();
    (facts.interfaces, facts.endpoints, facts.tables) = join!(
        limits.fact(aws.interfaces(&login.instance.id)),
        limits.fact(aws.endpoints_in(vpc)),
        limits.fact(aws.route_tables(vpc)),
    );
    if let Fact::Known(endpoints) = &mut facts.endpoints {
        endpoints.sort_by_key(|it| distance(it, login));
    }
    let interfaces = facts.interfaces.known().map_or(&[][..], Vec::as_slice);
    let endpoint = facts.endpoints.known().and_then(|it| it.first());
    let (groups, subnets) = (groups(interfaces, endpoint), subnets(interfaces, endpoint));
    let own = endpoint.map_or(&[][..], |it| it.interfaces.as_slice());
    let is_preserved = facts.wants_endpoint && endpoint.is_some_and(|it| it.preserves_client_ip);
    let (rules, acls, addresses, address) = join!(
        about(limits, &groups, aws.group_rules(&groups)),
        about(limits, &subnets, aws.network_acls(&subnets)),
        about(limits, own, aws.addresses_of(own)),
        async {
            if is_preserved {
                here::public(login).await
            } else {
                Fact::NotAsked
            }
        }
    );
    (facts.rules, facts.acls) = (rules, acls);
    (facts.endpoint_addresses, facts.public_address) = (addresses, address);
    (facts.lists, facts.are_lists_read) = lists(login, &facts).await;
    facts
}

/// How far an endpoint is: a login takes the one that the user asked for, else one in the instance's
/// subnet, then in its zone.
fn distance(endpoint: &EndpointFacts, login: &Login<'_>) -> (bool, bool, bool, bool) {
    let instance = login.instance;
    let asked = login
        .endpoint
        .is_some_and(|it| it.to_string() == endpoint.id);
    let usable = endpoint.state == EndpointState::Usable;
    let same_subnet = Some(&endpoint.subnet) == instance.subnet.as_ref();
    let same_zone = endpoint.zone.is_some() && endpoint.zone == instance.zone;
    (!asked, !usable, !same_subnet, !same_zone)
}

fn groups(interfaces: &[InterfaceFacts], endpoint: Option<&EndpointFacts>) -> Vec<String> {
    let own = interfaces.iter().flat_map(|it| &it.groups);
    let all: BTreeSet<&String> = own
        .chain(endpoint.into_iter().flat_map(|it| &it.groups))
        .collect();
    all.into_iter().cloned().collect()
}

fn subnets(interfaces: &[InterfaceFacts], endpoint: Option<&EndpointFacts>) -> Vec<String> {
    let own = interfaces.iter().map(|it| &it.subnet);
    let of_endpoint = endpoint.map(|it| &it.subnet).filter(|it| !it.is_empty());
    let all: BTreeSet<&String> = own.chain(of_endpoint).collect();
    all.into_iter().cloned().collect()
}

/// The prefix lists that the rules and routes refer to, and whether all could be read.
async fn lists(login: &Login<'_>, facts: &NetworkFacts) -> (Vec<PrefixList>, Fact<()>) {
    let (aws, limits) = (login.aws, login.limits);
    let ids: Vec<String> = list_ids(facts).into_iter().collect();
    let blocks = ids.iter().map(|id| limits.fact(aws.prefix_list_blocks(id)));
    let (names, blocks) = join!(
        about(limits, &ids, aws.prefix_list_names(&ids)),
        join_all(blocks)
    );
    let mut are_read = Fact::Known(());
    let name_of = |id: &str| {
        let mut names = names.known()?.iter();
        names.find(|(it, _)| it == id).map(|(_, name)| name.clone())
    };
    let lists = ids.iter().zip(blocks).map(|(id, blocks)| PrefixList {
        id: id.clone(),
        name: name_of(id),
        blocks: match blocks {
            Fact::Known(blocks) => Some(blocks),
            Fact::Denied(denial) => {
                are_read = Fact::Denied(denial);
                None
            }
            Fact::Failed(failure) => {
                are_read = Fact::Failed(failure);
                None
            }
            Fact::NotAsked => None,
        },
    });
    (lists.collect(), are_read)
}

fn list_ids(facts: &NetworkFacts) -> BTreeSet<String> {
    let rules = facts.rules.known().into_iter().flatten();
    let of_rules = rules.filter_map(|rule: &GroupRule| match &rule.peer {
        Peer::List(id) if rule.ports.contains(&facts.port) => Some(id),
        Peer::List(_) | Peer::Block(_) | Peer::Group(_) => None,
    });
    let tables = facts.tables.known().into_iter().flatten();
    let routes = tables.flat_map(|it: &RouteTable| &it.routes);
    let of_routes = routes.filter_map(|route| match &route.destination {
        Destinations::List(id) => Some(id),
        Destinations::Block(_) => None,
    });
    of_rules.chain(of_routes).take(LISTS).cloned().collect()
}

/// Asks about these, unless there are none.
async fn about<T, E: Into<Error>>(
    limits: &Limits,
    these: &[String],
    call: impl Future<Output = Result<T, E>>,
) -> Fact<T> {
    if these.is_empty() {
        return Fact::NotAsked;
    }
    limits.fact(call).await
}
