//! AWS: who we are there, and how long we wait.

mod ec2;
mod explain;
pub mod files;
mod http;
mod instance_connect;
mod retry;
mod settings;

use std::fmt::Debug;
use std::future::Future;
use std::time::{Duration, Instant};

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, SdkConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_ec2::config::FrameworkMetadata;
use aws_sdk_ec2::operation::RequestId;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

pub use self::explain::Push;
pub use self::http::{Trust, proxies, tls_trouble};
use super::terminal::Terminal;
use crate::error::Error;
use crate::plan::names::Region;
use crate::plan::profiles::{DEFAULT, Profile};
use crate::plan::proxy::Proxies;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(3);

/// How long AWS may take for one answer.
const ATTEMPT: Duration = Duration::from_secs(8);

/// The user's AWS configuration.
#[derive(Debug)]
pub struct Aws {
    sdk: SdkConfig,
    /// Whom connections that are not the SDK's are to trust, too.
    pub trust: Trust,
    /// The proxies that they are to go through, too.
    pub proxies: Proxies,
    profile: Option<String>,
    /// Whether the credentials are of a session, which can expire.
    temporary: bool,
    terminal: Terminal,
}

impl Aws {
    /// Loads what environment and files say, as the AWS CLI would. A `profile` beats keys in the
    /// environment, and `region` all else.
    ///
    /// Credentials are got here, once for all calls, and under no time limit of a call: a
    /// `credential_process` may have to wait for a person.
    ///
    /// # Errors
    /// [`Error::UnknownProfile`], [`Error::NoCredentials`] and the like.
    pub async fn load(
        profile: Option<&str>,
        region: Option<&Region>,
        terminal: Terminal,
    ) -> Result<Self, Error> {
        let started = Instant::now();
        let files = files::read()?;
        let name = profile.map(str::to_owned).or_else(profile_of_environment);
        let chosen = files.profile(name.as_deref().unwrap_or(DEFAULT));
        let chosen = chosen.unwrap_or(Profile::empty(DEFAULT));
        let (trust, proxies) = (settings::trust(chosen), proxies());
        let client = http::Client::shared(trust.clone(), proxies.clone());
        let loader = loader(profile, region, client).retry_config(settings::retries(chosen)?);
        let sdk = loader.load().await;
        let credentials = match profile {
            // The default chain would take keys in the environment first.
            Some(profile) => of_profile(profile, &sdk).provide_credentials().await,
            None => match sdk.credentials_provider() {
                Some(provider) => provider.provide_credentials().await,
                None => Err(CredentialsError::not_loaded("no provider")),
            },
        };
        let profile = profile.map(str::to_owned).or_else(profile_of_environment);
        let credentials = match credentials {
            Ok(credentials) => credentials,
            Err(error) => return Err(explain::no_credentials(&error, profile).await),
        };
        let temporary = credentials.session_token().is_some();
        let provider = SharedCredentialsProvider::new(credentials);
        terminal.debug(|| {
            let profile = profile.as_deref().unwrap_or("default");
            format!("AWS profile {profile} loaded in {}", took(started))
        });
        Ok(Self {
            sdk: sdk.into_builder().credentials_provider(provider).build(),
            trust,
            proxies,
            profile,
            temporary,
            terminal,
        })
    }

    /// The same in the region that is preferred, else the configured one.
    ///
    /// # Errors
    /// [`Error::NoRegion`].
    pub fn region(&self, preferred: Option<&Region>) -> Result<Regional<'_>, Error> {
        let configured = self.sdk.region().map(AsRef::as_ref).unwrap_or_default();
        let name = match preferred {
            Some(region) => region.as_str().to_owned(),
            None if configured.is_empty() => return Err(Error::NoRegion),
            None => Region::parse(configured)?.as_str().to_owned(),
        };
        Ok(Regional { aws: self, name })
    }
}

/// AWS in one region.
#[derive(Clone, Debug)]
pub struct Regional<'a> {
    aws: &'a Aws,
    /// The region's name.
    pub name: String,
}

impl Regional<'_> {
    fn sdk(&self) -> SdkConfig {
        let region = aws_config::Region::new(self.name.clone());
        self.aws.sdk.to_builder().region(region).build()
    }

    fn debug(&self, text: impl FnOnce() -> String) {
        self.aws.terminal.debug(text);
    }

    /// Makes a call and, under `--debug`, tells how long it took and by what ID AWS knows it.
    async fn timed<T, E>(
        &self,
        action: &str,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E>
    where
        T: RequestId,
        E: RequestId + Debug,
    {
        let started = Instant::now();
        let result = call.await;
        self.debug(|| {
            let (outcome, id) = match &result {
                Ok(output) => ("answered", output.request_id()),
                Err(error) => ("failed", error.request_id()),
            };
            let id = id.map_or(String::new(), |id| format!(", request {id}"));
            format!(
                "{action} in {} {outcome} after {}{id}",
                self.name,
                took(started)
            )
        });
        result
    }
}

/// The loader of the configuration, with our limits and our name.
fn loader(
    profile: Option<&str>,
    region: Option<&Region>,
    client: SharedHttpClient,
) -> ConfigLoader {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(client)
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT)
                .operation_attempt_timeout(ATTEMPT)
                .operation_timeout(retry::CALL)
                .build(),
        );
    if let Ok(metadata) = FrameworkMetadata::new("mssh", Some(env!("CARGO_PKG_VERSION"))) {
        loader = loader.framework_metadata(metadata);
    }
    if let Some(region) = region {
        loader = loader.region(aws_config::Region::new(region.as_str().to_owned()));
    }
    match profile.map(str::to_owned).or_else(profile_of_environment) {
        Some(profile) => loader.profile_name(profile),
        None => loader,
    }
}

/// The credentials of this profile and no others; those of a role are got in the region at hand.
fn of_profile(profile: &str, sdk: &SdkConfig) -> ProfileFileCredentialsProvider {
    let mut config = ProviderConfig::default().with_region(sdk.region().cloned());
    if let Some(http) = sdk.http_client() {
        config = config.with_http_client(http);
    }
    ProfileFileCredentialsProvider::builder()
        .configure(&config)
        .profile_name(profile)
        .build()
}

/// The profile that the environment names. The SDK knows the first of these; the second is the
/// AWS CLI's and was the original's.
fn profile_of_environment() -> Option<String> {
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

fn took(since: Instant) -> String {
    format!("{:.1} ms", since.elapsed().as_secs_f64() * 1000.0)
}
