//! Where a profile's credentials come from: a source, and the roles that are assumed with it.
//!
//! The order is botocore's: <https://docs.aws.amazon.com/cli/v1/userguide/cli-configure-files.html>
//! and, where that is silent, its module `credentials`.

use super::error::ProfileError;
use std::fmt;

use super::role::Role;
use super::sso::Sso;
use super::{File, Profile, Value};
use crate::plan::aws::bad_value::BadValue;

/// Where credentials come from.
#[derive(Debug)]
pub(crate) struct Origin<'a> {
    /// The first credentials.
    pub source: CredentialSource<'a>,
    /// The profile that has them.
    pub profile: &'a str,
    /// The roles that are assumed with them, the last first.
    pub roles: Vec<Role<'a>>,
}

/// Where the first credentials come from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CredentialSource<'a> {
    /// A key in a file.
    AccessKey(AccessKey<'a>),
    /// What `credential_source` names.
    Named(NamedSource),
    /// A role for the token of another identity provider.
    WebIdentity(WebIdentity),
    /// IAM Identity Center.
    Sso(Sso<'a>),
    /// A console login, by its name.
    Login(&'a str),
    /// The output of a command.
    Process(&'a str),
}

/// The values of `credential_source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NamedSource {
    Environment,
    Ec2InstanceMetadata,
    EcsContainer,
}

impl NamedSource {
    fn parse(name: &str) -> Option<Self> {
        let all = [
            Self::Environment,
            Self::Ec2InstanceMetadata,
            Self::EcsContainer,
        ];
        all.into_iter().find(|it| it.to_string() == name)
    }
}

impl fmt::Display for NamedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A long-term key, or a session that was written into a file.
#[derive(PartialEq, Eq)]
pub(crate) struct AccessKey<'a> {
    pub id: &'a str,
    pub secret: &'a str,
    pub token: Option<&'a str>,
}

impl fmt::Debug for AccessKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AccessKey").field(&self.id).finish()
    }
}

/// A web identity, from a profile or the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WebIdentity {
    /// The file with the token.
    pub token_file: String,
    pub role_arn: String,
    pub session_name: Option<String>,
}

/// The variables of a web identity. Each takes precedence over the profile's setting.
#[derive(Clone, Debug, Default)]
pub(crate) struct WebVariables {
    pub token_file: Option<String>,
    pub role_arn: Option<String>,
    pub session_name: Option<String>,
}

/// Where the credentials of a profile come from, if it has any.
///
/// # Errors
/// What is wrong with the profile, or with one that it refers to.
pub(crate) fn origin<'a>(
    profile: Profile<'a>,
    web: &WebVariables,
) -> Result<Option<Origin<'a>>, ProfileError> {
    if is_role(profile) {
        return role_origin(profile).map(Some);
    }
    Ok(source(profile, web)?.map(|source| Origin {
        source,
        profile: profile.name,
        roles: Vec::new(),
    }))
}

/// Follows `source_profile` to a profile that has credentials itself.
fn role_origin(profile: Profile<'_>) -> Result<Origin<'_>, ProfileError> {
    let mut roles = Vec::new();
    let mut visited = vec![profile.name];
    let mut current = profile;
    loop {
        roles.extend(Role::of(current));
        let next = match role_source(current)? {
            RoleSource::Profile(next) => next,
            RoleSource::Named(source) => {
                return Ok(Origin {
                    source: CredentialSource::Named(source),
                    profile: current.name,
                    roles,
                });
            }
        };
        let itself = next.name == current.name && has_keys(next);
        if visited.contains(&next.name) && !itself {
            visited.push(next.name);
            return Err(ProfileError::Loop(
                visited.iter().map(ToString::to_string).collect(),
            ));
        }
        visited.push(next.name);
        if has_keys(next) || !is_role(next) {
            let found = source(next, &WebVariables::default())?;
            return Ok(Origin {
                source: found.ok_or_else(|| ProfileError::EmptySource(next.name.to_owned()))?,
                profile: next.name,
                roles,
            });
        }
        current = next;
    }
}

/// What a role is assumed with.
enum RoleSource<'a> {
    Named(NamedSource),
    Profile(Profile<'a>),
}

fn role_source(role: Profile<'_>) -> Result<RoleSource<'_>, ProfileError> {
    let name = || role.name.to_owned();
    match (role.get("source_profile"), role.get("credential_source")) {
        (Some(_), Some(_)) => Err(ProfileError::TwoSources(name())),
        (None, None) => Err(ProfileError::NoSource(name())),
        (None, Some(word)) => NamedSource::parse(word)
            .map(RoleSource::Named)
            .ok_or_else(|| ProfileError::BadSource(name(), word.to_owned())),
        (Some(next), None) => role
            .other(next)
            .map(RoleSource::Profile)
            .ok_or_else(|| ProfileError::NoSuchSource(name(), next.to_owned())),
    }
}

/// The source in a profile itself, a role aside.
fn source<'a>(
    profile: Profile<'a>,
    web: &WebVariables,
) -> Result<Option<CredentialSource<'a>>, ProfileError> {
    if let Some(identity) = web_identity(profile, web)? {
        return Ok(Some(CredentialSource::WebIdentity(identity)));
    }
    if let Some(sso) = Sso::of(profile)? {
        return Ok(Some(CredentialSource::Sso(sso)));
    }
    if let Some(keys) = keys(profile, File::Credentials)? {
        return Ok(Some(CredentialSource::AccessKey(keys)));
    }
    if let Some(login) = profile.get("login_session") {
        return Ok(Some(CredentialSource::Login(login)));
    }
    if let Some(command) = profile.get("credential_process") {
        return Ok(Some(CredentialSource::Process(command)));
    }
    Ok(keys(profile, File::Config)?.map(CredentialSource::AccessKey))
}

