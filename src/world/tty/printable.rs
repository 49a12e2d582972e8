//! Texts of the network and the system, as a terminal may get them.

/// `text` without the error numbers that Rust appends, as in `Connection refused (os error 111)`.
pub(crate) fn without_numbers(text: &str) -> String {
    const BEGIN: &str = " (os error ";
    let mut parts = text.split(BEGIN);
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(')') {
            Some((number, rest)) if number.parse::<u32>().is_ok() => plain.push_str(rest),
            _ => plain.extend([BEGIN, part]),
        }
    }
    plain
}

/// The most characters of a line. A message of AWS, or of a server in its place, may be as long as an
/// answer.
const LONGEST: usize = 8 * 1024;

/// `text` with invisible characters escaped, cut off if it is too long. Parts of it come from the network: they must
/// not move the cursor or change the reading order (U+202E).
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    let mut rest = text.chars();
    for c in rest.by_ref().take(LONGEST) {
        if is_visible(c) {
            printable.push(c);
        } else {
            printable.extend(c.escape_default());
        }
    }
    if rest.next().is_some() {
        printable.push('…');
    }
    printable
}

/// Whether the standard library prints a character unescaped: no control or format character, no
/// separator but the space, no unassigned one.
fn is_visible(c: char) -> bool {
    // Nearly all of a list; and quotes and backslashes, which the standard library does escape.
    if matches!(c, ' '..='~') {
        return true;
    }
    // Behind a letter: at the beginning of a text, a combining accent would be escaped, too.
    let mut text = String::from("a");
    text.push(c);
    text.escape_debug().nth(1) == Some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_numbers_of_the_system_are_removed() {
        for (text, plain) in [
            ("Connection refused (os error 111)", "Connection refused"),
            (
                "a: No such file or directory (os error 2); b: Is a directory (os error 21).",
                "a: No such file or directory; b: Is a directory.",
            ),
            ("(os error x) (os error", "(os error x) (os error"),
            ("x (os error y) z", "x (os error y) z"),
            ("", ""),
        ] {
            assert_eq!(without_numbers(text), plain);
        }
    }

    #[test]
    fn control_characters_are_shown_not_sent() {
        assert_eq!(printable("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
        assert_eq!(printable("grün"), "grün");
    }

    #[test]
    fn a_line_is_cut_off() {
        let (most, more) = ("x".repeat(LONGEST), "x".repeat(LONGEST + 1));
        assert_eq!(printable(&most), most);
        assert_eq!(printable(&more), format!("{most}…"));
    }

    #[test]
    fn invisible_and_reordering_characters_are_escaped() {
        let hidden = [
            '\u{202e}',
            '\u{202a}',
            '\u{2066}',
            '\u{2069}',
            '\u{200e}',
            '\u{200f}',
            '\u{61c}',
            '\u{200b}',
            '\u{ad}',
            '\u{feff}',
            '\u{2028}',
            '\u{2029}',
            '\u{e0041}',
            '\u{fff9}',
            '\u{9b}',
            '\u{7f}',
            '\u{e000}',
            '\u{a0}',
        ];
        for c in hidden {
            let shown = printable(&format!("a{c}b"));
            assert_eq!(shown, format!("a\\u{{{:x}}}b", u32::from(c)));
        }
    }

    #[test]
    fn words_of_any_script_are_left_alone() {
        for text in [
            "it's \"web\" \\ 1",
            "e\u{301}te\u{301}",
            "日本語",
            "हिन्दी",
            "שלום",
            "مرحبا",
            "🚀",
        ] {
            assert_eq!(printable(text), text);
        }
    }
}
