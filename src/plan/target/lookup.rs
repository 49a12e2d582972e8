//! How DescribeInstances finds a target.

use std::collections::HashSet;
use std::net::IpAddr;

use super::candidate::Candidate;
use super::filter::Filter;
use super::ids::InstanceId;
use super::instance::{Instance, State};
use super::tag_query::TagQuery;
use super::{AwsHost, Target};

/// The filters that match the addresses of all network interfaces. Those with shorter names
/// (`ip-address`, `private-ip-address`, `ipv6-address`) match the primary ones only.
///
/// Source: "Filters" of `DescribeInstances` in the EC2 API reference.
const PUBLIC: &str = "network-interface.addresses.association.public-ip";
const PRIVATE: &str = "network-interface.addresses.private-ip-address";
const IPV6: &str = "network-interface.ipv6-addresses.ipv6-address";

/// A search by DescribeInstances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    Id(InstanceId),
    /// The instances that any of these filters matches.
    Filters(Vec<Filter>),
    /// The instances with these tags.
    Tags(TagQuery),
    /// None: this is the instance.
    Found(Box<Instance>),
}

/// The search for `target`; `None` for a host name, which must be resolved first, and for a managed
/// node, which EC2 does not know.
#[must_use]
pub(crate) fn of(target: &Target) -> Option<Lookup> {
    Some(match target {
        Target::Id(id) => Lookup::Id(id.clone()),
        Target::Address(address) => by_addresses(&[*address]),
        Target::Aws(name) => match &name.host {
            AwsHost::Id(id) => Lookup::Id(id.clone()),
            AwsHost::Public(address) => filters([(PUBLIC, vec![(*address).into()])]),
            AwsHost::Private(address) => filters([(PRIVATE, vec![(*address).into()])]),
        },
        Target::Tags(query) => Lookup::Tags(query.clone()),
        Target::Host(_) | Target::Node(_) => return None,
    })
}

/// The search for any of these addresses. An IPv4 address is searched as public and as private:
/// the address itself does not show which it is, because a VPC may use any range.
#[must_use]
pub(crate) fn by_addresses(addresses: &[IpAddr]) -> Lookup {
    let canonical = addresses.iter().map(IpAddr::to_canonical);
    let (v4, v6): (Vec<_>, Vec<_>) = canonical.partition(IpAddr::is_ipv4);
    filters([(PUBLIC, v4.clone()), (PRIVATE, v4), (IPV6, v6)])
}

