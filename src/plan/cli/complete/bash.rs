//! What bash replaces: the last part of the word, after a `=` or `:`, by text that it reads again.

/// What to replace `end` by to get this candidate, if `current` is the word up to the cursor, without
/// its quotes. `end` is bash's `$2`: the last part of the same word, as typed.
pub(crate) fn replacement(candidate: &str, current: &str, end: &str) -> Option<String> {
    let end = match shlex::split(end)?.as_slice() {
        [] => String::new(),
        [word] => word.clone(),
        _ => return None,
    };
    let kept = current.strip_suffix(&end)?;
    candidate.get(kept.len()..).map(quoted)
}

/// Quotes what a shell would not take literally.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "_./:=@%+,-".contains(c);
    let escaped = |c| [(!is_plain(c)).then_some('\\'), Some(c)];
    text.chars().flat_map(escaped).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_part_that_bash_replaces_is_given() {
        for (candidate, current, end, replaced) in [
            ("web-1", "we", "we", Some("web-1")),
            ("my web", "my w", "my\\ w", Some("my\\ web")),
            ("tag:a=b c", "tag:a=b", "b", Some("b\\ c")),
            ("tag:a=b c", "tag:a=", "", Some("b\\ c")),
            ("--region=eu-west-1", "--region=", "=", Some("=eu-west-1")),
            (
                "a$(b)'\"`!~#",
                "a",
                "a",
                Some("a\\$\\(b\\)\\'\\\"\\`\\!\\~\\#"),
            ),
            ("büro", "b", "b", Some("büro")),
            ("web", "we", "'we", None),
            ("web", "we", "x", None),
        ] {
            let got = replacement(candidate, current, end);
            assert_eq!(got.as_deref(), replaced, "{candidate}");
        }
    }

    #[test]
    fn what_is_quoted_is_read_as_it_was() {
        let all: String = (' '..='~').collect();
        assert_eq!(shlex::split(&quoted(&all)), Some(vec![all]));
    }
}
