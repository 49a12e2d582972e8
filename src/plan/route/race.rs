//! Which route to take to an instance that has private addresses only: what there is to find out
//! about each, and which is taken by what is known so far.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::eice::NoEndpoint;
use super::{IdProxy, NoAddress, Route, RouteInputs};
use crate::plan::aws::denial::DenialReason;
use crate::plan::target::instance::Instance;
use crate::plan::way::{Family, Way};

/// Whether the routes must be probed: the instance has no public address, and nothing that the user
/// said decides.
pub(crate) fn needs_race(instance: &Instance, inputs: &RouteInputs<'_>) -> bool {
    inputs.way == Way::Auto
        && !inputs.is_beside_id
        && inputs.proxy_for_ids == IdProxy::None
        && !is_public(instance, inputs.config.family)
}

/// Whether this is an address of the instance's own in its VPC. Any other that ssh may be led to, such as
/// that of a forwarded port, is the user's to know.
pub(crate) fn is_private(instance: &Instance, address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) if instance.private == Some(v4) => true,
        IpAddr::V6(v6) if instance.ipv6 == Some(v6) => true,
        other => instance.assigned.iter().any(|it| it.address == other),
    }
}

/// Whether an address of the instance is meant for everybody. A public IPv4 address is, even where
/// ssh is told not to use it; and IPv6 addresses are, but for those of RFC 4193.
fn is_public(instance: &Instance, family: Family) -> bool {
    let usable = |address| family.includes(IpAddr::V6(address));
    let everybodys = instance.ipv6.filter(|it| !it.is_unique_local());
    instance.public.is_some() || everybodys.is_some_and(usable)
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

/// What is known of a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    /// Nothing yet.
    Pending,
    /// It leads there.
    Available(Route),
    /// It does not.
    Unavailable(Unavailable),
}

/// Why a way is not to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unavailable {
    /// There is no address to go to.
    NoAddress(NoAddress),
    /// There is nobody at that port.
    Refused(SocketAddr),
    /// There is no answer.
    Silent(SocketAddr),
    /// There is no way to the address, as the system says.
    NoPath(SocketAddr, String),
    /// Endpoints do not lead to that port.
    Port(u16),
    /// There is no endpoint for the instance.
    NoEndpoint(NoEndpoint),
    /// Session Manager does not know the instance.
    Unmanaged,
    /// It has known its agent, which is silent now.
    NoAgent,
    /// Who asks may not know: the action that IAM does not allow, and why, if AWS says it.
    Denied(&'static str, Option<DenialReason>),
    /// The look-up failed for another reason.
    Failed(String),
}

/// What is known of each way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Probes {
    /// By the instance's own address.
    pub direct: Probe,
    /// Through an EC2 Instance Connect Endpoint.
    pub endpoint: Probe,
    /// Through Session Manager.
    pub session: Probe,
}

/// What to do by what is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision<'a> {
    /// Wait for more.
    Wait,
    /// Take this way.
    Take(&'a Route),
    /// There is none: why, by the names of the ways.
    Nothing(Vec<(RouteKind, Unavailable)>),
}

impl Probes {
    /// What to do. In time, a way is taken when all that are better are shut; when it is `late`,
    /// the best of those that are known to be open is.
    pub(crate) fn verdict(&self, late: bool) -> Decision<'_> {
        let mut shut = Vec::new();
        let mut waits = false;
        for (name, finding) in self.ways() {
            match finding {
                Probe::Available(route) if late || !waits => return Decision::Take(route),
                Probe::Available(_) | Probe::Pending => waits = true,
                Probe::Unavailable(why) => shut.push((name, why.clone())),
            }
        }
        if waits {
            Decision::Wait
        } else {
            Decision::Nothing(shut)
        }
    }

    /// The best way first: without a machine of AWS's in between, then without an agent on the
    /// instance's own.
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