fn filters<const N: usize>(all: [(&'static str, Vec<IpAddr>); N]) -> Lookup {
    let with_values = all.into_iter().filter(|(_, values)| !values.is_empty());
    let filter = |(name, addresses): (&'static str, Vec<IpAddr>)| Filter {
        name: name.into(),
        values: addresses.iter().map(IpAddr::to_string).collect(),
    };
    Lookup::Filters(with_values.map(filter).collect())
}

/// Picks the instance among those that `filters` match, without those that are terminated: the only
/// one, or the only one that is running.
///
/// # Errors
/// The instances left to choose from: none, or several.
pub(crate) fn one_of(found: Vec<Instance>, filters: &[Filter]) -> Result<Instance, Vec<Instance>> {
    let mut left = existing(found);
    let only = match left.len() {
        1 => Some(0),
        _ if left.iter().filter(|it| is_running(it)).count() == 1 => {
            left.iter().position(is_running)
        }
        _ => None,
    };
    only.map(|at| left.swap_remove(at).at(addresses(filters)))
        .ok_or(left)
}

/// The addresses in these filters.
pub(crate) fn addresses(filters: &[Filter]) -> impl Iterator<Item = IpAddr> {
    let values = filters.iter().flat_map(|filter| &filter.values);
    values.filter_map(|it| it.parse().ok())
}

/// Those that a search by tags means: the running ones, or if none is running, all that are not
/// terminated; sorted by name and ID.
#[must_use]
pub(crate) fn meant(found: Vec<Candidate>) -> Vec<Candidate> {
    let mut seen = HashSet::new();
    let mut exists = |it: &Instance| !it.state.is_gone() && seen.insert(it.id.clone());
    let mut left = found;
    left.retain(|it| exists(&it.instance));
    if left.iter().any(|it| is_running(&it.instance)) {
        left.retain(|it| is_running(&it.instance));
    }
    left.sort_by(|a, b| a.key().cmp(&b.key()));
    left
}

fn is_running(instance: &Instance) -> bool {
    instance.state == State::Running
}

/// Each once, and without those that are terminated.
fn existing(found: Vec<Instance>) -> Vec<Instance> {
    let mut seen = HashSet::new();
    let exists = |it: &Instance| !it.state.is_gone() && seen.insert(it.id.clone());
    found.into_iter().filter(exists).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv4_address_may_be_public_or_private() {
        let names = |target: &str| match Target::parse(target).ok().and_then(|t| of(&t)) {
            Some(Lookup::Filters(filters)) => filters.into_iter().map(|f| f.name).collect(),
            _ => Vec::new(),
        };
        assert_eq!(names("10.0.0.1"), [PUBLIC, PRIVATE]);
        assert_eq!(names("::1"), [IPV6]);
        assert_eq!(names("::ffff:10.0.0.1"), [PUBLIC, PRIVATE]);
        assert_eq!(names("ip-10-0-0-1.ec2.internal"), [PRIVATE]);
        assert_eq!(names("ec2-10-0-0-1.compute-1.amazonaws.com"), [PUBLIC]);
    }

    #[test]
    fn a_single_running_instance_wins_over_others_with_its_address() {
        let instance = |id: &str, state: &str| Instance {
            id: InstanceId::parse(id).expect("an ID"),
            state: State::parse(state),
            ..Instance::example()
        };
        let (a, b, c) = ("i-0000000a", "i-0000000b", "i-0000000c");
        let one = |found: &[(&str, &str)]| {
            let found = found.iter().map(|(id, state)| instance(id, state));
            let names = |it: Instance| it.id.to_string();
            one_of(found.collect(), &[])
                .map(names)
                .map_err(|left| left.len())
        };
        assert_eq!(one(&[]), Err(0));
        assert_eq!(one(&[(a, "terminated")]), Err(0));
        assert_eq!(one(&[(a, "stopped"), (b, "shutting-down")]), Ok(a.into()));
        // Found by two filters.
        assert_eq!(one(&[(a, "stopped"), (a, "stopped")]), Ok(a.into()));
        let mixed = [(a, "stopped"), (b, "running"), (c, "pending")];
        assert_eq!(one(&mixed), Ok(b.into()));
        assert_eq!(one(&[(a, "stopped"), (b, "stopping")]), Err(2));
        let two = [(a, "running"), (b, "running"), (c, "stopped")];
        assert_eq!(one(&two), Err(3));
    }

    #[test]
    fn a_search_by_tags_means_running_instances_if_there_are_any() {
        let meant = |found: &[(&str, &str, &str)]| {
            let found = found.iter().map(|(id, name, state)| Instance {
                id: InstanceId::parse(id).expect("an ID"),
                name: Some((*name).to_owned()),
                state: State::parse(state),
                ..Instance::example()
            });
            let ids = meant(found.map(Candidate::from).collect()).into_iter();
            ids.map(|it| it.instance.id.to_string()).collect::<Vec<_>>()
        };
        let (a, b, c) = ("i-0000000a", "i-0000000b", "i-0000000c");
        assert_eq!(meant(&[(a, "z", "running"), (b, "a", "running")]), [b, a]);
        let mixed = [
            (c, "x", "running"),
            (b, "x", "stopped"),
            (a, "x", "running"),
        ];
        assert_eq!(meant(&mixed), [a, c]);
        assert_eq!(meant(&[(b, "x", "stopped"), (a, "x", "pending")]), [a, b]);
        assert!(meant(&[(a, "x", "terminated")]).is_empty());
    }
}
