//! Which route to take to an instance that has only private addresses: the results of the probes,
//! and the decision from those known so far.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::eice::NoEndpoint;
use super::{IdProxy, NoAddress, Route, RouteInputs};
use crate::plan::aws::denial::DenialReason;
use crate::plan::target::instance::Instance;
use crate::plan::way::{Family, Way};

/// Whether the routes must be probed: the instance has no public address, and nothing that the user
/// typed decides.
pub(crate) fn needs_race(instance: &Instance, inputs: &RouteInputs<'_>) -> bool {
    inputs.way == Way::Auto
        && !inputs.is_beside_id
        && inputs.proxy_for_ids == IdProxy::None
        && !is_public(instance, inputs.config.family)
}

/// Whether this is one of the instance's own addresses in its VPC. For any other that ssh may
/// connect to, such as that of a forwarded port, the user must know what is there.
pub(crate) fn is_private(instance: &Instance, address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) if instance.private == Some(v4) => true,
        IpAddr::V6(v6) if instance.ipv6 == Some(v6) => true,
        other => instance.assigned.iter().any(|it| it.address == other),
    }
}

/// Whether the instance has a public address. A public IPv4 address counts even if ssh must not use
/// it; IPv6 addresses count, except those of RFC 4193.
pub(crate) fn is_public(instance: &Instance, family: Family) -> bool {
    let usable = |address| family.includes(IpAddr::V6(address));
    let public_ipv6 = instance.ipv6.filter(|it| !it.is_unique_local());
    instance.public.is_some() || public_ipv6.is_some_and(usable)
}

/// What a route goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RouteKind {
    /// Nothing: to the instance's own address.
    Direct,
    /// An EC2 Instance Connect Endpoint.
    Eice,
    /// Session Manager.
    Ssm,
}

impl fmt::Display for RouteKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Direct => "direct",
            Self::Eice => Way::Eice.name(),
            Self::Ssm => Way::Ssm.name(),
        })
    }
}

/// The result of probing a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    /// None yet.
    Pending,
    /// It reaches the instance.
    Available(Route),
    /// It does not.
    Unavailable(Unavailable),
}

/// Why a route is unavailable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unavailable {
    /// The instance has no such address.
    NoAddress(NoAddress),
    /// Nothing listens on that port.
    Refused(SocketAddr),
    /// There is no answer.
    Silent(SocketAddr),
    /// There is no network path to the address, as the system says.
    NoPath(SocketAddr, String),
    /// Endpoints do not connect to that port.
    Port(u16),
    /// There is no endpoint for the instance.
    NoEndpoint(NoEndpoint),
    /// Session Manager does not know the instance.
    Unmanaged,
    /// Session Manager knows its agent, but has not heard from it lately.
    NoAgent,
    /// IAM does not allow the look-up: the action, and why, if AWS says so.
    Denied(&'static str, Option<DenialReason>),
    /// The look-up failed for another reason.
    Failed(String),
}

/// The results for all routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Probes {
    /// By the instance's own address.
    pub direct: Probe,
    /// Through an EC2 Instance Connect Endpoint.
    pub endpoint: Probe,
    /// Through Session Manager.
    pub session: Probe,
}

/// What to do with these results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision<'a> {
    /// Wait for more.
    Wait,
    /// Take this route.
    Take(&'a Route),
    /// No route is available: why each is not.
    Nothing(Vec<(RouteKind, Unavailable)>),
}

impl Probes {
    /// What to do. At first, a route is taken once all better ones are known to be unavailable;
    /// when it is `late`, the best one that is available.
    pub(crate) fn decide(&self, late: bool) -> Decision<'_> {
        let mut unavailable = Vec::new();
        let mut must_wait = false;
        for (name, finding) in self.ways() {
            match finding {
                Probe::Available(route) if late || !must_wait => return Decision::Take(route),
                Probe::Available(_) | Probe::Pending => must_wait = true,
                Probe::Unavailable(why) => unavailable.push((name, why.clone())),
            }
        }
        if must_wait {
            Decision::Wait
        } else {
            Decision::Nothing(unavailable)
        }
    }

    /// The best route first: without a machine of AWS's in between, then without an agent on the
    /// instance.
    fn ways(&self) -> [(RouteKind, &Probe); 3] {
        [
            (RouteKind::Direct, &self.direct),
            (RouteKind::Eice, &self.endpoint),
            (RouteKind::Ssm, &self.session),
        ]
    }
}

#[cfg(test)]
mod tests;
