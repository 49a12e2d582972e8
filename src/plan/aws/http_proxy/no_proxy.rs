//! `NO_PROXY`: the hosts to reach without a proxy.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::host_and_port;

/// The user's rules, and one for link-local addresses: metadata services are there, and through a
/// proxy we would get the credentials of the proxy's machine.
#[derive(Clone, Debug, Default)]
pub(super) struct NoProxy(Vec<Rule>);

#[derive(Clone, Debug)]
enum Rule {
    Everything,
    /// The host and all subdomains; on this port, if there is one.
    Name(String, Option<u16>),
    Address(IpAddr, Option<u16>),
    Network(IpNet),
}

/// 169.254.0.0/16 (RFC 3927), with the metadata and container services of EC2, ECS and EKS.
const LINK_LOCAL: IpNet = IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(169, 254, 0, 0), 16));

/// `fd00:ec2::/32`, the same services over IPv6.
const EC2_LOCAL: IpNet = IpNet::V6(Ipv6Net::new_assert(
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0),
    32,
));

impl NoProxy {
    /// Reads rules separated by commas or blanks: `*`, `host`, `.suffix`, `*.suffix`, an address, a
    /// network (`10.0.0.0/8`); all but `*` and networks may have a port. Case does not matter. As
    /// in other programs, anything else is ignored.
    pub(super) fn parse(text: &str) -> Self {
        let words = text.split(|c: char| c == ',' || c.is_whitespace());
        Self(words.filter_map(Rule::parse).collect())
    }

    /// Adds a rule.
    pub(super) fn and(mut self, rule: &str) -> Self {
        self.0.extend(Rule::parse(rule));
        self
    }

    /// Whether a rule covers this host.
    pub(super) fn cover(&self, host: &str, port: u16) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches([']', '.']);
        let host = host.to_ascii_lowercase();
        let address = host.parse::<IpAddr>().ok().map(|it| it.to_canonical());
        let always = [Rule::Network(LINK_LOCAL), Rule::Network(EC2_LOCAL)];
        let mut rules = self.0.iter().chain(&always);
        rules.any(|rule| rule.covers(&host, address, port))
    }
}

impl Rule {
    fn parse(word: &str) -> Option<Self> {
        if word == "*" {
            return Some(Self::Everything);
        }
        if word.contains('/') {
            return word.parse().ok().map(Self::Network);
        }
        let (host, port) = host_and_port(word)?;
        if let Ok(address) = host.parse::<IpAddr>() {
            return Some(Self::Address(address.to_canonical(), port));
        }
        let name = host.strip_prefix('*').unwrap_or(host).trim_matches('.');
        (!name.is_empty()).then(|| Self::Name(name.to_ascii_lowercase(), port))
    }

    fn covers(&self, host: &str, address: Option<IpAddr>, port: u16) -> bool {
        let same_port = |wanted: &Option<u16>| wanted.is_none_or(|wanted| wanted == port);
        match self {
            Self::Everything => true,
            Self::Address(known, wanted) => address == Some(*known) && same_port(wanted),
            Self::Network(network) => address.is_some_and(|it| network.contains(&it)),
            Self::Name(name, wanted) => {
                let below = host.strip_suffix(name.as_str());
                address.is_none()
                    && below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
                    && same_port(wanted)
            }
        }
    }
}
