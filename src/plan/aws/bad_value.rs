//! Access keys and tokens with characters that AWS never uses.
//!
//! AWS uses printable ASCII without spaces. Other characters come from Windows line ends or from copying
//! out of a web page: a header cannot contain them, or AWS refuses them without a reason.

use std::fmt;

use thiserror::Error;

use crate::hint::Hint;

/// The first character of a value that cannot be part of it, and its position. It is not secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadCharacter {
    character: char,
    place: Position,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    Beginning,
    Middle,
    End,
}

impl BadCharacter {
    /// The first bad character in a value.
    #[must_use]
    pub(crate) fn of(value: &str) -> Option<Self> {
        Self::first(value, |c| !c.is_ascii_graphic())
    }

    /// The same for a value that may contain spaces (`Bearer abc`).
    fn in_header(value: &str) -> Option<Self> {
        let inner = value.trim_matches(' ');
        let is_bad = |c: &char| !(' '..='~').contains(c);
        Self::first(value, |c| {
            is_bad(c) || *c == ' ' && inner.len() < value.len()
        })
    }

    fn first(value: &str, is_bad: impl Fn(&char) -> bool) -> Option<Self> {
        let flaw = |character, place| Some(Self { character, place });
        if let Some(last) = value.chars().next_back().filter(&is_bad) {
            return flaw(last, Position::End);
        }
        if let Some(first) = value.chars().next().filter(&is_bad) {
            return flaw(first, Position::Beginning);
        }
        flaw(value.chars().find(&is_bad)?, Position::Middle)
    }
}

impl fmt::Display for BadCharacter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.place {
            Position::Beginning => "begins with ",
            Position::Middle => "contains ",
            Position::End => "ends in ",
        })?;
        match self.character {
            '\r' => f.write_str("a carriage return"),
            '\n' => f.write_str("a line feed"),
            '\t' => f.write_str("a tab"),
            ' ' => f.write_str("a space"),
            '\u{feff}' => f.write_str("a byte order mark"),
            other => write!(f, "the character U+{:04X}", u32::from(other)),
        }
    }
}

/// A value with a bad character.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place} {flaw}")]
pub(crate) struct BadValue {
    /// A variable, or a setting with its file and line.
    pub place: String,
    flaw: BadCharacter,
}

impl BadValue {
    /// Checks the value that was found in this place.
    #[must_use]
    pub(crate) fn at(place: &str, value: &str) -> Option<Self> {
        let place = place.to_owned();
        BadCharacter::of(value).map(|flaw| Self { place, flaw })
    }

    /// The same for a value that may contain spaces.
    #[must_use]
    pub(crate) fn in_header(place: &str, value: &str) -> Option<Self> {
        let place = place.to_owned();
        BadCharacter::in_header(value).map(|flaw| Self { place, flaw })
    }
}

impl Hint for BadValue {
    fn hint(&self) -> Option<String> {
        let hint = match self.flaw.character {
            '\r' => "remove it; files with Windows line ends have one at the end of each line",
            _ => "remove it, or copy the value from AWS again",
        };
        Some(hint.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_aws_are_accepted() {
        for value in ["AKIAIOSFODNN7EXAMPLE", "wJalr/K7MDENG+bPxRfiCY==", ""] {
            assert_eq!(BadCharacter::of(value), None);
        }
    }

    #[test]
    fn characters_from_copying_are_named_without_the_value() {
        for (value, said) in [
            ("AKIA\r", "ends in a carriage return"),
            ("AKIA\r\n", "ends in a line feed"),
            (" AKIA", "begins with a space"),
            ("\u{feff}AKIA", "begins with a byte order mark"),
            ("AK\tIA", "contains a tab"),
            ("AKIA\u{201d}", "ends in the character U+201D"),
            ("AK\u{0}IA", "contains the character U+0000"),
        ] {
            let flaw = BadCharacter::of(value).expect("a flaw");
            assert_eq!(flaw.to_string(), said);
        }
    }
}
