//! What is wrong with a profile.

use thiserror::Error;

use crate::hint::Hint;
use crate::plan::aws::bad_value::BadValue;

/// Why a profile gives no credentials. All of this is found before any call to AWS.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum ProfileError {
    #[error("AWS profile `{0}` has both `source_profile` and `credential_source`")]
    TwoSources(String),
    #[error("AWS profile `{0}` has a `role_arn`, but nothing to assume it with")]
    NoSource(String),
    #[error("AWS profile `{0}` has an unknown `credential_source`: `{1}`")]
    BadSource(String, String),
    #[error("the `source_profile` of AWS profile `{0}` does not exist: `{1}`")]
    NoSuchSource(String, String),
    #[error("AWS profile `{0}` is the source of another profile, but has no credentials")]
    EmptySource(String),
    #[error("AWS profiles get their credentials from each other: {}", .0.join(", "))]
    Loop(Vec<String>),
    #[error("AWS profile `{0}` has a web identity, but no role to assume with it")]
    NoWebRole(String),
    #[error("AWS profile `{0}` has only half of an access key")]
    HalfAKey(String),
    #[error(transparent)]
    BadValue(#[from] BadValue),
    #[error("the `sso_session` of AWS profile `{0}` does not exist: `{1}`")]
    NoSsoSession(String, String),
    #[error("AWS profile `{0}` is for SSO, but lacks {missing}", missing = .1.join(", "))]
    SsoLacks(String, Vec<&'static str>),
    #[error("AWS profile `{0}` and its `sso_session` differ in `{1}`")]
    SsoDiffers(String, String),
}

impl ProfileError {
    /// Whether a file that could not be read may contain what is missing.
    #[must_use]
    pub(crate) fn is_of_something_missing(&self) -> bool {
        match self {
            Self::NoSource(_)
            | Self::NoSuchSource(..)
            | Self::EmptySource(_)
            | Self::NoWebRole(_)
            | Self::HalfAKey(_)
            | Self::NoSsoSession(..)
            | Self::SsoLacks(..) => true,
            Self::TwoSources(_)
            | Self::BadSource(..)
            | Self::Loop(_)
            | Self::BadValue(_)
            | Self::SsoDiffers(..) => false,
        }
    }
}

impl Hint for ProfileError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::TwoSources(_) => "remove one of them",
            Self::NoSource(_) => {
                "set `source_profile`, or `credential_source` if this machine has credentials"
            }
            Self::BadSource(..) => "use Environment, Ec2InstanceMetadata or EcsContainer",
            Self::NoSuchSource(..) => "`aws configure list-profiles` lists the profiles",
            Self::EmptySource(_) => "give it an access key, a role, SSO or a `credential_process`",
            Self::Loop(_) => "one of them needs credentials of its own",
            Self::NoWebRole(_) => "set `role_arn`, or AWS_ROLE_ARN",
            Self::HalfAKey(_) => {
                "set `aws_access_key_id` and `aws_secret_access_key` in the same file"
            }
            Self::BadValue(bad) => return bad.hint(),
            Self::NoSsoSession(_, session) => {
                return Some(format!(
                    "add a section `[sso-session {session}]` to the AWS configuration: \
                     `aws configure sso-session` does that"
                ));
            }
            Self::SsoLacks(name, _) => {
                return Some(format!(
                    "`aws configure sso --profile {name}` asks for them"
                ));
            }
            Self::SsoDiffers(..) => "remove it from the profile",
        };
        Some(hint.to_owned())
    }
}
