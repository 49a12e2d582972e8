//! known_hosts files (SSH_KNOWN_HOSTS FILE FORMAT in sshd(8)): whether one has a key of a host.

use hmac::{Hmac, Mac};
use sha1::Sha1;
use ssh_key::known_hosts::HostPatterns;

use crate::plan::pattern;

/// The port that known_hosts leaves out.
pub(crate) const USUAL_PORT: u16 = 22;

/// The names by which ssh looks for the key of a host: an alias counts for every port, and a key
/// without a port counts for all ports (`check_host_key()` in OpenSSH's `sshconnect.c`).
#[must_use]
pub(crate) fn names(alias: Option<&str>, host: &str, port: u16) -> Vec<String> {
    match alias {
        Some(alias) => vec![alias.to_lowercase()],
        None if port == USUAL_PORT => vec![host.to_owned()],
        None => vec![format!("[{host}]:{port}"), host.to_owned()],
    }
}

/// Whether a known_hosts file has a key for any of these names.
///
/// Lines with a marker do not count: a certificate authority's key is none of the host, and a revoked
/// key does not make it known. Nor do lines that cannot be parsed.
#[must_use]
pub(crate) fn has_key(file: &[u8], names: &[String]) -> bool {
    let fields = |line: &[u8]| {
        let line = std::str::from_utf8(line).ok()?;
        let mut fields = line.split_ascii_whitespace();
        let hosts = fields.next().filter(|it| !it.starts_with(['@', '#']))?;
        // The type and the key follow.
        fields.nth(1)?;
        hosts.parse::<HostPatterns>().ok()
    };
    let mut lines = file.split(|byte| *byte == b'\n').filter_map(fields);
    lines.any(|patterns| names.iter().any(|name| matches(&patterns, name)))
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

    fn knows(line: &str, port: u16) -> bool {
        has_key(line.as_bytes(), &names(None, "10.0.0.1", port))
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
            assert_eq!(knows(line, 22), known, "{line}");
        }
    }

    #[test]
    fn a_key_without_a_port_counts_for_other_ports_too() {
        assert!(knows("[10.0.0.1]:2222 ssh-ed25519 AAAA", 2222));
        assert!(knows("10.0.0.1 ssh-ed25519 AAAA", 2222));
        assert!(!knows("[10.0.0.1]:2223 ssh-ed25519 AAAA", 2222));
        assert_eq!(names(Some("Web"), "10.0.0.1", 2222), ["web"]);
    }
}
