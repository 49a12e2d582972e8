//! AWS: configuration, credentials and calls.

mod call;
mod console;
mod credentials;
pub(crate) mod credentials_json;
mod ec2;
mod eice;
mod endpoint_urls;
pub(crate) mod error;
mod exchange;
pub(crate) mod files;
mod http;
mod images;
mod inspect;
mod instance_connect;
pub(crate) mod listing;
mod network;
mod pages;
mod query;
mod refreshing;
mod regional;
mod retry;
mod settings;
mod sign;
mod ssm;
mod start;
mod variables;

use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

use aws_config::SdkConfig;
pub(crate) use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};

pub(crate) use self::call::{PushRequest, PushTarget};
pub(crate) use self::credentials::Prompts;
pub(crate) use self::credentials::unattended::{Unattended, unattended};
use self::credentials::{CachedSession, Found, ProviderChain};

use self::endpoint_urls::EndpointUrls;
use self::error::{AwsError, StaleSession, UnreadableFile};
use self::files::Files;
use self::http::proxies;
pub(crate) use self::refreshing::RefreshingCredentials;
pub(crate) use self::regional::Regional;
pub(crate) use self::settings::{configured_region, network};
pub(crate) use self::sign::{Scope, presigned};
pub(crate) use self::ssm::{Session, SessionKind};
use crate::plan::aws::profiles::Profile;
use crate::plan::aws::region::{RegionSettings, RegionSource};
use crate::plan::target::ids::Region;
use crate::world::process::clock::took;
use crate::world::tty::terminal::Terminal;

/// The user's AWS configuration.
#[derive(Debug)]
pub(crate) struct Aws {
    sdk: SdkConfig,
    /// The endpoints that the user has set instead of AWS's own.
    endpoint_urls: EndpointUrls,
    profile: Option<String>,
    /// The file in the AWS CLI's cache that the credentials are from, if they are.
    cached: Option<CachedSession>,
    /// The AWS file that could not be read.
    unread: Option<UnreadableFile>,
    region: Option<Region>,
    region_settings: RegionSettings,
    /// Where the credentials are from, in words, if that is known.
    source: Option<String>,
    /// Whether the credentials are a session's, which expires.
    temporary: bool,
    /// When it expires, if that is known.
    end: Option<SystemTime>,
    terminal: Terminal,
}

impl Aws {
    /// Loads the configuration from environment and files, as the AWS CLI would. A `profile` takes
    /// precedence over keys in the environment, and `region` over everything else.
    ///
    /// Gets the credentials too, once for all calls and without a call's time limit: an MFA code or
    /// a `credential_process` may need the user's input.
    ///
    /// # Errors
    /// [`AwsError::UnknownProfile`], [`AwsError::Credentials`] and the like.
    pub(crate) async fn load(
        profile: Option<&str>,
        region: Option<&Region>,
        prompts: Prompts,
        terminal: Terminal,
    ) -> Result<Self, AwsError> {
        let started = Instant::now();
        let files = Files::read()?;
        let name = settings::profile_name(profile)?;
        let chosen = files.profile(name.as_deref())?;
        let aws = Self::unsigned(&files, chosen, name.as_deref(), region, terminal).await?;
        let chain = ProviderChain {
            profile: chosen,
            explicit: profile.is_some(),
            unread: files.unread.as_ref(),
            region: &aws.for_sts()?,
            prompts,
            source: OnceLock::new(),
        };
        let credentials = Box::pin(chain.credentials()).await;
        let source = chain.source.into_inner();
        let credentials = credentials.map_err(|error| files.or_unread(error))?;
        terminal.debug(|| {
            format!(
                "AWS configuration of profile {} and credentials loaded in {}",
                chosen.name,
                took(started)
            )
        });
        let Found {
            credentials,
            cached,
        } = credentials;
        Ok(Self {
            cached,
            source,
            ..aws.signed_by(credentials)
        })
    }

