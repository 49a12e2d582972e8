//! EC2 Instance Connect Endpoints: which one reaches an instance, and by which name.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Ec2InstanceConnectEndpoint.html>

use std::fmt;
use std::net::IpAddr;

pub(crate) use crate::plan::target::eice_id::{EndpointId, HostName};
use crate::plan::target::ids::Region;
use crate::plan::target::instance::Instance;
use crate::plan::way::Family;

/// What an endpoint's `State` means to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EndpointState {
    /// It accepts connections.
    Usable,
    /// It accepts none in this state, by EC2's name for it.
    Other(String),
}

impl EndpointState {
    /// Reads EC2's `State`. An endpoint accepts connections while it is being modified, and if that
    /// fails.
    #[must_use]
    pub(crate) fn parse(name: &str) -> Self {
        match name {
            "create-complete" | "update-in-progress" | "update-failed" | "update-complete" => {
                Self::Usable
            }
            other => Self::Other(other.to_owned()),
        }
    }
}

/// An EC2 Instance Connect Endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub id: EndpointId,
    /// Whether it accepts connections.
    pub state: EndpointState,
    pub vpc: Option<String>,
    /// Its subnet there.
    pub subnet: Option<String>,
    /// Its availability zone.
    pub zone: Option<String>,
    /// Which addresses it connects to.
    pub reach: Reach,
    /// Where it is connected to.
    pub names: Names,
}

/// Which addresses of instances an endpoint connects to: its `IpAddressType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Private IPv4 addresses only.
    Ipv4,
    /// IPv6 addresses only.
    Ipv6,
    /// Both; also where EC2 does not say.
    Both,
}

/// The DNS names of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    /// The usual one.
    pub usual: Option<String>,
    /// The one with FIPS 140 cryptography.
    pub fips: Option<String>,
    /// The one that has IPv6 addresses, too.
    pub dual_stack: Option<String>,
    /// The one with both.
    pub dual_stack_fips: Option<String>,
    /// A name in the answer that is not one of AWS's, if there is any. The fields above never hold
    /// such a name.
    pub foreign: Option<String>,
}

/// What the AWS configuration asks of endpoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Preference {
    /// `use_fips_endpoint`.
    pub fips: bool,
    /// `use_dualstack_endpoint`.
    pub dual_stack: bool,
}

/// An endpoint and an instance: all that a tunnel needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EiceTunnel {
    pub endpoint: EndpointId,
    /// Its DNS name.
    pub host: HostName,
    /// The instance's address, as the endpoint knows it.
    pub address: IpAddr,
    /// The region, for the signature.
    pub region: Region,
}

impl fmt::Display for EiceTunnel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} through {}", self.address, self.endpoint)
    }
}

/// Why no endpoint reaches the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoEndpoint {
    /// There is none in its VPC.
    InVpc(String),
    /// The one that was asked for does not exist.
    Unknown(EndpointId),
    /// It is not ready.
    State(EndpointId, String),
    /// The instance has no address that it connects to.
    Reach(EndpointId, Reach),
    /// It has no name with FIPS 140 cryptography, which the configuration asks for.
    NoFipsName(EndpointId),
    /// It has no name at all.
    NoName(EndpointId),
    /// One of its names in the answer is not one of AWS's.
    ForeignName(EndpointId, String),
}

