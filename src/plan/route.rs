//! Ways in: which address, or the instance's own name, ssh is to go to.

mod family;

use std::fmt;
use std::net::IpAddr;

pub use self::family::Family;
use super::destination::Destination;
use super::instance::Instance;
use super::names::InstanceId;
use super::passage::Passage;
use super::question::Answer;
use super::serial::Console;
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
    /// The serial console, for when the network itself is broken.
    Serial,
    /// An EC2 Instance Connect Endpoint.
    Eice,
    /// Session Manager.
    Ssm,
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
            Self::Serial,
            Self::Eice,
            Self::Ssm,
        ]
        .into_iter()
        .find(|way| way.name() == word)
    }

    /// Whether we carry the bytes.
    pub const fn is_tunnel(self) -> bool {
        matches!(self, Self::Eice | Self::Ssm)
    }

    /// Its name, as `--via` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Public => "public",
            Self::Private => "private",
            Self::Ipv6 => "ipv6",
            Self::InstanceId => "instance-id",
            Self::Serial => "serial",
            Self::Eice => "eice",
            Self::Ssm => "ssm",
        }
    }
}

/// The way that is taken: what ssh gets as its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// An address of the instance, and which of its addresses that is.
    Direct(IpAddr, Way),
    /// The host that the user typed.
    AsTyped(String),
    /// The host that the user typed, with this address as its HostName.
    ByHostName(String, IpAddr),
    /// The instance ID, which the user's ssh_config leads to the instance.
    InstanceId(InstanceId),
    /// The serial console.
    Serial(Console),
    /// The host that the user typed, through a tunnel of ours. To ssh the address
    /// is nothing: another VPC may have the same one, and neither known_hosts nor a ControlPath
    /// shall take that instance for this.
    Through(String, Passage),
}

impl Route {
    /// What ssh gets for the host's HostName, where that is an option of its own.
    pub fn hostname(&self) -> Option<IpAddr> {
        match self {
            Self::ByHostName(_, address) => Some(*address),
            Self::Direct(..)
            | Self::AsTyped(_)
            | Self::InstanceId(_)
            | Self::Through(..)
            | Self::Serial(_) => None,
        }
    }

    /// The address that it leads to, where that is known.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Direct(address, _) => Some(*address),
            other => other.hostname(),
        }
    }

    /// The host for ssh.
    pub fn host(&self) -> String {
        match self {
            Self::Direct(address, _) => address.to_string(),
            Self::AsTyped(host) | Self::ByHostName(host, _) | Self::Through(host, _) => {
                host.clone()
            }
            Self::InstanceId(id) => id.to_string(),
            Self::Serial(console) => console.host.clone(),
        }
    }
}

impl Route {
    /// The host to open a connection to, without ssh and its configuration.
    pub fn destination(&self) -> String {
        match self {
            Self::ByHostName(_, address) => address.to_string(),
            Self::Direct(..)
            | Self::AsTyped(_)
            | Self::InstanceId(_)
            | Self::Through(..)
            | Self::Serial(_) => self.host(),
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct(address, way) => write!(f, "{address}, its {} address", way.name()),
            Self::AsTyped(host) => write!(f, "{host}, as typed"),
            Self::ByHostName(host, address) => write!(f, "{host}, at {address}"),
            Self::Through(_, passage) => passage.fmt(f),
            Self::InstanceId(id) => write!(f, "{id}, by the proxy of your ssh_config"),
            Self::Serial(console) => write!(f, "{}, its serial console", console.host),
        }
    }
}

/// No address of the instance fits what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoAddress {
    /// The way asked for.
    pub way: Way,
    /// The family asked for.
    pub family: Family,
}

/// A proxy that ssh_config has for instance IDs, and not for every host alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForIds {
    /// There is none.
    Nothing,
    /// A ProxyCommand, which knows what an ID is.
    Command,
    /// Hops (ProxyJump), which do not.
    Jump,
}

/// What decides the way to a destination.
#[derive(Clone, Debug)]
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
    /// What ssh_config makes of the host: its HostName, or the host itself.
    pub named: Target,
    /// What ssh_config has for this host because it is an instance ID.
    pub proxy_for_ids: ForIds,
    /// What a tunnel leads through, if the way is [`Way::Eice`] or [`Way::Ssm`].
    pub passage: Option<Passage>,
}

/// The way to this instance.
///
/// What the user asks for with `--via`, else: a host that was typed is used as typed; an ID goes
/// by the proxy that ssh_config has for IDs, if it has one, and by [`address`] if not.
///
/// # Errors
/// When the instance has no address that fits.
pub fn choose(instance: &Instance, situation: &Situation<'_>) -> Result<Route, NoAddress> {
    let uri = situation.destination.is_uri();
    Ok(match way_to(instance, situation)? {
        // OpenSSH takes no IPv6 address in a URI.
        route @ Route::Direct(IpAddr::V6(_), _) if uri => situation.by_hostname(route),
        route => route,
    })
}

fn way_to(instance: &Instance, situation: &Situation<'_>) -> Result<Route, NoAddress> {
    let Situation {
        destination,
        answer,
        way,
        ..
    } = situation;
    let typed = || Route::AsTyped(destination.host.clone());
    let direct = || address(instance, *way, answer.family);
    let target = match &destination.target {
        Target::Host(_) => &situation.named,
        other => other,
    };
    match (target, way) {
        (_, Way::Eice | Way::Ssm) => match &situation.passage {
            Some(passage) => {
                let name = destination.name().to_owned();
                Ok(Route::Through(name, passage.clone()))
            }
            None => direct(),
        },
        (_, Way::InstanceId) => Ok(Route::InstanceId(instance.id.clone())),
        (_, Way::Public | Way::Private | Way::Ipv6) => direct(),
        _ if situation.beside_id => Ok(typed()),
        (Target::Id(_), Way::Auto) => match (situation.proxy_for_ids, &destination.target) {
            (ForIds::Command, Target::Id(_)) => Ok(Route::InstanceId(instance.id.clone())),
            (ForIds::Command, _) => Ok(typed()),
            (ForIds::Jump, _) => Ok(situation.by_hostname(direct()?)),
            (ForIds::Nothing, _) => Ok(situation.stands_for(direct()?)),
        },
        // Private names are known inside the VPC only; what they stand for is not.
        (Target::Aws(name), Way::Auto) => match &name.stands_for {
            StandsFor::Private(address) => {
                let address = Route::Direct((*address).into(), Way::Private);
                Ok(situation.stands_for(address))
            }
            StandsFor::Id(_) => Ok(situation.stands_for(direct()?)),
            StandsFor::Public(_) => Ok(typed()),
        },
        // The way to a console hangs on the region alone, and is not asked for here.
        (Target::Address(_) | Target::Host(_) | Target::Node(_), Way::Auto) | (_, Way::Serial) => {
            Ok(typed())
        }
    }
}

impl Situation<'_> {
    /// The way to an address that the user named by a Host of ssh_config: with the name, so that
    /// its block goes on applying. Any other name is no use to ssh, and gives way to the address.
    fn stands_for(&self, route: Route) -> Route {
        match &self.destination.target {
            Target::Host(_) => self.by_hostname(route),
            Target::Id(_) | Target::Node(_) | Target::Address(_) | Target::Aws(_) => route,
        }
    }

    /// The name for ssh as typed, and the address as its HostName. That is an option, and so for
    /// all destinations: of several, each gets the address alone.
    fn by_hostname(&self, route: Route) -> Route {
        match route {
            Route::Direct(address, _) if self.alone => {
                Route::ByHostName(self.destination.host.clone(), address)
            }
            other => other,
        }
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
