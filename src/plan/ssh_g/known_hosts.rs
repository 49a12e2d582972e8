//! known_hosts files (SSH_KNOWN_HOSTS FILE FORMAT in sshd(8)): what they have of a host.

use hmac::{Hmac, Mac};
use sha1::Sha1;
use ssh_key::known_hosts::HostPatterns;

use crate::plan::pattern;

/// The port that known_hosts leaves out.
pub(crate) const USUAL_PORT: u16 = 22;

/// A host and its port, as known_hosts names it.
#[must_use]
pub(crate) fn name(host: &str, port: u16) -> String {
    let host = host.to_lowercase();
    match port {
        USUAL_PORT => host,
        port => format!("[{host}]:{port}"),
    }
}

/// The names by which ssh looks for the key of a host: an alias counts for every port, and a key
/// without a port counts for all ports (`check_host_key()` in OpenSSH's `sshconnect.c`).
#[must_use]
pub(crate) fn names(alias: Option<&str>, host: &str, port: u16) -> Vec<String> {
    match alias {
        Some(alias) => vec![alias.to_lowercase()],
        None if port == USUAL_PORT => vec![name(host, port)],
        None => vec![name(host, port), name(host, USUAL_PORT)],
    }
}

/// What known_hosts files have under the names by which ssh looks for a host by itself, and under the
/// name that mssh may give it in their place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Whether there is a key under ssh's own names.
    pub(crate) own: bool,
    /// Whether a line counts under ssh's own names alone: a key, the key of a certificate authority,
    /// whose certificates do not name an instance, or a revoked key.
    keeps_own: bool,
    alias: AliasKey,
}

/// Whether there is a key under mssh's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum AliasKey {
    #[default]
    None,
    /// In lines for one of ssh's own names, too: with patterns.
    Shared,
    /// In a line of its own.
    Alone,
}

/// How a line is marked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Marker {
    None,
    Authority,
    Revoked,
}

impl Found {
    /// Whether there is a key under mssh's name.
    pub(crate) fn knows_alias(self) -> bool {
        self.alias != AliasKey::None
    }

    /// Whether mssh's name may take the place of ssh's own: nothing depends on these, or that name is
    /// in use already.
    pub(crate) fn permits_alias(self) -> bool {
        !self.keeps_own || self.alias == AliasKey::Alone
    }

    /// Adds a file that is not known: ssh may find its own names there.
    pub(crate) fn may_be_known(&mut self) {
        self.keeps_own = true;
    }

    /// Adds what a file has. Lines that cannot be parsed do not count.
    pub(crate) fn read(&mut self, file: &[u8], own: &[String], alias: &str) {
        for (marker, patterns) in file.split(|byte| *byte == b'\n').filter_map(line) {
            let is_own = own.iter().any(|name| matches(&patterns, name));
            let is_alias = matches(&patterns, alias);
            let is_key = marker == Marker::None;
            self.own |= is_own && is_key;
            let is_revoked_everywhere = marker == Marker::Revoked && is_alias;
            self.keeps_own |= is_own && !is_revoked_everywhere;
            if is_alias && is_key {
                let kind = if is_own {
                    AliasKey::Shared
                } else {
                    AliasKey::Alone
                };
                self.alias = self.alias.max(kind);
            }
        }
    }
}

/// The marker and the hosts of a line.
fn line(line: &[u8]) -> Option<(Marker, HostPatterns)> {
    let line = std::str::from_utf8(line).ok()?;
    let mut fields = line.split_ascii_whitespace();
    let mut hosts = fields.next().filter(|it| !it.starts_with('#'))?;
    let marker = match hosts {
        "@cert-authority" => Marker::Authority,
        "@revoked" => Marker::Revoked,
        _ => Marker::None,
    };
    if marker != Marker::None {
        hosts = fields.next()?;
    }
    // The type and the key follow.
    fields.nth(1)?;
    Some((marker, hosts.parse().ok()?))
}

