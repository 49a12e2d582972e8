//! Environment variables.

use std::env::{self, VarError};

use crate::world::aws::error::{AwsError, SettingError};

/// The value of a variable; `None` if it is empty, as in botocore.
///
/// # Errors
/// [`AwsError::Setting`] if it is not UTF-8: to take it for unset could mean another profile than the
/// user asked for.
pub(super) fn variable(name: &'static str) -> Result<Option<String>, AwsError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(SettingError::NotUtf8 { variable: name }.into()),
    }
}

/// The first of these variables with a value, and its name.
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

/// Whether a variable, or else a setting of the profile, is `true` as botocore reads it.
///
/// # Errors
/// [`AwsError::Setting`].
pub(super) fn is_true(name: &'static str, setting: Option<&str>) -> Result<bool, AwsError> {
    let value = variable(name)?;
    let value = value.as_deref().or(setting).unwrap_or_default();
    Ok(value.eq_ignore_ascii_case("true"))
}
