//! Ways in: which address, or the instance's own name, ssh is to go to.

use std::fmt;
use std::net::IpAddr;

use super::destination::Destination;
use super::instance::Instance;
use super::names::InstanceId;
use super::question::Answer;
use super::target::{StandsFor, Target};

/// The way in that the user asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// What fits: see [`choose`].
    #[default]
    Auto,
    /// The public IPv4 address.
    Public,
    /// The private IPv4 address.
    Private,
    /// The IPv6 address.
    Ipv6,
    /// The instance ID as ssh's host, for a proxy of the user's ssh_config.
    InstanceId,
}

impl Way {
    /// Reads the value of `--via`.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Auto,
            Self::Public,
            Self::Private,
            Self::Ipv6,
            Self::InstanceId,
        ]
        .into_iter()
        .find(|way| way.name() == word)
    }

    /// Its name, as `--via` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Public => "public",
            Self::Private => "private",
            Self::Ipv6 => "ipv6",
            Self::InstanceId => "instance-id",
        }
    }
}

/// The address family that ssh is told to use: `-4`, `-6` or AddressFamily.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// Either.
    #[default]
    Any,
    /// IPv4 only.
    Inet,
    /// IPv6 only.
    Inet6,
}

/// The way that is taken: what ssh gets as its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// An address of the instance, and which of its addresses that is.
    Direct(IpAddr, Way),
    /// The host that the user typed.
    AsTyped(String),
    /// A Host of the user's ssh_config as typed, and the address of the instance whose ID stands
    /// there as HostName.
    Alias(String, IpAddr),
    /// The instance ID, which the user's ssh_config leads to the instance.
    InstanceId(String),
}

impl Route {
    /// The host for ssh.
    pub fn host(&self) -> String {
        match self {
            Self::Direct(address, _) => address.to_string(),
            Self::AsTyped(host) | Self::Alias(host, _) | Self::InstanceId(host) => host.clone(),
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct(address, way) => write!(f, "{address}, its {} address", way.name()),
            Self::AsTyped(host) => write!(f, "{host}, as typed"),
            Self::Alias(host, address) => write!(f, "{host}, at {address}"),
            Self::InstanceId(id) => write!(f, "{id}, by the proxy of your ssh_config"),
        }
    }
}

/// No address of the instance fits what was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct NoAddress {
    /// The way asked for.
    pub way: Way,
    /// The family asked for.
    pub family: Family,
}

/// What decides the way to a destination.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// What the user typed.
    pub destination: &'a Destination,
    /// Whether that is a host beside an instance ID of its own (`-t`).
    pub beside_id: bool,
    /// Whether it is the only destination.
    pub alone: bool,
    /// What the user wishes.
    pub way: Way,
    /// What ssh says of the host.
    pub answer: &'a Answer,
    /// Whether the user's ssh_config has a proxy for instance IDs.
    pub proxy_for_ids: bool,
}

/// The way to this instance.
///
/// What the user asks for with `--via`, else: a host that was typed is used as typed; an ID goes
/// by the proxy that ssh_config has for IDs, if it has one, and by [`address`] if not.
///
/// # Errors
/// When the instance has no address that fits.
pub fn choose(instance: &Instance, situation: &Situation<'_>) -> Result<Route, NoAddress> {
    let Situation {
        destination,
        answer,
        way,
        ..
    } = *situation;
    let typed = || destination.host.clone();
    let direct = || address(instance, way, answer.family);
    match (&destination.target, way) {
        (_, Way::InstanceId) => Ok(Route::InstanceId(instance.id.to_string())),
        (Target::Id(_), Way::Auto) if situation.proxy_for_ids => Ok(Route::InstanceId(typed())),
        (Target::Id(_), Way::Auto) | (_, Way::Public | Way::Private | Way::Ipv6) => direct(),
        _ if situation.beside_id => Ok(Route::AsTyped(typed())),
        // Private names are known inside the VPC only; what they stand for is not.
        (Target::Aws(name), Way::Auto) => match &name.stands_for {
            StandsFor::Private(address) => Ok(Route::Direct((*address).into(), Way::Private)),
            StandsFor::Id(_) => direct(),
            StandsFor::Public(_) => Ok(Route::AsTyped(typed())),
        },
        // ssh gets the alias, so that its block of ssh_config goes on applying, and the address
        // in place of the ID that stands there as HostName: by an option, which would be for all
        // destinations, so of several each gets the address alone.
        (Target::Host(alias), Way::Auto) if InstanceId::parse(&answer.hostname).is_ok() => {
            Ok(match direct()? {
                Route::Direct(address, _) if situation.alone => {
                    Route::Alias(alias.clone(), address)
                }
                other => other,
            })
        }
        (Target::Address(_) | Target::Host(_), Way::Auto) => Ok(Route::AsTyped(typed())),
    }
}

/// The instance's address: public IPv4, else private IPv4, else IPv6, of those that the user
/// leaves to choose from.
///
/// # Errors
/// When there is none.
pub fn address(instance: &Instance, way: Way, family: Family) -> Result<Route, NoAddress> {
    let candidates = [
        (Way::Public, instance.public.map(IpAddr::V4)),
        (Way::Private, instance.private.map(IpAddr::V4)),
        (Way::Ipv6, instance.ipv6.map(IpAddr::V6)),
    ];
    let asked = |kind: Way| way == Way::Auto || way == kind;
    let fits = |address: IpAddr| match family {
        Family::Any => true,
        Family::Inet => address.is_ipv4(),
        Family::Inet6 => address.is_ipv6(),
    };
    candidates
        .into_iter()
        .filter(|(kind, _)| asked(*kind))
        .find_map(|(kind, address)| address.filter(|a| fits(*a)).map(|a| Route::Direct(a, kind)))
        .ok_or(NoAddress { way, family })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    const PUBLIC: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
    const PRIVATE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);

    fn instance(public: bool, private: bool, ipv6: bool) -> Instance {
        Instance {
            public: public.then_some(PUBLIC),
            private: private.then_some(PRIVATE),
            ipv6: ipv6.then_some(Ipv6Addr::LOCALHOST),
            ..Instance::example()
        }
    }

    #[test]
    fn the_public_address_comes_first_then_the_private_then_ipv6() {
        let chosen = |public, private, ipv6| {
            address(&instance(public, private, ipv6), Way::Auto, Family::Any).map(|r| r.host())
        };
        assert_eq!(chosen(true, true, true), Ok("192.0.2.1".into()));
        assert_eq!(chosen(false, true, true), Ok("10.0.0.1".into()));
        assert_eq!(chosen(false, false, true), Ok("::1".into()));
        assert!(chosen(false, false, false).is_err());
    }

    #[test]
    fn the_users_way_and_family_limit_the_choice() {
        let all = instance(true, true, true);
        let chosen = |way, family| address(&all, way, family).map(|r| r.host());
        assert_eq!(chosen(Way::Private, Family::Any), Ok("10.0.0.1".into()));
        assert_eq!(chosen(Way::Auto, Family::Inet6), Ok("::1".into()));
        assert_eq!(chosen(Way::Ipv6, Family::Any), Ok("::1".into()));
        assert_eq!(
            chosen(Way::Ipv6, Family::Inet),
            Err(NoAddress {
                way: Way::Ipv6,
                family: Family::Inet
            })
        );
    }
}