fn matches(patterns: &HostPatterns, name: &str) -> bool {
    match patterns {
        HostPatterns::Patterns(patterns) => {
            let has = |negated: bool| {
                let mut patterns = patterns.iter().filter_map(|it| match it.strip_prefix('!') {
                    Some(pattern) => Some(pattern).filter(|_| negated),
                    None => Some(it.as_str()).filter(|_| !negated),
                });
                patterns.any(|it| pattern::fits(it.to_lowercase().as_bytes(), name.as_bytes()))
            };
            has(false) && !has(true)
        }
        HostPatterns::HashedName { salt, hash } => Hmac::<Sha1>::new_from_slice(salt)
            .is_ok_and(|mac| mac.chain_update(name).verify_slice(hash).is_ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "i-0abcdef0";

    fn found(text: &str, port: u16) -> Found {
        let mut found = Found::default();
        let names = names(None, "10.0.0.1", port);
        found.read(text.as_bytes(), &names, &name(ID, port));
        found
    }

    #[test]
    fn a_host_is_known_by_its_name_a_pattern_or_a_hash() {
        for (line, known) in [
            ("10.0.0.1 ssh-ed25519 AAAA\n", true),
            ("# 10.0.0.1\n\n web,10.0.0.1 ssh-ed25519 AAAA", true),
            ("10.0.*.? ssh-ed25519 AAAA me", true),
            ("10.0.*,!10.0.0.1 ssh-ed25519 AAAA", false),
            ("10.0.0.10 ssh-ed25519 AAAA", false),
            ("10.0.0.1", false),
            ("@other 10.0.0.1 ssh-ed25519 AAAA", false),
            ("@revoked 10.0.0.1 ssh-ed25519 AAAA", false),
            ("@cert-authority * ssh-ed25519 AAAA", false),
            ("[10.0.0.1]:2222 ssh-ed25519 AAAA", false),
            // From `ssh-keygen -H`.
            (
                "|1|UkseYVUNDOF9uPjQse5e8qqsbm8=|W2OFfhneG0GoHbSWO+8Az+mR+TM= ssh-ed25519 AAAA",
                true,
            ),
            (
                "|1|UkseYVUNDOF9uPjQse5e8qqsbm8=|AAAAAAAAAAAAAAAAAAAAAAAAAAA= ssh-ed25519 AAAA",
                false,
            ),
            ("|1|x ssh-ed25519 AAAA", false),
            ("", false),
        ] {
            assert_eq!(found(line, 22).own, known, "{line}");
        }
    }

    #[test]
    fn a_key_without_a_port_counts_for_other_ports_too() {
        assert!(found("[10.0.0.1]:2222 ssh-ed25519 AAAA", 2222).own);
        assert!(found("10.0.0.1 ssh-ed25519 AAAA", 2222).own);
        assert!(!found("[10.0.0.1]:2223 ssh-ed25519 AAAA", 2222).own);
        assert_eq!(names(Some("Web"), "10.0.0.1", 2222), ["web"]);
    }

    #[test]
    fn lines_of_the_instance_and_of_the_address_are_told_apart() {
        // A key under the address, one under the ID, and whether the ID may be the name.
        for (text, expected) in [
            ("", [false, false, true]),
            ("10.0.0.1 ssh-ed25519 AAAA", [true, false, false]),
            ("i-0abcdef0 ssh-ed25519 AAAA", [false, true, true]),
            ("* ssh-ed25519 AAAA", [true, true, false]),
            ("* ssh-rsa A\ni-0abcdef0 ssh-rsa B", [true, true, true]),
            ("@cert-authority * ssh-rsa A", [false, false, false]),
            ("@cert-authority i-* ssh-rsa A", [false, false, true]),
            ("@revoked * ssh-rsa A", [false, false, true]),
            ("@revoked 10.* ssh-rsa A", [false, false, false]),
            ("[i-0abcdef0]:2222 ssh-rsa A", [false, false, true]),
        ] {
            let it = found(text, 22);
            let got = [it.own, it.knows_alias(), it.permits_alias()];
            assert_eq!(got, expected, "{text}");
        }
        assert!(found("[i-0abcdef0]:2222 ssh-ed25519 AAAA", 2222).knows_alias());
    }
}
