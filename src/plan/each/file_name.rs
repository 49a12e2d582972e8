//! File names for the output of instances.

use crate::plan::list::row::Row;

/// The most characters of a name: with up to 4 bytes each and the ID, it stays below the 255 bytes of a
/// file name.
const LONGEST: usize = 50;

/// The name of the files of an instance, without an ending: `NAME-ID`, or the ID. What is no letter,
/// digit, `.`, `_` or `-` in any script becomes a `_`, and so does a dot or dash at the beginning.
pub(crate) fn stem(row: &Row) -> String {
    let safe = |(at, c): (usize, char)| match c {
        '.' | '-' if at == 0 => '_',
        '.' | '-' | '_' => c,
        c if c.is_alphanumeric() => c,
        _ => '_',
    };
    let name: String = row
        .name
        .chars()
        .take(LONGEST)
        .enumerate()
        .map(safe)
        .collect();
    match name.as_str() {
        "" => row.id.to_string(),
        name => format!("{name}-{}", row.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leads_elsewhere() {
        let long = "ü".repeat(60);
        let short = format!("{}-i-0000000a", "ü".repeat(LONGEST));
        for (name, stem) in [
            ("web-1", "web-1-i-0000000a"),
            ("", "i-0000000a"),
            ("../../etc/passwd", "_._.._etc_passwd-i-0000000a"),
            ("..", "_.-i-0000000a"),
            ("-rf *", "_rf__-i-0000000a"),
            ("a\u{1b}[2J\n\0b", "a__2J__b-i-0000000a"),
            ("日本 ü", "日本_ü-i-0000000a"),
            (&long, &short),
        ] {
            let made = super::stem(&Row::example("i-0000000a", name));
            assert_eq!(made, stem, "{name}");
            assert!(!made.contains('/'));
        }
    }
}
