//! Why there are no credentials, if the details are known.

use std::path::PathBuf;

use thiserror::Error;

use super::unreadable::UnreadableFile;
use super::with_profile;
use crate::hint::Hint;
use crate::plan::aws::bad_value::BadValue;
use crate::plan::aws::profiles::error::ProfileError;
use crate::plan::aws::profiles::source::NamedSource;

/// Why credentials cannot be loaded.
#[derive(Debug, Error)]
pub(crate) enum CredentialsError {
    #[error(transparent)]
    Profile(#[from] ProfileError),
    #[error("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")]
    HalfEnvironment,
    #[error(transparent)]
    BadValue(#[from] BadValue),
    #[error("the `credential_source` of AWS profile `{profile}` has no credentials: {source_name}")]
    EmptySource {
        profile: String,
        source_name: NamedSource,
    },
    #[error(transparent)]
    Unreadable(#[from] UnreadableFile),
    #[error("AWS does not accept the web identity token: {message}")]
    WebIdentity {
        token_file: PathBuf,
        message: String,
    },
    #[error("the `credential_process` of AWS profile `{profile}` {fault}")]
    Process { profile: String, fault: String },
    #[error("AWS profile `{profile}` needs an MFA code{why}")]
    NoMfaCode { profile: String, why: NoMfaCode },
    #[error("AWS does not accept the MFA code")]
    WrongCode,
    /// SSO or a console login; `command` logs in.
    #[error("{}", why.message(profile))]
    NoLogin {
        profile: String,
        command: &'static str,
        why: NoLogin,
    },
    /// The user is logged in, but has no such role.
    #[error("SSO does not give you the role {role} in account {account}")]
    NotAssigned { role: String, account: String },
}

/// Why there is no login.
#[derive(Debug)]
pub(crate) enum NoLogin {
    Missing,
    Expired,
    Unreadable(PathBuf, &'static str),
}

/// Why there is no MFA code.
#[derive(Debug, Error)]
pub(crate) enum NoMfaCode {
    #[error(", but BatchMode forbids asking")]
    BatchMode,
    #[error(", but there is no terminal to ask on")]
    NoTerminal,
    #[error(", but none was given")]
    NoneGiven,
    #[error(" of six digits")]
    NotSixDigits,
}

impl NoLogin {
    fn message(&self, profile: &str) -> String {
        match self {
            Self::Missing => format!("AWS profile `{profile}` is not logged in"),
            Self::Expired => format!("the login of AWS profile `{profile}` has expired"),
            Self::Unreadable(path, fault) => format!(
                "cannot read the login of AWS profile `{profile}` in {}: {fault}",
                path.display()
            ),
        }
    }
}

impl CredentialsError {
    /// The login of a profile cannot be used.
    #[must_use]
    pub(crate) fn no_login(profile: &str, command: &'static str, why: NoLogin) -> Self {
        let profile = profile.to_owned();
        Self::NoLogin {
            profile,
            command,
            why,
        }
    }
}

impl Hint for CredentialsError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Profile(error) => return error.hint(),
            Self::HalfEnvironment => "set both, or neither",
            Self::BadValue(bad) => return bad.hint(),
            Self::EmptySource { source_name, .. } => match source_name {
                NamedSource::Environment => "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                NamedSource::EcsContainer => "does the task have a role?",
                NamedSource::Ec2InstanceMetadata => "does the instance have a role?",
            },
            Self::Unreadable(file) => return file.hint(),
            Self::WebIdentity { token_file, .. } => {
                let file = token_file.display();
                return Some(format!("a new token has to be written to {file}"));
            }
            Self::Process { .. } => {
                "it runs without a shell, so `~` and `$` are not expanded; it must print JSON with \
                 `Version` 1, `AccessKeyId` and `SecretAccessKey`"
            }
            Self::NoMfaCode { profile, why } => match why {
                NoMfaCode::BatchMode | NoMfaCode::NoTerminal => {
                    let command = with_profile("aws sts get-caller-identity", Some(profile));
                    return Some(format!(
                        "run `{command}` in a terminal first: mssh uses the session that it caches"
                    ));
                }
                NoMfaCode::NoneGiven | NoMfaCode::NotSixDigits => {
                    "type the digits that the MFA device shows"
                }
            },
            Self::WrongCode => "wait for the device's next code: each works only once",
            Self::NoLogin {
                profile, command, ..
            } => {
                let command = with_profile(command, Some(profile));
                return Some(format!("log in with `{command}`"));
            }
            Self::NotAssigned { .. } => {
                "check `sso_role_name` and `sso_account_id`, or ask for the role"
            }
        };
        Some(hint.to_owned())
    }
}
