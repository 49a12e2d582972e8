//! AWS: who we are there, and how long we wait.

mod credentials;
mod ec2;
mod explain;
pub mod files;
mod http;
mod instance_connect;

use std::fmt::Debug;
use std::future::Future;
use std::time::{Duration, Instant};

use aws_config::imds::region::ImdsRegionProvider;
use aws_config::profile::profile_file as library;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_ec2::config::FrameworkMetadata;
use aws_sdk_ec2::operation::RequestId;

use self::credentials::{Chain, imds, is_metadata_disabled, variable};
pub use self::explain::Push;
use self::http::SchemeClient;
use super::terminal::Terminal;
use crate::error::Error;
use crate::plan::names::Region;
use crate::plan::profiles::{DEFAULT, Profile, Profiles};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(3);

/// How long AWS may take for one answer.
const ATTEMPT: Duration = Duration::from_secs(8);

/// How long a call may take in all, retries included.
const CALL: Duration = Duration::from_secs(20);

/// How often a throttled call is tried, unless AWS_MAX_ATTEMPTS or the profile say so: a burst of
/// a few hundred runs has to get through. The waits between double, with jitter, from at most
/// [`BACKOFF`] on; [`CALL`] ends them in any case.
const ATTEMPTS: u32 = 8;

/// The first wait's upper bound.
const BACKOFF: Duration = Duration::from_millis(400);

/// The number of tries that the SDK settles on where nothing is configured.
const SDK_ATTEMPTS: u32 = 3;

/// The user's AWS configuration.
#[derive(Debug)]
pub struct Aws {
    sdk: SdkConfig,
    profile: Option<String>,
    /// Whether the credentials are of a session, which can expire.
    temporary: bool,
    terminal: Terminal,
}

impl Aws {
    /// Loads what environment and files say, as the AWS CLI would. A `profile` beats keys in the
    /// environment, and `region` all else. `is_batch` tells whether nobody is to be asked for
    /// anything, and is called only where somebody would be.
    ///
    /// Credentials are got here, once for all calls, and under no time limit of a call: an MFA code
    /// or a `credential_process` may have to wait for a person.
    ///
    /// # Errors
    /// [`Error::UnknownProfile`], [`Error::Credentials`] and the like.
    pub async fn load(
        profile: Option<&str>,
        region: Option<&Region>,
        is_batch: impl AsyncFn() -> Result<bool, Error>,
        terminal: Terminal,
    ) -> Result<Self, Error> {
        let started = Instant::now();
        let profiles = files::read()?;
        let name = profile.map(str::to_owned).or_else(profile_of_environment);
        let explicit = profile.is_some();
        let profile = settings(&profiles, name.as_deref())?;
        let sdk = patient(loader(profile, region)?.load().await);
        let mut aws = Self {
            sdk,
            profile: name.clone(),
            temporary: false,
            terminal,
        };
        let chain = Chain {
            profile,
            explicit,
            at: &aws.somewhere(),
            is_batch,
        };
        let credentials = chain.credentials().await?;
        aws.temporary = credentials.session_token().is_some();
        let provider = SharedCredentialsProvider::new(credentials);
        aws.sdk = aws
            .sdk
            .into_builder()
            .credentials_provider(provider)
            .build();
        terminal.debug(|| format!("AWS profile {} loaded in {}", profile.name, took(started)));
        Ok(aws)
    }

    /// Where roles are asked for: in the region at hand, else where STS was first.
    fn somewhere(&self) -> Regional<'_> {
        let region = self.sdk.region().map(AsRef::as_ref);
        let name = region.filter(|name| !name.is_empty());
        Regional {
            aws: self,
            name: name.unwrap_or("us-east-1").to_owned(),
        }
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

/// What the files say of a profile, which must be there if it has been named.
fn settings<'a>(profiles: &'a Profiles, name: Option<&'a str>) -> Result<Profile<'a>, Error> {
    let found = profiles.profile(name.unwrap_or(DEFAULT));
    match (found, name) {
        (Some(profile), _) => Ok(profile),
        (None, None) => Ok(Profile::empty(DEFAULT)),
        (None, Some(name)) => Err(Error::UnknownProfile {
            name: name.to_owned(),
            known: profiles.names(),
        }),
    }
}

/// The loader of all but credentials, with our limits and our name. It gets the profile from us,
/// and reads no file.
fn loader(profile: Profile<'_>, region: Option<&Region>) -> Result<ConfigLoader, Error> {
    let http = SchemeClient::shared();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .profile_files(spelled(profile))
        .profile_name(DEFAULT)
        .no_credentials()
        .http_client(http.clone())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT)
                .operation_attempt_timeout(ATTEMPT)
                .operation_timeout(CALL)
                .build(),
        );
    if let Ok(metadata) = FrameworkMetadata::new("mssh", Some(env!("CARGO_PKG_VERSION"))) {
        loader = loader.framework_metadata(metadata);
    }
    let known = region.map(|region| region.as_str().to_owned());
    let known = known.or_else(|| region_of_configuration(profile));
    Ok(match known {
        Some(known) => loader.region(aws_config::Region::new(known)),
        None if is_metadata_disabled() => loader.region(None::<aws_config::Region>),
        None => {
            let config = ProviderConfig::default().with_http_client(http);
            let client = imds(profile, &config)?;
            loader.region(ImdsRegionProvider::builder().imds_client(client).build())
        }
    })
}

/// The profile as the library takes it: as a file's content.
#[expect(
    deprecated,
    reason = "the names that are not are in a crate for the library alone"
)]
fn spelled(profile: Profile<'_>) -> library::ProfileFiles {
    library::ProfileFiles::builder()
        .with_contents(library::ProfileFileKind::Config, profile.spelled())
        .build()
}

/// The region that environment or profile name, in the AWS CLI's order.
fn region_of_configuration(profile: Profile<'_>) -> Option<String> {
    let own = || profile.get("region").filter(|region| !region.is_empty());
    variable("AWS_REGION")
        .or_else(|| variable("AWS_DEFAULT_REGION"))
        .or_else(|| own().map(str::to_owned))
}

/// The profile that the environment names. The SDK knows the first of these; the second is the
/// AWS CLI's and was the original's.
fn profile_of_environment() -> Option<String> {
    variable("AWS_PROFILE").or_else(|| variable("AWS_DEFAULT_PROFILE"))
}

/// `sdk` with more patience for throttling, unless the user has set the number of tries.
fn patient(sdk: SdkConfig) -> SdkConfig {
    let configured = sdk.retry_config().cloned();
    let retries = configured.unwrap_or_else(RetryConfig::standard);
    if retries.max_attempts() != SDK_ATTEMPTS || std::env::var_os("AWS_MAX_ATTEMPTS").is_some() {
        return sdk;
    }
    let retries = retries
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(BACKOFF);
    sdk.into_builder().retry_config(retries).build()
}

fn took(since: Instant) -> String {
    format!("{:.1} ms", since.elapsed().as_secs_f64() * 1000.0)
}
