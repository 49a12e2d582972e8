//! The credential provider chain, in the order of botocore 1.43 and the AWS CLI 2.36.
//!
//! The environment, the profile (a role, a web identity, SSO, the file `credentials`, a console
//! login, a command, the file `config`), the container, the instance. The first that is configured
//! counts, even if it then fails. A newer botocore may add providers: compare
//! `botocore.credentials.create_credential_resolver`.

mod cache;
mod login;
mod process;
mod provided;
mod role;
mod sso;
mod sts;
mod token;
pub(super) mod unattended;

use std::sync::OnceLock;

use aws_credential_types::Credentials;

use self::cache::Cache;
pub(super) use self::cache::CachedSession;
use super::Regional;
use super::variables::{first, variable};
use crate::plan::aws::bad_value::BadValue;
use crate::plan::aws::profiles::Profile;
use crate::plan::aws::profiles::source::{
    self, CredentialSource, NamedSource, Origin, WebVariables,
};
use crate::world::aws::error::{AwsError, CredentialsError, StaleSession, UnreadableFile};

pub(super) use self::provided::{imds, is_metadata_disabled};

/// What it takes to get credentials.
pub(super) struct ProviderChain<'a> {
    pub(super) profile: Profile<'a>,
    /// Whether the command line names the profile: then it takes precedence over the environment.
    pub(super) explicit: bool,
    pub(super) unread: Option<&'a UnreadableFile>,
    /// Where roles are assumed; without credentials yet.
    pub(super) region: &'a Regional<'a>,
    pub(super) prompts: Prompts,
    /// Where the credentials are from, in words.
    pub(super) source: OnceLock<String>,
}

/// Whether the user may be asked for an MFA code. With BatchMode (ssh_config(5)), or while a shell
/// reads the terminal, they may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prompts {
    Allowed,
    Forbidden,
}

/// Credentials, and their file in the cache if they are from there.
pub(super) struct Found {
    pub(super) credentials: Credentials,
    pub(super) cached: Option<CachedSession>,
}

impl From<Credentials> for Found {
    fn from(credentials: Credentials) -> Self {
        Self {
            credentials,
            cached: None,
        }
    }
}

