//! Variables of the environment.

use std::env::{self, VarError};

use crate::world::aws::error::{AwsError, SettingError};

/// The value of a variable; nothing where it is empty, as it is to botocore.
///
/// # Errors
/// [`AwsError::Setting`]: to take such a value for unset would be to do something else than was asked,
/// such as to take another profile.
pub(super) fn variable(name: &'static str) -> Result<Option<String>, AwsError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(SettingError::NotUtf8 { variable: name }.into()),
    }
}

/// The first of these variables that is set to something, with its name.
///
/// # Errors
/// [`AwsError::Setting`].
pub(super) fn first(names: &[&'static str]) -> Result<Option<(&'static str, String)>, AwsError> {
    for name in names {
        if let Some(value) = variable(name)? {
            return Ok(Some((name, value)));
        }
    }
    Ok(None)
}

/// Whether a variable or else a setting of the profile says `true`, as botocore understands it.
///
/// # Errors
/// [`AwsError::Setting`].
pub(super) fn is_true(name: &'static str, setting: Option<&str>) -> Result<bool, AwsError> {
    let value = variable(name)?;
    let value = value.as_deref().or(setting).unwrap_or_default();
    Ok(value.eq_ignore_ascii_case("true"))
}
