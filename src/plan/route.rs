//! Routes: the address of the instance, or its name, that ssh connects to.

pub(crate) mod choose;
pub(crate) mod eice;
pub(crate) mod error;
pub(crate) mod hops;
mod no_address;
pub(crate) mod no_console;
mod no_endpoint;
pub(crate) mod race;
pub(crate) mod serial;
pub(crate) mod tunnel;
mod unavailable;

use std::fmt;
use std::net::IpAddr;

pub(crate) use self::choose::{IdProxy, RouteInputs, choose};
use self::serial::Console;
use self::tunnel::Tunnel;
use crate::plan::target::ids::InstanceId;
use crate::plan::target::instance::Instance;
pub(crate) use crate::plan::way::Family;
use crate::plan::way::Way;

/// The route that is taken, which determines the host that ssh gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// An address of the instance, and which of its addresses that is.
    Direct(IpAddr, Way),
    /// The host that the user typed.
    AsTyped(String),
    /// The host that the user typed, with this address as its HostName.
    ByHostName(String, IpAddr),
    /// The instance ID. The user's ssh_config has a proxy that connects to it.
    InstanceId(InstanceId),
    Serial(Console),
    /// The host that the user typed, through one of our tunnels. ssh does not get the address:
    /// another VPC may have the same one, and neither known_hosts nor a ControlPath may mistake
    /// that instance for this one.
    Tunnel(String, Tunnel),
}

impl Route {
    /// The value of the HostName option for ssh, if it needs that option.
    pub(crate) fn hostname(&self) -> Option<IpAddr> {
        match self {
            Self::ByHostName(_, address) => Some(*address),
            Self::Direct(..)
            | Self::AsTyped(_)
            | Self::InstanceId(_)
            | Self::Tunnel(..)
            | Self::Serial(_) => None,
        }
    }

    /// The host for ssh.
    pub(crate) fn host(&self) -> String {
        match self {
            Self::Direct(address, _) => address.to_string(),
            Self::AsTyped(host) | Self::ByHostName(host, _) | Self::Tunnel(host, _) => host.clone(),
            Self::InstanceId(id) => id.to_string(),
            Self::Serial(console) => console.host.clone(),
        }
    }
}

impl Route {
    /// The SHA256 fingerprint of the host key that ssh must find there, where that is known.
    pub(crate) fn host_key(&self) -> Option<&'static str> {
        match self {
            Self::Serial(console) => console.fingerprint,
            Self::Direct(..)
            | Self::AsTyped(_)
            | Self::ByHostName(..)
            | Self::InstanceId(_)
            | Self::Tunnel(..) => None,
        }
    }

    /// The host to open a connection to, without ssh and its configuration.
    pub(crate) fn destination(&self) -> String {
        match self {
            Self::ByHostName(_, address) => address.to_string(),
            Self::Direct(..)
            | Self::AsTyped(_)
            | Self::InstanceId(_)
            | Self::Tunnel(..)
            | Self::Serial(_) => self.host(),
        }
    }

    /// That host, where a host key belongs to it; `None` if another machine could not have it.
    pub(crate) fn key_address(&self) -> Option<String> {
        match self {
            Self::Tunnel(..) | Self::Serial(_) => None,
            Self::Direct(..) | Self::ByHostName(..) | Self::AsTyped(_) | Self::InstanceId(_) => {
                Some(self.destination())
            }
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct(address, way) => write!(f, "{address}, its {} address", way.name()),
            Self::AsTyped(host) => write!(f, "{host}, as typed"),
            Self::ByHostName(host, address) => write!(f, "{host}, at {address}"),
            Self::Tunnel(_, tunnel) => tunnel.fmt(f),
            Self::InstanceId(id) => write!(f, "{id}, by the proxy of your ssh_config"),
            Self::Serial(console) => write!(f, "{}, its serial console", console.host),
        }
    }
}

/// No address of the instance fits what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoAddress {
    /// The way that was asked for.
    pub way: Way,
    /// The family that was asked for.
    pub family: Family,
}

/// The instance's address: public IPv4, else private IPv4, else IPv6, within the way and the family
/// that the user chose.
///
/// # Errors
/// When there is none.
pub(crate) fn address(instance: &Instance, way: Way, family: Family) -> Result<Route, NoAddress> {
    // Only `--via public` uses a second interface: it is often there for other traffic.
    let public = if way == Way::Public {
        instance.any_public()
    } else {
        instance.public
    };
    let candidates = [
        (Way::Public, public.map(IpAddr::V4)),
        (Way::Private, instance.private.map(IpAddr::V4)),
        (Way::Ipv6, instance.ipv6.map(IpAddr::V6)),
    ];
    let asked = |kind: Way| way == Way::Auto || way == kind;
    candidates
        .into_iter()
        .filter(|(kind, _)| asked(*kind))
        .find_map(|(kind, address)| {
            address
                .filter(|a| family.includes(*a))
                .map(|a| Route::Direct(a, kind))
        })
        .ok_or(NoAddress { way, family })
}

#[cfg(test)]
mod tests;