impl ProviderChain<'_> {
    /// The credentials of the first provider that is configured.
    pub(super) async fn credentials(&self) -> Result<Found, AwsError> {
        if !self.explicit
            && let Some(credentials) = of_environment()?
        {
            self.log_source(|| "the environment".to_owned());
            return Ok(credentials.into());
        }
        let web = if self.explicit {
            WebVariables::default()
        } else {
            web_variables()?
        };
        match source::origin(self.profile, &web).map_err(CredentialsError::Profile)? {
            Some(origin) => self.of(origin).await,
            None => self.of_machine().await.map(Found::from),
        }
    }

    /// Those of the container or the instance. If a profile is named and one of its files could not be
    /// read, they may be the wrong ones.
    async fn of_machine(&self) -> Result<Credentials, AwsError> {
        if let Some(unread) = self.unread.filter(|it| it.is_there()) {
            if self.region.aws.profile.is_some() {
                return Err(CredentialsError::Unreadable(unread.clone()).into());
            }
            let terminal = self.region.aws.terminal;
            terminal.warn(&format!("{unread}; going on without it"));
        }
        if provided::has_container()? {
            self.log_source(|| "the container's endpoint, since no profile has any".to_owned());
            self.container().await
        } else {
            self.log_source(|| {
                "the instance's metadata service, since nothing else has any".to_owned()
            });
            self.instance().await
        }
    }

    /// Reports the source of the credentials.
    fn log_source(&self, place: impl FnOnce() -> String) {
        let place = self.source.get_or_init(place);
        self.region
            .debug(|| format!("credentials come from {place}"));
    }

    /// Those of a profile, through its roles. If AWS rejects a cached session in between, it is
    /// deleted and requested anew.
    async fn of(&self, origin: Origin<'_>) -> Result<Found, AwsError> {
        let cache = Cache::open();
        let found = match self.assume_roles(&origin, &cache).await {
            Err(AwsError::Expired { .. } | AwsError::BadCredentials { .. })
                if let Some(cached) = cache.found().filter(CachedSession::delete) =>
            {
                let path = cached.path;
                let stale = StaleSession {
                    path,
                    is_deleted: true,
                };
                self.region.aws.terminal.warn(&stale.to_string());
                self.assume_roles(&origin, &cache).await
            }
            found => found,
        };
        Ok(Found {
            credentials: found?,
            cached: cache.found(),
        })
    }

    /// Assumes the roles one after the other, beginning with the last one whose session is cached.
    async fn assume_roles(
        &self,
        origin: &Origin<'_>,
        cache: &Cache,
    ) -> Result<Credentials, AwsError> {
        let cached = origin.roles.iter().enumerate().find_map(|(number, role)| {
            let credentials = cache.find(&role.cache_key())?;
            Some((number, credentials))
        });
        let (left, mut credentials) = match cached {
            Some((number, credentials)) => {
                let role = origin.roles[number].role_arn;
                self.region
                    .debug(|| format!("session of {role} from the AWS CLI's cache"));
                (number, credentials)
            }
            None => (origin.roles.len(), self.first(origin, cache).await?),
        };
        for role in origin.roles[..left].iter().rev() {
            self.region.debug(|| format!("assuming {}", role.role_arn));
            credentials = self.assume(role, credentials, cache).await?;
        }
        Ok(credentials)
    }

    /// Those with which the first role is assumed.
    async fn first(&self, origin: &Origin<'_>, cache: &Cache) -> Result<Credentials, AwsError> {
        self.log_source(|| origin.to_string());
        match &origin.source {
            CredentialSource::AccessKey(key) => {
                let token = key.token.map(str::to_owned);
                let (id, secret) = (key.id, key.secret);
                Ok(Credentials::new(id, secret, token, None, "profile"))
            }
            CredentialSource::Named(source) => {
                let found = self.named(*source).await?;
                let empty = || CredentialsError::EmptySource {
                    profile: origin.profile.to_owned(),
                    source_name: *source,
                };
                Ok(found.ok_or_else(empty)?)
            }
            CredentialSource::WebIdentity(identity) => self.web_identity(identity, cache).await,
            CredentialSource::Sso(sso) => self.sso(sso, origin.profile, cache).await,
            CredentialSource::Login(name) => self.login(name, origin.profile).await,
            CredentialSource::Process(command) => {
                Ok(process::credentials(command, origin.profile).await?)
            }
        }
    }

    /// Those of a `credential_source`; `None` if it has none.
    async fn named(&self, source: NamedSource) -> Result<Option<Credentials>, AwsError> {
        match source {
            NamedSource::Environment => of_environment(),
            NamedSource::EcsContainer if !provided::has_container()? => Ok(None),
            NamedSource::EcsContainer => self.container().await.map(Some),
            NamedSource::Ec2InstanceMetadata => match self.instance().await {
                Err(AwsError::NoCredentials { .. }) => Ok(None),
                found => found.map(Some),
            },
        }
    }
}

/// The access key in the environment.
fn of_environment() -> Result<Option<Credentials>, AwsError> {
    let Some(id) = first(&["AWS_ACCESS_KEY_ID"])? else {
        return Ok(None);
    };
    let secret = first(&["AWS_SECRET_ACCESS_KEY"])?.ok_or(CredentialsError::HalfEnvironment)?;
    let token = first(&["AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN"])?;
    for (name, value) in [&id, &secret].into_iter().chain(&token) {
        if let Some(bad) = BadValue::at(name, value) {
            return Err(CredentialsError::BadValue(bad).into());
        }
    }
    let (id, secret, token) = (id.1, secret.1, token.map(|(_, token)| token));
    Ok(Some(Credentials::new(
        id,
        secret,
        token,
        None,
        "environment",
    )))
}

fn web_variables() -> Result<WebVariables, AwsError> {
    Ok(WebVariables {
        token_file: variable("AWS_WEB_IDENTITY_TOKEN_FILE")?,
        role_arn: variable("AWS_ROLE_ARN")?,
        session_name: variable("AWS_ROLE_SESSION_NAME")?,
    })
}
