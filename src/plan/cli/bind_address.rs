//! `[ADDRESS:]PORT`, the value of `--listen`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::plan::host_port::{parse_port, split_port};

/// Where to listen on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BindAddress {
    /// `None` for all addresses.
    address: Option<IpAddr>,
    /// 0 for any free port.
    port: u16,
}

impl BindAddress {
    /// Reads the value of `--listen`: what ssh(1) takes as the bind address and port of `-L`, except
    /// that no host names but `localhost` are resolved.
    pub fn parse(word: &str) -> Option<Self> {
        let (address, port) = match split_port(word) {
            (port, None) | ("localhost", Some(port)) => (Some(Ipv4Addr::LOCALHOST.into()), port),
            ("" | "*", Some(port)) => (None, port),
            (address, Some(port)) => (Some(literal(address)?), port),
        };
        Some(Self {
            address,
            port: parse_port(port)?,
        })
    }

    /// Whether the system chooses the port.
    pub(crate) fn is_any_port(&self) -> bool {
        self.port == 0
    }

    /// The sockets to try, in this order; the first one that works is used. Listening on all IPv6
    /// addresses includes all IPv4 addresses (RFC 3493, 3.7).
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

/// Reads an address as it is written before a port.
fn literal(word: &str) -> Option<IpAddr> {
    let bracketed = word.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    match bracketed {
        Some(address) => address.parse().map(IpAddr::V6).ok(),
        None => word.parse().map(IpAddr::V4).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bind_address_is_a_port_with_or_without_an_address() {
        for (word, read, first) in [
            ("5000", "127.0.0.1:5000", "127.0.0.1:5000"),
            ("0", "127.0.0.1:0", "127.0.0.1:0"),
            ("localhost:65535", "127.0.0.1:65535", "127.0.0.1:65535"),
            ("10.0.0.1:80", "10.0.0.1:80", "10.0.0.1:80"),
            ("0.0.0.0:80", "0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:5000", "[::1]:5000", "[::1]:5000"),
            ("[::]:5000", "[::]:5000", "[::]:5000"),
            ("*:5000", "*:5000", "[::]:5000"),
            (":5000", "*:5000", "[::]:5000"),
        ] {
            let address = BindAddress::parse(word).expect(word);
            assert_eq!(address.to_string(), read);
            assert_eq!(address.sockets()[0].to_string(), first);
        }
        for word in [
            "",
            "x",
            "-1",
            "+1",
            "65536",
            "5000:",
            "::1:5000",
            "[::1]",
            "[1.2.3.4]:5",
            "host:5000",
            "5000:localhost:80",
            "1.2.3:80",
            " 5000",
            "::1",
        ] {
            assert_eq!(BindAddress::parse(word), None, "{word}");
        }
    }
}
