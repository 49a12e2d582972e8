//! A host that an instance connects to for us.

use std::fmt;
use std::net::Ipv6Addr;

use crate::plan::host_port::bracketed;

/// The longest DNS name (RFC 1035, 2.3.4).
const LONGEST: usize = 253;

/// The name or address of a host that an instance reaches: of a database, for example. The instance
/// resolves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteHost(String);

impl RemoteHost {
    /// Reads a name, an IPv4 address, or an IPv6 address in brackets. A number alone is more likely a
    /// port in the wrong place.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        if let Some(address) = word.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            let address: Ipv6Addr = address.parse().ok()?;
            return Some(Self(address.to_string()));
        }
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
        let is_name = word.len() <= LONGEST
            && word.bytes().all(is_part)
            && !word.starts_with(['-', '.'])
            && !is_number;
        is_name.then(|| Self(word.to_owned()))
    }

    /// The host without brackets.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The host for a word in which a port follows it.
    pub(crate) fn bracketed(&self) -> impl fmt::Display {
        bracketed(&self.0)
    }
}

impl fmt::Display for RemoteHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_or_an_address_is_a_host() {
        for (word, host) in [
            ("db", "db"),
            ("db.internal", "db.internal"),
            ("my_db-1.cluster.", "my_db-1.cluster."),
            ("10.0.0.7", "10.0.0.7"),
            ("[fd00::0:7]", "fd00::7"),
            ("localhost", "localhost"),
        ] {
            let read = RemoteHost::parse(word);
            assert_eq!(read.as_ref().map(RemoteHost::as_str), Some(host), "{word}");
        }
        for word in [
            "",
            "-db",
            ".db",
            "5432",
            "fd00::7",
            "[db]",
            "[10.0.0.7]",
            "a b",
            "a\tb",
            "a\nb",
            "a;b",
            "a/b",
            "a,b",
            "a@b",
            "dб",
            "\u{1b}[2J",
            "$(x)",
            "a:b",
            "[::1",
            "a]",
        ] {
            assert_eq!(RemoteHost::parse(word), None, "{word}");
        }
        assert_eq!(RemoteHost::parse(&"a".repeat(254)), None);
    }
}
