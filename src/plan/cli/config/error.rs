//! Mistakes in the configuration file, each with its place.

use thiserror::Error;

use super::keys::keys;
use crate::hint::Hint;
use crate::plan::cli::usage::Usage;

/// A mistake, and where it is.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{path}:{line}:{column}: {mistake}")]
pub(crate) struct ConfigError {
    pub(crate) path: String,
    /// From 1.
    pub(crate) line: usize,
    /// In characters, from 1.
    pub(crate) column: usize,
    pub(crate) mistake: Mistake,
}

/// What is wrong.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// By the parser of TOML, in its words.
    #[error("{0}")]
    Syntax(String),
    #[error("the file is not UTF-8")]
    NotUtf8,
    #[error("unknown section `{word}`")]
    Section {
        word: String,
        nearest: Option<&'static str>,
    },
    /// A key outside of a section.
    #[error("`{0}` is in no section")]
    NoSection(String),
    #[error("unknown key `{word}`")]
    Key {
        word: String,
        nearest: Option<&'static str>,
    },
    /// What it is, and what it must be.
    #[error("`{key}` is {found}, not a {wanted}")]
    Type {
        key: String,
        found: &'static str,
        wanted: &'static str,
    },
    #[error("`{0}` must be true or false")]
    Switch(&'static str),
    #[error("a pattern with a dot needs quotes")]
    Dotted(String),
    #[error("`{0}` is empty")]
    Empty(&'static str),
    #[error(transparent)]
    Value(Usage),
    #[error("`{word}` is not a valid value for `{key}`")]
    Choice {
        key: &'static str,
        word: String,
        nearest: Option<&'static str>,
        choices: &'static [&'static str],
    },
    #[error("`{0}` is for one host only")]
    OneHost(&'static str),
    #[error("`{0}` is neither an absolute path nor one in `~/`")]
    Relative(String),
}

const SECTIONS: &str = "sections are [defaults] and [host.\"PATTERN\"]";

impl Hint for ConfigError {
    fn hint(&self) -> Option<String> {
        let text = match &self.mistake {
            Mistake::Syntax(_) => "the file is TOML: see https://toml.io",
            Mistake::NotUtf8 => "save it as UTF-8",
            Mistake::NoSection(_) => "put it below [defaults] or [host.\"PATTERN\"]",
            Mistake::OneHost(_) => "put it below [host.\"PATTERN\"]",
            Mistake::Empty(_) => "give a value, or leave it out",
            Mistake::Section { nearest, .. } => return Some(meant(*nearest, || SECTIONS.into())),
            Mistake::Key { nearest, .. } => return Some(meant(*nearest, all_keys)),
            Mistake::Choice {
                nearest, choices, ..
            } => {
                let all = || format!("choose one of: {}", choices.join(", "));
                return Some(meant(*nearest, all));
            }
            Mistake::Type { key, wanted, .. } if *wanted == "string" => {
                return Some(format!("write `{key} = \"…\"`"));
            }
            Mistake::Type { .. } => SECTIONS,
            Mistake::Switch(key) => return Some(format!("write `{key} = true`, without quotes")),
            Mistake::Dotted(pattern) => return Some(format!("write [host.\"{pattern}\"]")),
            Mistake::Relative(path) => {
                return Some(format!("write `~/{path}` or the whole path"));
            }
            Mistake::Value(usage) => return usage.hint(),
        };
        Some(text.to_owned())
    }
}

fn meant(nearest: Option<&str>, otherwise: impl FnOnce() -> String) -> String {
    nearest.map_or_else(otherwise, |known| format!("did you mean `{known}`?"))
}

fn all_keys() -> String {
    let keys: Vec<_> = keys().map(|key| key.long).collect();
    format!("keys are: {}", keys.join(", "))
}

/// The line and the column of this byte, both from 1.
pub(crate) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..at.min(text.len())];
    let begin = before
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |it| it + 1);
    let line = before.split(|&b| b == b'\n').count();
    // A byte that continues a character is none.
    let column = before[begin..]
        .iter()
        .filter(|&&b| b & 0xc0 != 0x80)
        .count()
        + 1;
    (line, column)
}
