//! Who we are: the chain of places where credentials come from, in botocore's order.
//!
//! The environment, the profile (a role, a web identity, SSO, the file `credentials`, a console
//! login, a command, the file `config`), the container, the instance. The first that has any
//! decides, also where it then fails.

mod cache;
mod login;
mod process;
mod provided;
mod role;
mod sso;
mod sts;
mod token;

use aws_credential_types::Credentials;

use self::cache::Cache;
pub(super) use self::cache::CachedSession;
use super::Regional;
use super::variables::{first, variable};
use crate::plan::aws::bad_value::BadValue;
use crate::plan::aws::profiles::Profile;
use crate::plan::aws::profiles::source;
use crate::plan::aws::profiles::source::{CredentialSource, NamedSource, Origin, WebVariables};
use crate::world::aws::error::{AwsError, CredentialsError, StaleSession, UnreadableFile};

pub(super) use self::provided::{imds, is_metadata_disabled};

/// All that the way to credentials needs.
pub(super) struct ProviderChain<'a> {
    pub(super) profile: Profile<'a>,
    /// Whether the user has named the profile on the command line: then it beats the environment.
    pub(super) explicit: bool,
    /// The AWS file that could not be read.
    pub(super) unread: Option<&'a UnreadableFile>,
    /// Where roles are asked for; AWS without credentials yet.
    pub(super) region: &'a Regional<'a>,
    pub(super) prompts: Prompts,
}

/// Whether the user may be asked for an MFA code. With BatchMode (ssh_config(5)), or while a shell
/// reads the terminal, they may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are what their names say")]
pub enum Prompts {
    Allowed,
    Forbidden,
}

impl Prompts {
    /// What BatchMode says of them.
    #[must_use]
    pub const fn of(batch: bool) -> Self {
        if batch {
            Self::Forbidden
        } else {
            Self::Allowed
        }
    }
}

/// Credentials, and where in the cache they were, if they were there.
pub(super) struct Found {
    pub(super) credentials: Credentials,
    pub(super) kept: Option<CachedSession>,
}

impl From<Credentials> for Found {
    fn from(credentials: Credentials) -> Self {
        Self {
            credentials,
            kept: None,
        }
    }
}

impl ProviderChain<'_> {
    /// The credentials of the first place that has any.
    pub(super) async fn credentials(&self) -> Result<Found, AwsError> {
        if !self.explicit
            && let Some(credentials) = of_environment()?
        {
            self.tell(|| "the environment".to_owned());
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

    /// Those of the container or the instance. Where a profile is named and a file of it could not
    /// be read, they may be somebody else's.
    async fn of_machine(&self) -> Result<Credentials, AwsError> {
        if let Some(unread) = self.unread.filter(|it| it.is_there()) {
            if self.region.aws.profile.is_some() {
                return Err(CredentialsError::Unreadable(unread.clone()).into());
            }
            let terminal = self.region.aws.terminal;
            terminal.warn(&format!("{unread}; going on without it"));
        }
        if provided::has_container()? {
            self.tell(|| "the container's endpoint, since no profile has any".to_owned());
            self.container().await
        } else {
            self.tell(|| "the instance's metadata service, since nothing else has any".to_owned());
            self.instance().await
        }
    }

    /// Tells where credentials come from.
    fn tell(&self, place: impl FnOnce() -> String) {
        self.region
            .debug(|| format!("credentials come from {}", place()));
    }

    /// Those of a source, or of the last of the roles that lead from there. A session from the cache
    /// with which AWS gives no role is dropped, and made anew.
    async fn of(&self, origin: Origin<'_>) -> Result<Found, AwsError> {
        let cache = Cache::open();
        let found = match self.walk(&origin, &cache).await {
            Err(AwsError::Expired { .. } | AwsError::BadCredentials { .. })
                if let Some(kept) = cache.found().filter(CachedSession::forget) =>
            {
                let path = kept.path;
                let stale = StaleSession {
                    path,
                    is_deleted: true,
                };
                self.region.aws.terminal.warn(&stale.to_string());
                self.walk(&origin, &cache).await
            }
            found => found,
        };
        Ok(Found {
            credentials: found?,
            kept: cache.found(),
        })
    }

    /// Walks from a source over the roles, or from the last of them that is in the cache.
    async fn walk(&self, origin: &Origin<'_>, cache: &Cache) -> Result<Credentials, AwsError> {
        let kept = origin.roles.iter().enumerate().find_map(|(number, role)| {
            let credentials = cache.find(&role.cache_key())?;
            Some((number, credentials))
        });
        let (left, mut credentials) = match kept {
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

    /// Those that no role is assumed for yet.
    async fn first(&self, origin: &Origin<'_>, cache: &Cache) -> Result<Credentials, AwsError> {
        self.tell(|| origin.to_string());
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

    /// Those of a `credential_source`, if it has any.
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

/// A key in the environment.
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
