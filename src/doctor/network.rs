//! Gathers what `--doctor` needs to know about the network: connections from here, and EC2's
//! descriptions of what is around the instance.
//!
//! ```text
//! TCP to its addresses ─────────────── checkip, if one that is used does not answer
//! DescribeInstances ─────────────────┬ security group rules ─ prefix lists
//! DescribeInstanceConnectEndpoints ──┼ network ACLs
//! DescribeRouteTables                └ interfaces of the endpoint
//! ```

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::join;
use tokio::time::timeout;

use super::limits::Limits;
use crate::error::Error;
use crate::hint;
use crate::plan::doctor::fact::{Fact, Failure};
use crate::plan::doctor::network::facts::{
    CommandOptions, EndpointFacts, InstanceAddress, InterfaceFacts, NetworkFacts, PortAnswer,
    PublicAddress,
};
use crate::plan::doctor::network::group::{GroupRule, Peer};
use crate::plan::doctor::network::prefix_list::PrefixList;
use crate::plan::doctor::network::route::{Destinations, RouteTable};
use crate::plan::route::eice::EndpointState;
use crate::plan::route::{NoAddress, Route, address, race};
use crate::plan::target::instance::Instance;
use crate::plan::way::{Family, Way};
use crate::world::aws::{self, Regional};
use crate::world::net::{public_address, ssh_banner};

/// How long the service that tells our address may take.
const ADDRESS: Duration = Duration::from_secs(3);

/// How many prefix lists are read. A route table may have more, for services that no login needs.
const LISTS: usize = 20;

/// What the network is examined for.
#[derive(Clone, Copy)]
pub(super) struct Login<'a> {
    pub(super) instance: &'a Instance,
    /// The value of `--via`.
    pub(super) way: Way,
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
        wants_endpoint: login.wants_endpoint(),
        ..NetworkFacts::default()
    };
    let ((addresses, public), mut facts) = join!(from_here(&login), describe(&login, facts));
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

    /// All addresses, the one that a login tries first.
    fn addresses(&self) -> Vec<(IpAddr, Way, bool)> {
        let used = self.address();
        let each = [Way::Public, Way::Private, Way::Ipv6]
            .into_iter()
            .filter_map(|way| match address(self.instance, way, self.family) {
                Ok(Route::Direct(address, way)) => Some((address, way)),
                _ => None,
            });
        let others = each.filter(|it| Some(*it) != used);
        let all = used.into_iter().chain(others);
        all.map(|it| (it.0, it.1, Some(it) == used)).collect()
    }
}

/// What connections from this machine show.
async fn from_here(login: &Login<'_>) -> (Vec<InstanceAddress>, Fact<PublicAddress>) {
    let each = login
        .addresses()
        .into_iter()
        .map(async |(address, way, is_used)| {
            let at = SocketAddr::new(address, login.port);
            InstanceAddress {
                address,
                way,
                is_used,
                local: ssh_banner::local_address(at),
                answer: ssh_banner::answer(at).await,
            }
        });
    let addresses = join_all(each).await;
    // Only then do the groups have to be judged.
    let is_judged = addresses
        .iter()
        .any(|it| it.is_used && it.way == Way::Public && it.answer == PortAnswer::Dropped);
    let public = if is_judged {
        public(login).await
    } else {
        Fact::NotAsked
    };
    (addresses, public)
}

/// The address that the internet sees.
async fn public(login: &Login<'_>) -> Fact<PublicAddress> {
    let network = match aws::network(login.profile) {
        Ok(network) => network,
        Err(error) => return Fact::Failed(Failure::new(hint::line(&error))),
    };
    match timeout(
        ADDRESS.min(login.limits.left()),
        public_address::ask(&network),
    )
    .await
    {
        Ok(Ok((address, service))) => Fact::Known(PublicAddress { address, service }),
        Ok(Err(error)) => Fact::Failed(Failure::new(hint::line(&error))),
        Err(_) => Fact::Failed(Failure::new("no service told your address in time")),
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
        endpoints.sort_by_key(|it| distance(it, login.instance));
    }
    let interfaces = facts.interfaces.known().map_or(&[][..], Vec::as_slice);
    let endpoint = facts.endpoints.known().and_then(|it| it.first());
    let (groups, subnets) = (groups(interfaces, endpoint), subnets(interfaces));
    let own = endpoint.map_or(&[][..], |it| it.interfaces.as_slice());
    let is_preserved = facts.wants_endpoint && endpoint.is_some_and(|it| it.preserves_client_ip);
    let (rules, acls, addresses, address) = join!(
        about(limits, &groups, aws.group_rules(&groups)),
        about(limits, &subnets, aws.network_acls(&subnets)),
        about(limits, own, aws.addresses_of(own)),
        async {
            if is_preserved {
                public(login).await
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

/// How far an endpoint is: a login prefers one in the instance's subnet, then in its zone.
fn distance(endpoint: &EndpointFacts, instance: &Instance) -> (bool, bool, bool) {
    let usable = endpoint.state == EndpointState::Usable;
    let same_subnet = Some(&endpoint.subnet) == instance.subnet.as_ref();
    let same_zone = endpoint.zone.is_some() && endpoint.zone == instance.zone;
    (!usable, !same_subnet, !same_zone)
}

fn groups(interfaces: &[InterfaceFacts], endpoint: Option<&EndpointFacts>) -> Vec<String> {
    let own = interfaces.iter().flat_map(|it| &it.groups);
    let all: BTreeSet<&String> = own
        .chain(endpoint.into_iter().flat_map(|it| &it.groups))
        .collect();
    all.into_iter().cloned().collect()
}

fn subnets(interfaces: &[InterfaceFacts]) -> Vec<String> {
    let all: BTreeSet<&String> = interfaces.iter().map(|it| &it.subnet).collect();
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
