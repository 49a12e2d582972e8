//! IAM Identity Center (SSO) settings, with or without an `sso-session` section.
//!
//! <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html>

use super::error::ProfileError;
use super::role::{python_json, sha1_hex};
use super::{Profile, Value};

/// The complete settings of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sso<'a> {
    pub start_url: &'a str,
    pub region: &'a str,
    pub account_id: &'a str,
    pub role_name: &'a str,
    /// The name of the `sso-session` section, if there is one.
    pub session: Option<&'a str>,
}

impl<'a> Sso<'a> {
    /// The settings of a profile; `None` if it has neither account nor role.
    pub(super) fn of(profile: Profile<'a>) -> Result<Option<Self>, ProfileError> {
        if !profile.has("sso_account_id") && !profile.has("sso_role_name") {
            return Ok(None);
        }
        let session = profile.get("sso_session");
        let section = profile.sso_session();
        if let (Some(name), None) = (session, section) {
            let name = name.to_owned();
            return Err(ProfileError::NoSsoSession(profile.name.to_owned(), name));
        }
        let mut missing = Vec::new();
        let mut setting = |key: &'static str| {
            let shared = section.and_then(|section| section.get(key)?.text());
            shared.or_else(|| profile.get(key)).unwrap_or_else(|| {
                missing.push(key);
                ""
            })
        };
        let sso = Self {
            start_url: setting("sso_start_url"),
            region: setting("sso_region"),
            account_id: setting("sso_account_id"),
            role_name: setting("sso_role_name"),
            session,
        };
        if !missing.is_empty() {
            return Err(ProfileError::SsoLacks(profile.name.to_owned(), missing));
        }
        let both = section.into_iter().flatten();
        let differs = |(key, value): &(&String, &Value)| {
            let own = profile.get(key);
            own.is_some() && own != value.text()
        };
        match both.into_iter().find(differs) {
            Some((key, _)) => Err(ProfileError::SsoDiffers(
                profile.name.to_owned(),
                key.clone(),
            )),
            None => Ok(Some(sso)),
        }
    }

    /// The name under which the AWS CLI stores the token.
    #[must_use]
    pub(crate) fn token_key(&self) -> String {
        sha1_hex(self.session.unwrap_or(self.start_url))
    }

    /// The name under which the AWS CLI caches the role's credentials.
    #[must_use]
    pub(crate) fn cache_key(&self) -> String {
        let account = python_json(self.account_id);
        let role = python_json(self.role_name);
        let last = match self.session {
            Some(session) => format!("\"sessionName\":{}", python_json(session)),
            None => format!("\"startUrl\":{}", python_json(self.start_url)),
        };
        sha1_hex(&format!(
            "{{\"accountId\":{account},\"roleName\":{role},{last}}}"
        ))
    }
}
