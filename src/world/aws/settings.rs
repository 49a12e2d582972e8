//! What environment and profile say: which profile and region it is, whom to trust, how often to
//! try. The SDK does not ask for some of it, and would panic over some.

use std::time::Duration;

use aws_config::imds::region::ImdsRegionProvider;
use aws_config::profile::profile_file as library;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader};
use aws_sdk_ec2::config::FrameworkMetadata;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::credentials::{imds, is_metadata_disabled};
use super::files;
use super::files::Files;
use super::http::proxies;
use super::retry;
use super::variables::{first, variable};
use crate::plan::aws::profiles::{DEFAULT, Profile};
use crate::plan::aws::region::{Chooser, Configured};
use crate::world::aws::error::{AwsError, Setting};
use crate::world::net::trust::Trust;
use crate::world::net::websocket::NetworkConfig;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(3);

/// How long AWS may take for one answer.
const ATTEMPT: Duration = Duration::from_secs(8);

/// What the library reads by itself, and takes for unset where it cannot.
const READ_BY_THE_LIBRARY: &[&str] = &["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"];

/// The profile that is named, in the command line or the environment. The SDK knows the first of
/// these variables; the second is the AWS CLI's and was the original's.
///
/// # Errors
/// [`AwsError::Setting`].
pub(super) fn profile_name(option: Option<&str>) -> Result<Option<String>, AwsError> {
    if let Some(name) = option {
        return Ok(Some(name.to_owned()));
    }
    let set = first(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])?;
    Ok(set.map(|(_, name)| name))
}

/// The loader of all but credentials, with our limits and our name. It gets the profile from us,
/// and reads no file.
///
/// # Errors
/// [`AwsError::Setting`] and the like.
pub(super) fn loader(
    profile: Profile<'_>,
    region: Option<&str>,
    client: SharedHttpClient,
) -> Result<ConfigLoader, AwsError> {
    for name in READ_BY_THE_LIBRARY {
        variable(name)?;
    }
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .profile_files(spelled(profile))
        .profile_name(DEFAULT)
        .no_credentials()
        .http_client(client.clone())
        .retry_config(retries(profile)?)
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
    Ok(match region {
        Some(region) => loader.region(aws_config::Region::new(region.to_owned())),
        None if is_metadata_disabled()? => loader.region(None::<aws_config::Region>),
        None => {
            let config = ProviderConfig::default().with_http_client(client);
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

/// What environment and profile say of the region, in the AWS CLI's order. A variable that cannot
/// be is no matter where it does not count, since the region is `known`.
pub(super) fn regions(profile: Profile<'_>, known: bool) -> Result<Configured, AwsError> {
    let set = match first(&["AWS_REGION", "AWS_DEFAULT_REGION"]) {
        Err(_) if known => None,
        set => set?,
    };
    let own = profile.get("region").filter(|region| !region.is_empty());
    let own = own.map(str::to_owned);
    let by_profile = || {
        let chooser = Chooser::Profile(profile.name.to_owned(), profile.line_of("region"));
        Some((own.clone()?, chooser))
    };
    Ok(Configured {
        first: set
            .map(|(name, region)| (region, Chooser::Variable(name)))
            .or_else(by_profile),
        profile: own.map(|region| (profile.name.to_owned(), region)),
    })
}

/// What lies between us and AWS, for what the SDK has no part in.
///
/// # Errors
/// Files of AWS that make no sense, [`AwsError::UnknownProfile`].
pub fn network(name: Option<&str>) -> Result<NetworkConfig, AwsError> {
    let files = Files::read()?;
    let name = profile_name(name)?;
    let profile = files.profile(name.as_deref())?;
    Ok(NetworkConfig {
        trust: trust(profile),
        proxies: proxies()?,
    })
}

/// Whom we trust over TLS.
pub(super) fn trust(profile: Profile<'_>) -> Trust {
    let bundle = profile.get("ca_bundle").filter(|path| !path.is_empty());
    let bundle = bundle.map(|path| files::expanded(path.into()));
    Trust::new(bundle.as_deref())
}

/// How often to try, and how: the SDK ends in a panic over what it does not know, among it the
/// `legacy` of the AWS CLI, which is tried as `standard` here.
///
/// # Errors
/// [`AwsError::Setting`].
fn retries(profile: Profile<'_>) -> Result<RetryConfig, AwsError> {
    let config = match setting("AWS_RETRY_MODE", "retry_mode", profile)? {
        None => RetryConfig::standard(),
        Some((name, mode)) => match mode.to_ascii_lowercase().as_str() {
            "standard" | "legacy" => RetryConfig::standard(),
            "adaptive" => RetryConfig::adaptive(),
            _ => {
                let wanted = "set it to standard, adaptive or legacy";
                let value = mode;
                return Err(Setting::Senseless {
                    name,
                    value,
                    wanted,
                }
                .into());
            }
        },
    };
    let Some((name, value)) = setting("AWS_MAX_ATTEMPTS", "max_attempts", profile)? else {
        return Ok(retry::patient(config));
    };
    match value.parse() {
        Ok(tries) if tries > 0 => Ok(config.with_max_attempts(tries)),
        _ => {
            let wanted = "set it to how often a call may be tried: 1 or more";
            Err(Setting::Senseless {
                name,
                value,
                wanted,
            }
            .into())
        }
    }
}

/// The value of a variable or else of the profile's key, with which of them it is; nothing where
/// it is empty.
fn setting(
    name: &'static str,
    key: &'static str,
    profile: Profile<'_>,
) -> Result<Option<(&'static str, String)>, AwsError> {
    let set = first(&[name])?.filter(|(_, value)| !value.trim().is_empty());
    let set = set.or_else(|| Some((key, profile.get(key)?.to_owned())));
    let set = set.map(|(name, value)| (name, value.trim().to_owned()));
    Ok(set.filter(|(_, value)| !value.is_empty()))
}
