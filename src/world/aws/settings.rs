//! What environment and profile say, where the SDK does not ask or would panic.

use std::env;

use aws_config::retry::RetryConfig;

use super::files;
use super::http::Trust;
use super::retry;
use crate::error::Error;
use crate::plan::profiles::Profile;

/// Whom we trust over TLS.
pub(super) fn trust(profile: Profile<'_>) -> Trust {
    let bundle = profile.get("ca_bundle");
    let bundle = bundle.map(|path| files::expanded(path.into()));
    Trust::new(bundle.as_deref())
}

/// How often to try, and how: the SDK ends in a panic over what it does not know, among it the
/// `legacy` of the AWS CLI, which is tried as `standard` here.
///
/// # Errors
/// [`Error::BadSetting`].
pub(super) fn retries(profile: Profile<'_>) -> Result<RetryConfig, Error> {
    let config = match setting("AWS_RETRY_MODE", "retry_mode", profile) {
        None => RetryConfig::standard(),
        Some((name, mode)) => match mode.to_ascii_lowercase().as_str() {
            "standard" | "legacy" => RetryConfig::standard(),
            "adaptive" => RetryConfig::adaptive(),
            _ => {
                let wanted = "set it to standard, adaptive or legacy";
                let value = mode;
                return Err(Error::BadSetting {
                    name,
                    value,
                    wanted,
                });
            }
        },
    };
    let Some((name, value)) = setting("AWS_MAX_ATTEMPTS", "max_attempts", profile) else {
        return Ok(retry::patient(config));
    };
    match value.parse() {
        Ok(tries) if tries > 0 => Ok(config.with_max_attempts(tries)),
        _ => {
            let wanted = "set it to how often a call may be tried: 1 or more";
            Err(Error::BadSetting {
                name,
                value,
                wanted,
            })
        }
    }
}

/// The value of a variable or else of the profile's key, with which of them it is; nothing where
/// it is empty.
fn setting(
    variable: &'static str,
    key: &'static str,
    profile: Profile<'_>,
) -> Option<(&'static str, String)> {
    let set = env::var_os(variable).map(|it| (variable, it.to_string_lossy().into_owned()));
    let set = set.filter(|(_, value)| !value.trim().is_empty());
    let (name, value) = set.or_else(|| Some((key, profile.get(key)?.to_owned())))?;
    let value = value.trim().to_owned();
    (!value.is_empty()).then_some((name, value))
}
