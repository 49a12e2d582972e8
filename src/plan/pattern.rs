//! Patterns of names, as in ssh_config(5), known_hosts (sshd(8)) and the file names of an Include.

/// Whether a name fits a pattern with `*` and `?`. Takes at most the product of both lengths in steps.
pub(crate) fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    // Where the last `*` stands, and how far it reached.
    let mut star: Option<(usize, usize)> = None;
    while seen < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == name[seen] => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((begin, reached)) = star else {
                    return false;
                };
                star = Some((begin, reached + 1));
                at = begin + 1;
                seen = reached + 1;
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_take_as_much_as_is_needed() {
        for (pattern, name, fit) in [
            ("*", "", true),
            ("a*c*", "abcc", true),
            ("a*b", "acbcb", true),
            ("a*b", "acbc", false),
            ("?", "", false),
            ("", "a", false),
            ("*", "a", true),
            ("*.conf", "a.conf", true),
            ("*.conf", "a.conf.old", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("abc", "abc", true),
            ("**", "", true),
        ] {
            assert_eq!(fits(pattern.as_bytes(), name.as_bytes()), fit, "{pattern}");
        }
    }
}
