//! Variables and settings that say nothing we could act on.

use std::fmt;

/// What is wrong with a variable or a setting of the AWS profile.
#[derive(Debug)]
#[expect(missing_docs, reason = "the text of each variant stands in fmt()")]
pub enum SettingError {
    NotUtf8 {
        variable: &'static str,
    },
    Senseless {
        name: &'static str,
        value: String,
        wanted: &'static str,
    },
}

impl std::error::Error for SettingError {}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 { variable } => write!(f, "{variable} is not UTF-8 text"),
            Self::Senseless { name, value, .. } => write!(f, "{name} makes no sense: `{value}`"),
        }
    }
}

impl SettingError {
    /// What to try.
    pub(super) fn hint(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => {
                "set it again in a terminal and a shell whose encoding is UTF-8, or unset it"
            }
            Self::Senseless { wanted, .. } => wanted,
        }
    }
}
