//! How many columns of a terminal a text takes.

/// The ranges of characters that are two columns wide, roughly: East Asian scripts and pictures
/// (`W` and `F` in Unicode's EastAsianWidth.txt). A wrong guess only misaligns a line.
const WIDE: [(char, char); 9] = [
    ('\u{1100}', '\u{115f}'),
    ('\u{2e80}', '\u{a4cf}'),
    ('\u{a960}', '\u{a97f}'),
    ('\u{ac00}', '\u{d7a3}'),
    ('\u{f900}', '\u{faff}'),
    ('\u{fe30}', '\u{fe6f}'),
    ('\u{ff00}', '\u{ff60}'),
    ('\u{1f300}', '\u{1faff}'),
    ('\u{20000}', '\u{3fffd}'),
];

/// The columns of a text without control characters.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(column).sum()
}

/// The columns of a character: none for an accent that combines with the one before.
pub(crate) fn column(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' => 0,
        c if c < '\u{1100}' => 1,
        c => {
            1 + usize::from(
                WIDE.iter()
                    .any(|(first, last)| (*first..=*last).contains(&c)),
            )
        }
    }
}

/// The text in at most `width` columns; `…` stands for what is cut off.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let fits = |c: &char| {
        let fits = column(*c) <= left;
        left = left.saturating_sub(column(*c));
        fits
    };
    let mut short: String = text.chars().take_while(fits).collect();
    if width > 0 {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_to_columns() {
        for (text, width, short) in [
            ("web-1", 5, "web-1"),
            ("web-1", 4, "web…"),
            ("web-1", 1, "…"),
            ("web-1", 0, ""),
            ("日本語", 6, "日本語"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("e\u{301}te\u{301}", 3, "e\u{301}te\u{301}"),
        ] {
            assert_eq!(cut(text, width), short, "{text} in {width}");
        }
    }
}
