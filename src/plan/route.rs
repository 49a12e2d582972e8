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
    /// The host that the user typed, with this address as its HostName.
    ByHostName(String, IpAddr),
    /// The instance ID, which the user's ssh_config leads to the instance.
    InstanceId(InstanceId),
}

impl Route {
    /// The host for ssh.
    pub fn host(&self) -> String {
        match self {
            Self::Direct(address, _) => address.to_string(),
            Self::AsTyped(host) | Self::ByHostName(host, _) => host.clone(),
            Self::InstanceId(id) => id.to_string(),
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct(address, way) => write!(f, "{address}, its {} address", way.name()),
            Self::AsTyped(host) => write!(f, "{host}, as typed"),
            Self::ByHostName(host, address) => write!(f, "{host}, at {address}"),
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
    /// Whether ssh_config has a proxy for this host that expects an instance ID.
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
        (_, Way::InstanceId) => Ok(Route::InstanceId(instance.id.clone())),
        (_, Way::Public | Way::Private | Way::Ipv6) => direct(),
        _ if situation.beside_id => Ok(typed()),
        (Target::Id(_), Way::Auto) if situation.proxy_for_ids => Ok(match destination.target {
            Target::Id(_) => Route::InstanceId(instance.id.clone()),
            _ => typed(),
        }),
        (Target::Id(_), Way::Auto) => Ok(situation.stands_for(direct()?)),
        // Private names are known inside the VPC only; what they stand for is not.
        (Target::Aws(name), Way::Auto) => match &name.stands_for {
            StandsFor::Private(address) => {
                let address = Route::Direct((*address).into(), Way::Private);
                Ok(situation.stands_for(address))
            }
            StandsFor::Id(_) => Ok(situation.stands_for(direct()?)),
            StandsFor::Public(_) => Ok(typed()),
        },
        (Target::Address(_) | Target::Host(_), Way::Auto) => Ok(typed()),
    }
}

impl Situation<'_> {
    /// The way to an address that the user named by a Host of ssh_config: with the name, so that
    /// its block goes on applying. Any other name is no use to ssh, and gives way to the address.
    fn stands_for(&self, route: Route) -> Route {
        match &self.destination.target {
            Target::Host(_) => self.by_hostname(route),
            Target::Id(_) | Target::Address(_) | Target::Aws(_) => route,
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
    use crate::plan::grammar::Program;
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

    /// The way to an instance with a private and an IPv6 address by this word, where ssh_config
    /// makes `hostname` of the host; and `true` in `flags` for: beside `-t ID`, alone, proxied.
    fn chosen(word: &str, hostname: &str, flags: [bool; 3]) -> Route {
        let destination = Destination::parse(Program::Ssh, word.as_ref()).expect("a destination");
        let answer = Answer {
            hostname: hostname.to_owned(),
            ..Answer::default()
        };
        let [beside_id, alone, proxy_for_ids] = flags;
        let situation = Situation {
            destination: &destination,
            beside_id,
            alone,
            way: Way::Auto,
            answer: &answer,
            named: Target::parse(hostname).expect("a host"),
            proxy_for_ids,
        };
        choose(&instance(false, !word.contains("://"), true), &situation).expect("a way")
    }

    const ID: &str = "i-0abcdef0";
    const USUAL: [bool; 3] = [false, true, false];
    const BESIDE_ID: [bool; 3] = [true, true, false];
    const ONE_OF_MANY: [bool; 3] = [false, false, false];
    const PROXIED: [bool; 3] = [false, true, true];

    #[test]
    fn an_id_gives_way_to_an_address_or_goes_to_its_proxy() {
        let id = InstanceId::parse(ID).expect("an ID");
        assert_eq!(
            chosen(ID, ID, USUAL),
            Route::Direct(PRIVATE.into(), Way::Private)
        );
        assert_eq!(chosen(ID, ID, PROXIED), Route::InstanceId(id.clone()));
        assert_eq!(chosen("I-0ABCDEF0", ID, PROXIED), Route::InstanceId(id));
    }

    #[test]
    fn a_host_is_used_as_typed() {
        let typed = |host: &str| Route::AsTyped(host.to_owned());
        assert_eq!(chosen("web", "web.example", USUAL), typed("web"));
        assert_eq!(chosen("192.0.2.9", "192.0.2.9", USUAL), typed("192.0.2.9"));
        let name = "ec2-192-0-2-9.compute-1.amazonaws.com";
        assert_eq!(chosen(name, name, USUAL), typed(name));
        let name = "ip-10-0-0-9.ec2.internal";
        assert_eq!(chosen(name, name, BESIDE_ID), typed(name));
    }

    #[test]
    fn a_name_known_in_the_vpc_alone_gives_way_to_what_it_stands_for() {
        let private = |last| Route::Direct(Ipv4Addr::new(10, 0, 0, last).into(), Way::Private);
        assert_eq!(chosen("ip-10-0-0-9.ec2.internal", "x", USUAL), private(9));
        assert_eq!(chosen("i-0abcdef0.ec2.internal", "x", USUAL), private(1));
    }

    #[test]
    fn an_alias_stays_and_gets_the_address_as_its_host_name() {
        let by_name = |last| {
            let address = Ipv4Addr::new(10, 0, 0, last).into();
            Route::ByHostName("web".to_owned(), address)
        };
        assert_eq!(chosen("web", ID, USUAL), by_name(1));
        assert_eq!(chosen("web", "ip-10-0-0-9.ec2.internal", USUAL), by_name(9));
        assert_eq!(
            chosen("web", ID, ONE_OF_MANY),
            Route::Direct(PRIVATE.into(), Way::Private)
        );
        assert_eq!(chosen("web", ID, PROXIED), Route::AsTyped("web".to_owned()));
    }

    #[test]
    fn an_ipv6_address_stands_beside_a_uri_and_not_in_it() {
        let beside = Route::ByHostName(ID.to_owned(), Ipv6Addr::LOCALHOST.into());
        assert_eq!(chosen("ssh://i-0abcdef0:22", ID, USUAL), beside);
    }
}
