//! Where a query by tags begins and ends in `[user@]tag:KEY=VALUE[:path]`, in which both the key and
//! the value may have colons and `@`.

use crate::plan::program::Program;
use crate::plan::target::tag_query::PREFIXES;

/// Splits the user off; `None` if there is no query by tags.
pub(crate) fn split_user(word: &str) -> Option<(Option<&str>, &str)> {
    if begins(word) {
        return Some((None, word));
    }
    let mut ats = word.match_indices('@');
    let (at, _) = ats.find(|(at, _)| begins(&word[at + 1..]))?;
    Some((Some(&word[..at]), &word[at + 1..]))
}

/// Whether a word is a query by tags, with or without a user.
pub(crate) fn is_query(word: &str) -> bool {
    split_user(word).is_some()
}

/// Whether the query begins here, perhaps in brackets.
fn begins(word: &str) -> bool {
    let inner = word.strip_prefix('[').unwrap_or(word);
    PREFIXES.iter().any(|prefix| inner.starts_with(prefix))
}

/// Where a query by tags ends, and a path begins. A value ends at the first colon after the `=`, and a
/// key without a value, or the name of a group, at the first colon after its prefix. Who needs a colon
/// in them writes brackets.
///
/// `None` if there is no query, or if it is in brackets, which OpenSSH's own rule for paths knows. For
/// scp, which takes a word without a colon for a file, `tag:x` is the file `x` of a host named `tag`;
/// and so is `tag:/x` for all.
pub(crate) fn end(program: Program, word: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(word).ok()?;
    let (_, query) = split_user(text).filter(|(_, query)| !query.starts_with('['))?;
    let (prefix, rest) = query.split_at(query.find(':')? + 1);
    if rest.starts_with(['/', '~', '.']) {
        return None;
    }
    if program == Program::Ssh {
        return Some(text.len());
    }
    let value = match rest.find('=') {
        Some(equals) if prefix == "tag:" => equals + 1,
        _ => 0,
    };
    let begin = text.len() - rest.len();
    match rest[value..].find(':') {
        Some(colon) => Some(begin + value + colon),
        None => (program == Program::Sftp).then_some(text.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_ends_where_the_path_begins() {
        use Program::{Scp, Sftp, Ssh};
        for (program, word, end) in [
            (Ssh, "tag:role=web", Some("tag:role=web")),
            (Ssh, "u@tag:Name=a:b@c", Some("u@tag:Name=a:b@c")),
            (Scp, "tag:role=web:/path", Some("tag:role=web")),
            (Scp, "u@tag:role=web:a:b", Some("u@tag:role=web")),
            (Scp, "tag:role=web:", Some("tag:role=web")),
            (Scp, "tag:role:/path", Some("tag:role")),
            (Scp, "tag:a:b=web:/path", Some("tag:a:b=web")),
            (Scp, "asg:web:a=b", Some("asg:web")),
            (Scp, "tag:role=web", None),
            (Scp, "tag:/path", None),
            (Sftp, "tag:role=web", Some("tag:role=web")),
            (Sftp, "tag:role=web:dir", Some("tag:role=web")),
            (Scp, "[tag:a=b:c]:/path", None),
            (Scp, "web-1:/path", None),
        ] {
            let found = super::end(program, word.as_bytes());
            assert_eq!(found.map(|at| &word[..at]), end, "{word}");
        }
    }

    #[test]
    fn the_user_ends_where_the_query_begins() {
        for (word, split) in [
            ("tag:owner=me@home", Some((None, "tag:owner=me@home"))),
            ("a@b@tag:x=y@z", Some((Some("a@b"), "tag:x=y@z"))),
            ("u@[tag:x=y]", Some((Some("u"), "[tag:x=y]"))),
            ("u@asg:web", Some((Some("u"), "asg:web"))),
            ("u@web-1", None),
        ] {
            assert_eq!(split_user(word), split, "{word}");
        }
    }
}
