//! Patterns of names, as in ssh_config(5), known_hosts (sshd(8)) and the file names of an Include.

/// Whether a name fits a pattern with `*` and `?`. Takes at most the product of both lengths in steps.
pub(crate) fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let is_star = |byte: &u8| *byte == b'*';
    fits_by(pattern, name, is_star, |byte, seen| {
        *byte == b'?' || byte == seen
    })
}

/// The same for a pattern of any kind: which of its parts are stars, and whether another one fits a
/// part of the name.
pub(crate) fn fits_by<P, N>(
    pattern: &[P],
    name: &[N],
    is_star: impl Fn(&P) -> bool,
    fits: impl Fn(&P, &N) -> bool,
) -> bool {
    let (mut at, mut seen) = (0, 0);
    // Where the last star stands, and how far it reached.
    let mut star: Option<(usize, usize)> = None;
    while seen < name.len() {
        match pattern.get(at) {
            Some(part) if is_star(part) => {
                star = Some((at, seen));
                at += 1;
            }
            Some(part) if fits(part, &name[seen]) => {
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
    pattern[at..].iter().all(is_star)
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
