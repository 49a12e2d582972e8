//! Variables and settings with values that cannot be used.

use thiserror::Error;

use crate::hint::Hint;

/// What is wrong with a variable or a setting of the AWS profile.
#[derive(Debug, Error)]
pub(crate) enum SettingError {
    #[error("{variable} is not UTF-8 text")]
    NotUtf8 { variable: &'static str },
    #[error("{name} has an invalid value: `{value}`")]
    Invalid {
        name: &'static str,
        value: String,
        wanted: &'static str,
    },
}

impl Hint for SettingError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NotUtf8 { .. } => {
                "set it again in a terminal and a shell whose encoding is UTF-8, or unset it"
            }
            Self::Invalid { wanted, .. } => wanted,
        };
        Some(hint.to_owned())
    }
}
