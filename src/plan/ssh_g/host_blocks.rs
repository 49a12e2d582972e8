//! The Host and Match lines of a file of ssh_config(5): whether ssh has the same settings for two
//! hosts, so that it need not be asked about both.

use super::files::values;
use crate::plan::pattern::fits;

/// Values of these may depend on the host by a token, and decide how ssh connects.
const EXPANDED: [&str; 4] = [
    "hostname",
    "globalknownhostsfile",
    "include",
    "userknownhostsfile",
];

/// Whether a file says the same about these two hosts. When in doubt, it does not.
#[must_use]
pub(crate) fn say_the_same(text: &[u8], hosts: [&str; 2]) -> bool {
    let [one, other] = hosts.map(str::to_lowercase);
    let all_alike = |value: &[u8]| {
        let words = |byte: &u8| b" \t\r,".contains(byte);
        let mut words = value.split(words).filter(|word| !word.is_empty());
        words.all(|word| [&b"all"[..], b"final"].contains(&&*word.to_ascii_lowercase()))
    };
    let expands = |keyword| values(text, keyword).any(|value| value.contains(&b'%'));
    values(text, "host").all(|value| applies(value, &one) == applies(value, &other))
        && values(text, "match").all(all_alike)
        && values(text, "canonicalizehostname").all(|value| value.eq_ignore_ascii_case(b"no"))
        && !EXPANDED.into_iter().any(expands)
}

/// Whether a Host line with these patterns applies to a host.
fn applies(patterns: &[u8], host: &str) -> bool {
    let between = |byte: &u8| b" \t\r\"".contains(byte);
    let patterns = patterns.split(between).filter(|it| !it.is_empty());
    let mut applies = false;
    for pattern in patterns {
        match pattern.strip_prefix(b"!") {
            Some(pattern) if fits(pattern, host.as_bytes()) => return false,
            None if fits(pattern, host.as_bytes()) => applies = true,
            _ => {}
        }
    }
    applies
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_names_neither_host_says_the_same() {
        for (text, same) in [
            ("", true),
            ("Host *\n  ServerAliveInterval 9\n", true),
            ("Host web* \"db\"\n  ProxyJump bastion\n", true),
            ("Host i-*\n  ProxyJump bastion\n", false),
            ("Host 10.*\n  ProxyJump bastion\n", false),
            ("Host i-* 10.*\n  Port 2222\n", true),
            ("Host * !10.0.0.1\n  Port 2222\n", false),
            ("Host * !192.168.*\n  Port 2222\n", true),
            ("Match all\n", true),
            ("Match final all\n  Include crypto\n", true),
            ("Match host 10.*\n", false),
            ("Match exec \"test -e /x\"\n", false),
            ("CanonicalizeHostname no\n", true),
            ("CanonicalizeHostname yes\n", false),
            ("HostName %h.example\n", false),
            ("UserKnownHostsFile ~/.ssh/known_hosts\n", true),
            ("UserKnownHostsFile ~/.ssh/known/%h\n", false),
        ] {
            let hosts = ["i-0ABCdef0", "10.0.0.1"];
            assert_eq!(say_the_same(text.as_bytes(), hosts), same, "{text}");
        }
    }
}
