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
        && !may_canonicalize(text)
        && !EXPANDED.into_iter().any(expands)
}

fn may_canonicalize(text: &[u8]) -> bool {
    let mut values = values(text, "canonicalizehostname");
    values.any(|value| !value.eq_ignore_ascii_case(b"no"))
}

/// Keywords that change under which name ssh looks for a host key, and where.
const HOST_KEY: [&str; 9] = [
    "checkhostip",
    "controlpath",
    "globalknownhostsfile",
    "hostkeyalias",
    "hostname",
    "knownhostscommand",
    "port",
    "stricthostkeychecking",
    "userknownhostsfile",
];

/// Whether a file that does not say the same about two hosts may make a difference to their host keys:
/// it sets a keyword about that, or reads another file for some hosts only.
#[must_use]
pub(crate) fn may_differ_in_host_keys(text: &[u8]) -> bool {
    let sets = |keyword| values(text, keyword).next().is_some();
    HOST_KEY.into_iter().any(sets) || may_canonicalize(text) || has_include_in_block(text)
}

/// Whether an Include follows a Host or Match that does not apply to all hosts.
fn has_include_in_block(text: &[u8]) -> bool {
    let mut is_for_all = true;
    text.split(|byte| *byte == b'\n').any(|line| {
        let is_all = |value: &[u8]| [&b"*"[..], b"all"].contains(&value.trim_ascii());
        let block = values(line, "host").chain(values(line, "match")).next();
        is_for_all = block.map_or(is_for_all, is_all);
        !is_for_all && values(line, "include").next().is_some()
    })
}

/// Whether a ControlPath has the name of the host key in it.
#[must_use]
pub(crate) fn has_alias_in_control_path(text: &[u8]) -> bool {
    let has_it = |value: &[u8]| value.windows(2).any(|token| token == b"%k");
    values(text, "controlpath").any(has_it)
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

    #[test]
    fn what_may_change_the_name_of_a_host_key_is_found() {
        for (text, may) in [
            ("", false),
            ("Host 10.*\n  CanonicalizeHostname no\n", false),
            ("Host 10.*\n  CanonicalizeHostname always\n", true),
            ("Host 10.*\n  stricthostkeychecking=no\n", true),
            ("Include conf.d/*\nHost *\n  Include more\n", false),
            ("Host 10.*\n User me\nMatch all\n Include more\n", false),
            ("Host 10.*\n  Include more\n", true),
        ] {
            assert_eq!(may_differ_in_host_keys(text.as_bytes()), may, "{text}");
        }
        assert!(has_alias_in_control_path(b"Host *\n ControlPath ~/x-%k\n"));
        assert!(!has_alias_in_control_path(b"ControlPath ~/x-%h\n# %k"));
    }
}
