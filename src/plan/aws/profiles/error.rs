//! What of a profile makes no sense.

use std::fmt;

use crate::plan::aws::bad_value::BadValue;

/// Why a profile gives no credentials, whatever AWS would say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the text of each variant stands in fmt()")]
pub enum ProfileError {
    TwoSources(String),
    NoSource(String),
    BadSource(String, String),
    NoSuchSource(String, String),
    EmptySource(String),
    Loop(Vec<String>),
    NoWebRole(String),
    HalfAKey(String),
    BadValue(BadValue),
    NoSsoSession(String, String),
    SsoLacks(String, Vec<&'static str>),
    SsoDiffers(String, String),
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TwoSources(name) => write!(
                f,
                "AWS profile `{name}` has both `source_profile` and `credential_source`"
            ),
            Self::NoSource(name) => write!(
                f,
                "AWS profile `{name}` has a `role_arn`, but nothing to assume it with"
            ),
            Self::BadSource(name, word) => write!(
                f,
                "AWS profile `{name}` has a `credential_source` that there is not: `{word}`"
            ),
            Self::NoSuchSource(name, source) => write!(
                f,
                "the `source_profile` of AWS profile `{name}` is not there: `{source}`"
            ),
            Self::EmptySource(name) => write!(
                f,
                "AWS profile `{name}` is the source of another one, and has no credentials"
            ),
            Self::Loop(names) => write!(
                f,
                "AWS profiles get their credentials from each other: {}",
                names.join(", ")
            ),
            Self::NoWebRole(name) => write!(
                f,
                "AWS profile `{name}` has a web identity, but no role to assume with it"
            ),
            Self::HalfAKey(name) => write!(f, "AWS profile `{name}` has half an access key"),
            Self::BadValue(bad) => bad.fmt(f),
            Self::NoSsoSession(name, session) => write!(
                f,
                "the `sso_session` of AWS profile `{name}` is not there: `{session}`"
            ),
            Self::SsoLacks(name, missing) => write!(
                f,
                "AWS profile `{name}` is for SSO, and lacks {}",
                missing.join(", ")
            ),
            Self::SsoDiffers(name, key) => write!(
                f,
                "AWS profile `{name}` and its `sso_session` differ in `{key}`"
            ),
        }
    }
}

impl ProfileError {
    /// Whether something is not there that a file might have.
    #[must_use]
    pub fn is_of_something_missing(&self) -> bool {
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

    /// What to try.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::TwoSources(_) => "take one of them out".to_owned(),
            Self::NoSource(_) => {
                "give it a `source_profile`, or a `credential_source` if its host has credentials"
                    .to_owned()
            }
            Self::BadSource(..) => {
                "there are: Environment, Ec2InstanceMetadata, EcsContainer".to_owned()
            }
            Self::NoSuchSource(..) => {
                "`aws configure list-profiles` lists those there are".to_owned()
            }
            Self::EmptySource(_) => "give it an access key, a role, SSO or a command".to_owned(),
            Self::Loop(_) => "one of them needs credentials of its own".to_owned(),
            Self::NoWebRole(_) => "set `role_arn`, or AWS_ROLE_ARN".to_owned(),
            Self::HalfAKey(_) => {
                "`aws_access_key_id` and `aws_secret_access_key` go together, in one file"
                    .to_owned()
            }
            Self::BadValue(bad) => bad.hint().to_owned(),
            Self::NoSsoSession(_, session) => format!(
                "the AWS configuration needs a section `[sso-session {session}]`: \
                 `aws configure sso-session` makes one"
            ),
            Self::SsoLacks(name, _) => {
                format!("`aws configure sso --profile {name}` asks for them")
            }
            Self::SsoDiffers(..) => "take it out of the profile".to_owned(),
        }
    }
}