    /// The same with credentials that we already have.
    ///
    /// # Errors
    /// [`AwsError::UnknownProfile`] and the like.
    pub(crate) async fn with(
        credentials: Credentials,
        profile: Option<&str>,
        region: Option<&Region>,
        terminal: Terminal,
    ) -> Result<Self, AwsError> {
        let files = Files::read()?;
        let name = settings::profile_name(profile)?;
        let chosen = files.profile(name.as_deref())?;
        let aws = Self::unsigned(&files, chosen, name.as_deref(), region, terminal).await?;
        Ok(aws.signed_by(credentials))
    }

    /// All but the credentials.
    async fn unsigned(
        files: &Files,
        profile: Profile<'_>,
        name: Option<&str>,
        region: Option<&Region>,
        terminal: Terminal,
    ) -> Result<Self, AwsError> {
        let (trust, proxies) = (settings::trust(profile), proxies()?);
        let endpoint_urls = EndpointUrls::of(profile)?;
        let client = http::Client::shared(trust, proxies);
        let mut region_settings = settings::regions(profile, region.is_some())?;
        if region.is_none() && region_settings.first.is_none() {
            let found = settings::region_of_this_machine(profile, client.clone()).await?;
            region_settings.first = found.map(|region| (region, RegionSource::Metadata));
        }
        let region = match region {
            Some(region) => Some(region.clone()),
            None => region_settings.region()?,
        };
        let sdk = settings::sdk(profile, client)?.service_config(endpoint_urls.clone());
        Ok(Self {
            sdk: sdk.build(),
            region,
            region_settings,
            endpoint_urls,
            profile: name.map(str::to_owned),
            unread: files.unread.clone().filter(UnreadableFile::is_there),
            cached: None,
            source: None,
            temporary: false,
            end: None,
            terminal,
        })
    }

    fn signed_by(mut self, credentials: Credentials) -> Self {
        self.temporary = credentials.session_token().is_some();
        self.end = credentials.expiry();
        let provider = SharedCredentialsProvider::new(credentials);
        let sdk = self.sdk.into_builder().credentials_provider(provider);
        self.sdk = sdk.build();
        self
    }

    /// Where the credentials are from, in words, and when they end, as far as that is known.
    pub(crate) fn credential_facts(&self) -> (Option<&str>, Option<SystemTime>) {
        (self.source.as_deref(), self.end)
    }

    /// The region in which to call STS: the configured one, else STS's first region.
    fn for_sts(&self) -> Result<Regional<'_>, AwsError> {
        match self.region(None) {
            Err(AwsError::NoRegion(_)) => Ok(self.within(Region::us_east_1())),
            region => region,
        }
    }

    /// Deletes the current session from the cache, if it is from there: AWS does not accept it.
    pub(crate) fn delete_session(&self) -> Option<StaleSession> {
        let cached = self.cached.as_ref()?;
        Some(StaleSession {
            path: cached.path.clone(),
            is_deleted: cached.delete(),
        })
    }

    /// The loaded credentials.
    ///
    /// # Errors
    /// [`AwsError::NoCredentials`].
    pub(crate) async fn credentials(&self) -> Result<Credentials, AwsError> {
        let missing = |cause: String| AwsError::NoCredentials {
            cause,
            profile: self.profile.clone(),
        };
        let provider = self.sdk.credentials_provider();
        let provider = provider.ok_or_else(|| missing("no provider".to_owned()))?;
        let credentials = provider.provide_credentials().await;
        credentials.map_err(|error| missing(error.to_string()))
    }

    /// AWS in the preferred region, else in the configured one.
    ///
    /// # Errors
    /// [`AwsError::NoRegion`].
    pub(crate) fn region(&self, preferred: Option<&Region>) -> Result<Regional<'_>, AwsError> {
        let region = preferred.or(self.region.as_ref());
        let region = region.ok_or_else(|| AwsError::NoRegion(self.unread.clone()))?;
        Ok(self.within(region.clone()))
    }

    fn within(&self, region: Region) -> Regional<'_> {
        Regional {
            aws: self,
            region,
            by: None,
        }
    }
}
