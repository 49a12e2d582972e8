//! The messages about EC2 Instance Connect Endpoints that do not reach an instance.

use std::fmt;

use super::eice::{NoEndpoint, Reach};
use crate::hint::Hint;

impl std::error::Error for NoEndpoint {}

impl fmt::Display for NoEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InVpc(vpc) => {
                write!(f, "there is no EC2 Instance Connect Endpoint in {vpc}")
            }
            Self::Unknown(id) => write!(f, "there is no EC2 Instance Connect Endpoint {id}"),
            Self::State(id, state) => write!(f, "{id} accepts no connections: it is {state}"),
            Self::Reach(id, Reach::Ipv4) => write!(
                f,
                "{id} reaches IPv4 addresses only, and the instance has none to use"
            ),
            Self::Reach(id, Reach::Ipv6) => write!(
                f,
                "{id} reaches IPv6 addresses only, and the instance has none to use"
            ),
            Self::Reach(id, Reach::Both) => {
                write!(f, "the instance has no address that {id} could reach")
            }
            Self::NoFipsName(id) => write!(f, "{id} has no DNS name with FIPS"),
            Self::NoName(id) => write!(f, "{id} has no DNS name"),
            Self::ForeignName(id, name) => write!(
                f,
                "the answer names {name} for {id}, which is not an endpoint's name in this region"
            ),
        }
    }
}

impl Hint for NoEndpoint {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::InVpc(_) => {
                "create one there, or name one with --eice-endpoint: by its ID, or in a shared VPC \
                 by its DNS name"
            }
            Self::Unknown(_) => "is it in another region (--region) or account (--profile)?",
            Self::State(..) => "wait until it is ready, or name another with --eice-endpoint",
            Self::Reach(..) => {
                "leave out -4, -6 and AddressFamily, or name another with --eice-endpoint"
            }
            Self::NoFipsName(_) => "name another with --eice-endpoint, or unset use_fips_endpoint",
            Self::NoName(_) => "name another with --eice-endpoint",
            Self::ForeignName(..) => {
                "is there another server in front of AWS? If you trust that name, give it with \
                 --eice-endpoint"
            }
        };
        Some(hint.to_owned())
    }
}