fn web_identity(
    profile: Profile<'_>,
    web: &WebVariables,
) -> Result<Option<WebIdentity>, ProfileError> {
    let either = |variable: &Option<String>, key: &str| {
        let own = || profile.get(key).map(str::to_owned);
        variable
            .clone()
            .or_else(own)
            .filter(|value| !value.is_empty())
    };
    let Some(token_file) = either(&web.token_file, "web_identity_token_file") else {
        return Ok(None);
    };
    let role_arn = either(&web.role_arn, "role_arn");
    Ok(Some(WebIdentity {
        token_file,
        role_arn: role_arn.ok_or_else(|| ProfileError::NoWebRole(profile.name.to_owned()))?,
        session_name: either(&web.session_name, "role_session_name"),
    }))
}

/// The key in a profile's section of one file.
fn keys(profile: Profile<'_>, file: File) -> Result<Option<AccessKey<'_>>, ProfileError> {
    let section = profile.section(file);
    let get = |key: &str| section?.get(key).and_then(Value::text);
    let good = |key, value| match BadValue::at(&profile.place(file, key), value) {
        Some(bad) => Err(ProfileError::BadValue(bad)),
        None => Ok(value),
    };
    let half = || ProfileError::HalfAKey(profile.name.to_owned());
    let some = |key| get(key).filter(|value| !value.is_empty());
    if get("aws_access_key_id").is_none() {
        return Ok(None);
    }
    let id = some("aws_access_key_id").ok_or_else(half)?;
    let id = good("aws_access_key_id", id)?;
    let secret = some("aws_secret_access_key").ok_or_else(half)?;
    let secret = good("aws_secret_access_key", secret)?;
    let tokens = ["aws_security_token", "aws_session_token"];
    let token = tokens.into_iter().find_map(|key| Some((key, some(key)?)));
    let token = token.map(|(key, token)| good(key, token)).transpose()?;
    Ok(Some(AccessKey { id, secret, token }))
}

/// Whether a profile assumes a role with other credentials; a web identity needs none.
fn is_role(profile: Profile<'_>) -> bool {
    profile.has("role_arn") && !profile.has("web_identity_token_file")
}

fn has_keys(profile: Profile<'_>) -> bool {
    profile.has("aws_access_key_id") || profile.has("aws_secret_access_key")
}

/// For `--debug`.
impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match self.source {
            CredentialSource::AccessKey(_) => "the access key",
            CredentialSource::Named(source) => {
                return write!(
                    f,
                    "the `credential_source` {source} of profile `{}`",
                    self.profile
                );
            }
            CredentialSource::WebIdentity(_) => "the web identity",
            CredentialSource::Sso(_) => "the IAM Identity Center settings",
            CredentialSource::Login(_) => "the console login",
            CredentialSource::Process(_) => "the `credential_process`",
        };
        write!(f, "{source} of profile `{}`", self.profile)
    }
}

#[cfg(test)]
mod tests;
