//! Settings of environment and profile: profile, region, certificates, attempts. The SDK does not
//! read some of them, and panics over some values.

use std::time::Duration;

use aws_config::imds::region::ImdsRegionProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, SdkConfig};
use aws_sdk_ec2::config::FrameworkMetadata;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::sdk_config::Builder;

use super::credentials::{imds, is_metadata_disabled};
use super::files::{self, Files};
use super::http::proxies;
use super::retry;
use super::variables::{first, is_true};
use crate::plan::aws::profiles::Profile;
use crate::plan::aws::region::{RegionSettings, RegionSource};
use crate::plan::target::ids::Region;
use crate::world::aws::error::{AwsError, SettingError};
use crate::world::net::trust::Trust;
use crate::world::net::websocket::NetworkConfig;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(3);

/// How long one attempt of a call may take.
const ATTEMPT: Duration = Duration::from_secs(8);

/// The name of the profile: from the command line, else from the environment. AWS_DEFAULT_PROFILE
/// is a variable of the AWS CLI and of the original.
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

/// The settings of the SDK's clients, except region and credentials. The SDK's own loader would
/// parse the AWS files by different rules.
///
/// # Errors
/// [`AwsError::Setting`] and the like.
pub(super) fn sdk(profile: Profile<'_>, client: SharedHttpClient) -> Result<Builder, AwsError> {
    let is_set = |name, key| is_true(name, profile.get(key));
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(retry::CALL);
    let skew = "AWS_DISABLE_CLOCK_SKEW_CORRECTION";
    let mut sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(client)
        .retry_config(retries(profile)?)
        .timeout_config(timeouts.build())
        .use_fips(is_set("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")?)
        .use_dual_stack(is_set(
            "AWS_USE_DUALSTACK_ENDPOINT",
            "use_dualstack_endpoint",
        )?)
        .disable_clock_skew_correction(is_set(skew, "disable_clock_skew_correction")?);
    if let Ok(metadata) = FrameworkMetadata::new("mssh", Some(env!("CARGO_PKG_VERSION"))) {
        sdk = sdk.framework_metadata(metadata);
    }
    let name = setting("AWS_SDK_UA_APP_ID", "sdk_ua_app_id", profile)?;
    sdk.set_app_name(name.and_then(|(_, name)| AppName::new(name).ok()));
    Ok(sdk)
}

/// The region of the EC2 instance that we run on, if we do.
///
/// # Errors
/// [`AwsError::Setting`] and the like.
pub(super) async fn region_of_this_machine(
    profile: Profile<'_>,
    client: SharedHttpClient,
) -> Result<Option<String>, AwsError> {
    if is_metadata_disabled()? {
        return Ok(None);
    }
    let config = ProviderConfig::default().with_http_client(client);
    let imds = imds(profile, &config)?;
    let provider = ImdsRegionProvider::builder().imds_client(imds).build();
    let region = provider.region().await;
    Ok(region.map(|region| region.to_string()))
}

/// The region settings in the AWS CLI's order. If the region is `known` already, variables that are
/// not UTF-8 do not matter.
pub(super) fn regions(profile: Profile<'_>, known: bool) -> Result<RegionSettings, AwsError> {
    let set = match first(&["AWS_REGION", "AWS_DEFAULT_REGION"]) {
        Err(_) if known => None,
        set => set?,
    };
    let own = profile.get("region").filter(|region| !region.is_empty());
    let own = own.map(str::to_owned);
    let by_profile = || {
        let by = RegionSource::Profile {
            name: profile.name.to_owned(),
            place: profile.line_of("region"),
        };
        Some((own.clone()?, by))
    };
    Ok(RegionSettings {
        first: set
            .map(|(name, region)| (region, RegionSource::Variable(name)))
            .or_else(by_profile),
        profile: own.map(|region| (profile.name.to_owned(), region)),
    })
}

/// The region that is configured, without asking the metadata service of this machine.
///
/// # Errors
/// Files that cannot be parsed, [`AwsError::UnknownProfile`], a bad region.
pub(crate) fn configured_region(name: Option<&str>) -> Result<Option<Region>, AwsError> {
    let files = Files::read()?;
    let name = profile_name(name)?;
    let regions = regions(files.profile(name.as_deref())?, false)?;
    Ok(regions.region()?)
}

/// What connections need that are not the SDK's.
///
/// # Errors
/// Files that cannot be parsed, [`AwsError::UnknownProfile`].
pub(crate) fn network(name: Option<&str>) -> Result<NetworkConfig, AwsError> {
    let files = Files::read()?;
    let name = profile_name(name)?;
    let profile = files.profile(name.as_deref())?;
    Ok(NetworkConfig {
        trust: trust(profile),
        proxies: proxies()?,
    })
}

/// The certificates to trust.
pub(super) fn trust(profile: Profile<'_>) -> Trust {
    let bundle = profile.get("ca_bundle").filter(|path| !path.is_empty());
    let bundle = bundle.map(|path| files::expanded(path.into()));
    Trust::new(bundle.as_deref())
}

/// How often to try a call, and how. The SDK panics over modes that it does not know, such as the AWS
/// CLI's `legacy`, which means `standard` here.
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
                return Err(SettingError::Invalid {
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
            Err(SettingError::Invalid {
                name,
                value,
                wanted,
            }
            .into())
        }
    }
}

/// The value of a variable, or else of the profile's key, and which of them it is. Empty values count
/// as unset.
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
