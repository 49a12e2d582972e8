//! `[ADDRESS:]PORT`, the value of `--listen`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Where to listen on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BindAddress {
    /// The address; all there are, if it is none.
    address: Option<IpAddr>,
    /// The port; any that is free, if it is 0.
    port: u16,
}

impl BindAddress {
    /// Reads the value of `--listen`: what `-L` of ssh(1) takes before its first host, save that
    /// addresses are addresses and not names.
    pub fn parse(word: &str) -> Option<Self> {
        let (address, port) = match word.rsplit_once(':') {
            None => (Some(Ipv4Addr::LOCALHOST.into()), word),
            Some(("" | "*", port)) => (None, port),
            Some(("localhost", port)) => (Some(Ipv4Addr::LOCALHOST.into()), port),
            Some((address, port)) => (Some(literal(address)?), port),
        };
        Some(Self {
            address,
            port: number(port)?,
        })
    }

    /// What to listen at: the first of these that can be had. All IPv6 addresses are all IPv4
    /// addresses, too (RFC 3493, 3.7).
    pub fn sockets(&self) -> Vec<SocketAddr> {
        let all = [Ipv6Addr::UNSPECIFIED.into(), Ipv4Addr::UNSPECIFIED.into()];
        let addresses = self.address.map_or(all.to_vec(), |one| vec![one]);
        let at = |address| SocketAddr::new(address, self.port);
        addresses.into_iter().map(at).collect()
    }
}

impl fmt::Display for BindAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            Some(address) => SocketAddr::new(address, self.port).fmt(f),
            None => write!(f, "*:{}", self.port),
        }
    }
}

/// An address before a port: one of IPv6 in brackets, for its own colons.
pub(super) fn literal(word: &str) -> Option<IpAddr> {
    let bracketed = word.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    match bracketed {
        Some(address) => address.parse().map(IpAddr::V6).ok(),
        None => word.parse().map(IpAddr::V4).ok(),
    }
}

/// A number of digits only, where [`str::parse`] takes a sign.
pub(super) fn number(word: &str) -> Option<u16> {
    let digits = word.bytes().all(|it| it.is_ascii_digit());
    word.parse().ok().filter(|_| digits)
}
