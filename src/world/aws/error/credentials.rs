//! Why there are no credentials, where more can be said than that.

use std::fmt;
use std::path::PathBuf;

use super::unreadable::UnreadableFile;
use super::with_profile;
use crate::plan::aws::bad_value::BadValue;
use crate::plan::aws::profiles::error::ProfileError;

/// What stands between the user and their credentials.
#[derive(Debug)]
#[expect(missing_docs, reason = "the text of each variant stands in fmt()")]
pub enum CredentialsError {
    Profile(ProfileError),
    HalfEnvironment,
    BadValue(BadValue),
    SourceEmpty {
        profile: String,
        source: &'static str,
    },
    Unreadable(UnreadableFile),
    WebIdentity {
        token_file: PathBuf,
        message: String,
    },
    Process {
        profile: String,
        fault: String,
    },
    NoMfaCode {
        profile: String,
        why: NoMfaCode,
    },
    WrongCode,
    /// SSO or a console login; `command` logs in.
    LoggedOut {
        profile: String,
        command: &'static str,
        why: NoLogin,
    },
    /// SSO knows the user, and does not give them the role.
    NotAssigned {
        role: String,
        account: String,
    },
}

/// Why there is no login.
#[derive(Debug)]
#[expect(
    missing_docs,
    reason = "the text of each variant stands with CredentialsError's"
)]
pub enum NoLogin {
    Missing,
    Expired,
    Unreadable(PathBuf, &'static str),
}

/// Why there is no MFA code.
#[derive(Debug)]
#[expect(missing_docs, reason = "the text of each variant stands in fmt()")]
pub enum NoMfaCode {
    BatchMode,
    NoTerminal,
    NoneGiven,
    NotSixDigits,
}

impl From<UnreadableFile> for CredentialsError {
    fn from(unread: UnreadableFile) -> Self {
        Self::Unreadable(unread)
    }
}

impl std::error::Error for CredentialsError {}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile(error) => error.fmt(f),
            Self::BadValue(bad) => bad.fmt(f),
            Self::HalfEnvironment => {
                f.write_str("AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not")
            }
            Self::SourceEmpty { profile, source } => write!(
                f,
                "the `credential_source` of AWS profile `{profile}` has no credentials: {source}"
            ),
            Self::Unreadable(unread) => unread.fmt(f),
            Self::WebIdentity { message, .. } => {
                write!(f, "AWS does not accept the web identity token: {message}")
            }
            Self::Process { profile, fault } => {
                write!(
                    f,
                    "the `credential_process` of AWS profile `{profile}` {fault}"
                )
            }
            Self::NoMfaCode { profile, why } => {
                write!(f, "AWS profile `{profile}` needs an MFA code, {why}")
            }
            Self::WrongCode => f.write_str("AWS does not accept the MFA code"),
            Self::LoggedOut { profile, why, .. } => match why {
                NoLogin::Missing => write!(f, "nobody is logged in for AWS profile `{profile}`"),
                NoLogin::Expired => write!(f, "the login of AWS profile `{profile}` has expired"),
                NoLogin::Unreadable(path, fault) => write!(
                    f,
                    "cannot read the login of AWS profile `{profile}` in {}: {fault}",
                    path.display()
                ),
            },
            Self::NotAssigned { role, account } => {
                write!(
                    f,
                    "SSO does not give you the role {role} in account {account}"
                )
            }
        }
    }
}

impl fmt::Display for NoMfaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BatchMode => "and BatchMode forbids to ask for it",
            Self::NoTerminal => "and there is no terminal to ask for it",
            Self::NoneGiven => "and none was given",
            Self::NotSixDigits => "which is six digits",
        })
    }
}

impl CredentialsError {
    /// A profile's login is of no use.
    #[must_use]
    pub fn no_login(profile: &str, command: &'static str, why: NoLogin) -> Self {
        let profile = profile.to_owned();
        Self::LoggedOut {
            profile,
            command,
            why,
        }
    }

    /// What to try.
    pub(super) fn hint(&self) -> String {
        let hint = match self {
            Self::Profile(error) => return error.hint(),
            Self::HalfEnvironment => "set both, or neither",
            Self::BadValue(bad) => bad.hint(),
            Self::SourceEmpty { source, .. } => match *source {
                "Environment" => "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                "EcsContainer" => "does the task have a role?",
                _ => "does the instance have a role?",
            },
            Self::Unreadable(unread) => return unread.hint(),
            Self::WebIdentity { token_file, .. } => {
                let file = token_file.display();
                return format!("whoever writes {file} has to write a new one");
            }
            Self::Process { .. } => {
                "it is run without a shell, so `~` and `$` stay as they are; it must print JSON with \
                 `Version` 1, `AccessKeyId` and `SecretAccessKey`"
            }
            Self::NoMfaCode { profile, why } => match why {
                NoMfaCode::BatchMode | NoMfaCode::NoTerminal => {
                    let command = "aws sts get-caller-identity";
                    return format!(
                        "run `{}` in a terminal first: its session is found here",
                        with_profile(command, Some(profile))
                    );
                }
                NoMfaCode::NoneGiven | NoMfaCode::NotSixDigits => {
                    "type the digits that the MFA device shows"
                }
            },
            Self::WrongCode => "wait for the device's next code: each is good once",
            Self::LoggedOut {
                profile, command, ..
            } => {
                return format!("log in with `{}`", with_profile(command, Some(profile)));
            }
            Self::NotAssigned { .. } => {
                "check `sso_role_name` and `sso_account_id`, or ask for the role"
            }
        };
        hint.to_owned()
    }
}
