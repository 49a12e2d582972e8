//! Patterns of names and tags, in the syntax of EC2's filters.
//!
//! Source: "Wildcards" in "List and filter using the CLI and API" of the EC2 user guide: `*` is any
//! text, `?` one character, and a backslash escapes either and itself.

use std::borrow::Cow;
use std::fmt;

use crate::plan::pattern;

/// A pattern, or a literal text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glob(Vec<Token>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    /// `*`.
    Any,
    /// `?`.
    One,
    Literal(char),
}

/// The pattern that fits this text only.
pub(crate) fn literal(text: &str) -> Cow<'_, str> {
    if !text.contains(is_special) {
        return Cow::Borrowed(text);
    }
    let escaped = |c| [is_special(c).then_some('\\'), Some(c)];
    Cow::Owned(text.chars().flat_map(escaped).flatten().collect())
}

impl Glob {
    /// Reads a pattern. A backslash before anything but `*`, `?` and a backslash is literal.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Self {
        let mut tokens = Vec::new();
        let mut left = text.chars().peekable();
        while let Some(char) = left.next() {
            tokens.push(match char {
                '*' => Token::Any,
                '?' => Token::One,
                '\\' => Token::Literal(left.next_if(|it| is_special(*it)).unwrap_or('\\')),
                other => Token::Literal(other),
            });
        }
        Self(tokens)
    }

    /// Whether it fits only one text.
    #[must_use]
    pub(crate) fn is_literal(&self) -> bool {
        self.0.iter().all(|it| matches!(it, Token::Literal(_)))
    }

    /// Whether a text fits, as EC2 decides it: upper and lower case differ. Takes at most the product
    /// of both lengths in steps.
    #[must_use]
    pub(crate) fn fits(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let is_star = |token: &Token| *token == Token::Any;
        let fits = |token: &Token, char: &char| match token {
            Token::Literal(literal) => literal == char,
            Token::One | Token::Any => true,
        };
        pattern::fits_by(&self.0, &text, is_star, fits)
    }
}

fn is_special(char: char) -> bool {
    matches!(char, '*' | '?' | '\\')
}

/// The value of a filter, in which literal characters are escaped. [`Glob::parse`] reads it back.
impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|token| match token {
            Token::Any => f.write_str("*"),
            Token::One => f.write_str("?"),
            Token::Literal(char) if is_special(*char) => write!(f, "\\{char}"),
            Token::Literal(char) => write!(f, "{char}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_written_as_ec2_reads_it() {
        for (typed, value, is_literal) in [
            ("web-1", "web-1", true),
            ("web-*", "web-*", false),
            ("web-?", "web-?", false),
            (r"web-\*", r"web-\*", true),
            (r"a\b", r"a\\b", true),
            (r"a\\b", r"a\\b", true),
            (r"a\", r"a\\", true),
            ("Büro 'x' \"y\"", "Büro 'x' \"y\"", true),
            ("", "", true),
        ] {
            let glob = Glob::parse(typed);
            assert_eq!(glob.to_string(), value, "{typed}");
            assert_eq!(glob.is_literal(), is_literal, "{typed}");
            assert_eq!(Glob::parse(value), glob, "{typed}");
        }
    }

    #[test]
    fn a_question_mark_is_one_character_of_any_length() {
        for (pattern, text, fits) in [
            ("B?ro", "Büro", true),
            ("*", "", true),
            ("web-*", "web-", true),
            ("web-*", "Web-1", false),
            (r"web-\*", "web-*", true),
            (r"web-\*", "web-1", false),
            ("*-web-?", "eu-web-1", true),
            ("?", "", false),
        ] {
            assert_eq!(Glob::parse(pattern).fits(text), fits, "{pattern} {text}");
        }
    }
}