/// The best of these endpoints, its name, and the address of the instance that it connects to.
///
/// The one that was asked for by ID, else those of the instance's VPC: first in its subnet, then in
/// its zone (traffic between zones costs money and time), then any. The private IPv4 address comes
/// before the IPv6 one.
///
/// # Errors
/// [`NoEndpoint`]; if there are several reasons, that of the best candidate.
pub(crate) fn choose(
    endpoints: &[Endpoint],
    asked: Option<&EndpointId>,
    instance: &Instance,
    family: Family,
    preference: Preference,
) -> Result<(EndpointId, HostName, IpAddr), NoEndpoint> {
    let candidate = |it: &&Endpoint| match asked {
        Some(id) => it.id == *id,
        None => it.vpc.is_some() && it.vpc == instance.vpc,
    };
    let mut candidates: Vec<&Endpoint> = endpoints.iter().filter(candidate).collect();
    candidates.sort_by_key(|it| distance(it, instance));
    let mut reason = None;
    let addresses = addresses(instance, family);
    for endpoint in candidates {
        match endpoint.names_for(&addresses, preference) {
            Ok((host, address)) => return Ok((endpoint.id.clone(), host, address)),
            Err(why) => reason = reason.or(Some(why)),
        }
    }
    Err(reason.unwrap_or_else(|| match asked {
        Some(id) => NoEndpoint::Unknown(id.clone()),
        None => NoEndpoint::InVpc(instance.vpc.clone().unwrap_or_default()),
    }))
}

/// How far an endpoint is from an instance: 0 in the same subnet, 1 in the same zone, 2 elsewhere.
fn distance(endpoint: &Endpoint, instance: &Instance) -> u8 {
    let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    if same(&endpoint.subnet, &instance.subnet) {
        0
    } else if same(&endpoint.zone, &instance.zone) {
        1
    } else {
        2
    }
}

/// The addresses of an instance within its VPC, the best first, as far as the user's address family
/// allows.
pub(crate) fn addresses(instance: &Instance, family: Family) -> Vec<IpAddr> {
    let private = instance.private.map(IpAddr::V4);
    let ipv6 = instance.ipv6.map(IpAddr::V6);
    let mut addresses: Vec<IpAddr> = private.into_iter().chain(ipv6).collect();
    addresses.retain(|address| family.includes(*address));
    addresses
}

impl Endpoint {
    /// Its name, and the first of these addresses that it connects to.
    fn names_for(
        &self,
        addresses: &[IpAddr],
        preference: Preference,
    ) -> Result<(HostName, IpAddr), NoEndpoint> {
        if let EndpointState::Other(state) = &self.state {
            return Err(NoEndpoint::State(self.id.clone(), state.clone()));
        }
        let mut addresses = addresses.iter().copied();
        let address = addresses
            .find(|address| self.reach.includes(*address))
            .ok_or_else(|| NoEndpoint::Reach(self.id.clone(), self.reach))?;
        let name = self.names.fitting(preference).ok_or_else(|| {
            if let Some(name) = &self.names.foreign {
                return NoEndpoint::ForeignName(self.id.clone(), name.clone());
            }
            let no = if preference.fips {
                NoEndpoint::NoFipsName
            } else {
                NoEndpoint::NoName
            };
            no(self.id.clone())
        })?;
        Ok((name, address))
    }
}

impl Names {
    /// The name for this configuration. FIPS is a requirement; dual-stack names are taken if they
    /// exist.
    fn fitting(&self, preference: Preference) -> Option<HostName> {
        let (usual, dual_stack) = if preference.fips {
            (&self.fips, &self.dual_stack_fips)
        } else {
            (&self.usual, &self.dual_stack)
        };
        let named = |name: &Option<String>| name.as_deref().and_then(HostName::parse);
        preference
            .dual_stack
            .then(|| named(dual_stack))
            .flatten()
            .or_else(|| named(usual))
    }
}

impl Reach {
    /// Reads EC2's `IpAddressType`.
    pub(crate) fn parse(name: Option<&str>) -> Self {
        match name {
            Some("ipv4") => Self::Ipv4,
            Some("ipv6") => Self::Ipv6,
            _ => Self::Both,
        }
    }

    fn includes(self, address: IpAddr) -> bool {
        match self {
            Self::Ipv4 => address.is_ipv4(),
            Self::Ipv6 => address.is_ipv6(),
            Self::Both => true,
        }
    }
}

#[cfg(test)]
mod tests;
