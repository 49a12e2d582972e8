//! The names of instances that plain ssh connects to by mssh, as patterns of ssh_config(5).

use super::{is_never_in_a_host, is_never_in_a_name};

/// Patterns in the form of a `Match` of ssh_config(5): `*` is any text, `?` one character, and a pattern
/// after a `!` excludes names. Upper and lower case are the same there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NamePatterns(Vec<String>);

impl NamePatterns {
    /// Adds a list of patterns, with commas between them.
    ///
    /// # Errors
    /// The first that no name fits, or every host.
    pub(crate) fn add(&mut self, list: &str) -> Result<(), String> {
        for pattern in list.split(',') {
            if !is_pattern(pattern.strip_prefix('!').unwrap_or(pattern)) {
                return Err(pattern.to_owned());
            }
            if !self.0.iter().any(|it| it == pattern) {
                self.0.push(pattern.to_owned());
            }
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there are patterns that exclude names, and no others: no host fits these.
    pub(crate) fn only_exclude(&self) -> bool {
        !self.is_empty() && self.0.iter().all(|it| it.starts_with('!'))
    }

    /// The list for a `Match`, to be quoted. Characters that could end the quotes around a token in a
    /// shell are excluded: before 9.6, ssh accepts any in a host name.
    pub(crate) fn for_match(&self) -> String {
        format!("{},!*'*,!*\\*", self.0.join(","))
    }
}

/// Whether names fit a pattern, but not all of them.
fn is_pattern(pattern: &str) -> bool {
    let is_wildcard = |char| matches!(char, '*' | '?');
    // ssh and scp split these off a name. A colon is in IPv6 addresses, which are no names.
    let is_separator = |char| matches!(char, '@' | ':' | '%');
    let is_bad = |char: char| {
        !is_wildcard(char)
            && (is_never_in_a_name(char) || is_never_in_a_host(char) || is_separator(char))
    };
    !pattern.is_empty()
        // Even in quotes, a word of a Match that begins with `#` is a comment.
        && !pattern.starts_with(['-', '!', '#'])
        && !pattern.contains(is_bad)
        && !pattern.chars().all(is_wildcard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_collected_once_each() {
        let mut names = NamePatterns::default();
        for list in ["web-*,db-?", "!web-0", "db-?,Büro_1"] {
            names.add(list).expect("patterns");
        }
        assert_eq!(names.for_match(), "web-*,db-?,!web-0,Büro_1,!*'*,!*\\*");
        assert!(!names.only_exclude() && !names.is_empty());
        let mut names = NamePatterns::default();
        assert!(names.is_empty() && !names.only_exclude());
        names.add("!a,!b*").expect("patterns");
        assert!(names.only_exclude());
    }

    #[test]
    fn what_fits_no_name_or_every_host_is_no_pattern() {
        for bad in [
            "",
            "*",
            "**",
            "?*",
            "!",
            "!*",
            "!!a",
            "-a*",
            "#a",
            "a b",
            "a\tb",
            "a\"b",
            "a'b",
            "a\\*",
            "a/b",
            "a@b",
            "a:b",
            "10.0.0.1%eth0",
            "a$b",
            "a`b",
            "(a)",
            "a\nb",
        ] {
            assert_eq!(NamePatterns::default().add(bad), Err(bad.to_owned()));
            let list = format!("web,{bad}");
            assert_eq!(NamePatterns::default().add(&list), Err(bad.to_owned()));
        }
        for list in ["a,", ",a", "a,,b"] {
            assert_eq!(NamePatterns::default().add(list), Err(String::new()));
        }
    }
}
