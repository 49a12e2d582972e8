//! Containers and instances, with the SDK's providers.

use std::path::PathBuf;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError as SdkCredentialsError;

use super::ProviderChain;
use crate::plan::aws::bad_value::BadValue;
use crate::plan::aws::profiles::Profile;
use crate::world::aws::error::{AwsError, CredentialsError, UnreadableFile};
use crate::world::aws::http::LongTimeout;
use crate::world::aws::variables::{first, is_true, variable};
use crate::world::net::connect_error;
use crate::world::process::bounded;
use crate::world::tty::waiting::Wait;

/// How long a container's endpoint may take: a tool that serves it may ask for an MFA code first.
const CONTAINER: Duration = Duration::from_mins(1);

/// The addresses of the instance metadata service.
const IPV4: &str = "http://169.254.169.254";
const IPV6: &str = "http://[fd00:ec2::254]";

impl ProviderChain<'_> {
    /// The credentials of a container's role.
    pub(super) async fn container(&self) -> Result<Credentials, AwsError> {
        check_container_token()?;
        let mut config = self.provider_config();
        if let Some(client) = self.region.aws.sdk.http_client() {
            config = config.with_http_client(LongTimeout::new(client, CONTAINER));
        }
        let provider = EcsCredentialsProvider::builder().configure(&config).build();
        let wait = Wait::begin("the container's credentials".to_owned());
        let answer = wait.during(Box::pin(provider.provide_credentials()));
        let found = tokio::time::timeout(CONTAINER, answer).await;
        let late = |_| AwsError::NoCredentials {
            cause: format!(
                "the container's endpoint gives no answer within {} seconds",
                CONTAINER.as_secs()
            ),
            profile: None,
        };
        let found = found.map_err(late)?;
        found.map_err(|error| no_credentials(&error, None))
    }

    /// The credentials of an instance's role.
    pub(super) async fn instance(&self) -> Result<Credentials, AwsError> {
        let config = self.provider_config();
        let provider = ImdsCredentialsProvider::builder()
            .imds_client(imds(self.profile, &config)?)
            .configure(&config)
            .build();
        let wait = Wait::begin("the metadata service's credentials".to_owned());
        let found = wait.during(Box::pin(provider.provide_credentials())).await;
        let profile = self.region.aws.profile.clone();
        found.map_err(|error| no_credentials(&error, profile))
    }

    /// Our HTTP client and region, for the SDK's providers. It has no profile, so they read no file
    /// for one.
    pub(super) fn provider_config(&self) -> ProviderConfig {
        provider_config(&self.region.sdk())
    }
}

/// Whether the environment names a container's endpoint.
///
/// # Errors
/// [`AwsError::Setting`].
pub(super) fn has_container() -> Result<bool, AwsError> {
    let names = [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];
    Ok(first(&names)?.is_some())
}

/// Checks that the container's token can be sent.
fn check_container_token() -> Result<(), AwsError> {
    const FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    let (place, token) = if let Some(path) = variable(FILE)? {
        let path = PathBuf::from(path);
        let token = bounded::text(&path).map_err(|cause| {
            let wanted = "check AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
            let what = "the container's token";
            CredentialsError::from(UnreadableFile::new(what, &path, &cause, wanted))
        })?;
        (
            format!("the container's token in {}", path.display()),
            token,
        )
    } else {
        (TOKEN.to_owned(), variable(TOKEN)?.unwrap_or_default())
    };
    match BadValue::in_header(&place, &token) {
        Some(bad) => Err(CredentialsError::BadValue(bad).into()),
        None => Ok(()),
    }
}

/// The part of our configuration that the SDK's providers use; they decide how often to try.
fn provider_config(sdk: &SdkConfig) -> ProviderConfig {
    let mut config = ProviderConfig::default().with_region(sdk.region().cloned());
    if let Some(http) = sdk.http_client() {
        config = config.with_http_client(http);
    }
    if let Some(timeouts) = sdk.timeout_config() {
        config = config.with_timeout_config(timeouts.clone());
    }
    config
}

/// The instance metadata service, with the user's endpoint, timeout and attempts, else botocore's.
pub(in crate::world::aws) fn imds(
    profile: Profile<'_>,
    config: &ProviderConfig,
) -> Result<imds::Client, AwsError> {
    // Each key is the variable in lower case, without its prefix.
    let set = |variable_name: &'static str| {
        let key = variable_name.trim_start_matches("AWS_").to_lowercase();
        let own = || profile.get(&key).filter(|value| !value.is_empty());
        Ok::<_, AwsError>(variable(variable_name)?.or_else(|| own().map(str::to_owned)))
    };
    let number = |name| {
        let text = set(name)?.unwrap_or_default();
        Ok::<_, AwsError>(text.trim().parse::<u32>().ok())
    };
    let timeout = number("AWS_METADATA_SERVICE_TIMEOUT")?.unwrap_or(1);
    let timeout = Duration::from_secs(timeout.into());
    let attempts = number("AWS_METADATA_SERVICE_NUM_ATTEMPTS")?.unwrap_or(1);
    let endpoint = set("AWS_EC2_METADATA_SERVICE_ENDPOINT")?;
    let mode = set("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")?;
    let default = match mode {
        Some(mode) if mode.eq_ignore_ascii_case("ipv6") => IPV6,
        _ => IPV4,
    };
    imds::Client::builder()
        .configure(config)
        .connect_timeout(timeout)
        .read_timeout(timeout)
        .max_attempts(attempts.max(1))
        .endpoint(endpoint.as_deref().unwrap_or(default))
        .map(imds::client::Builder::build)
        .map_err(|cause| AwsError::NoCredentials {
            cause: format!("the endpoint of the metadata service is not valid: {cause}"),
            profile: None,
        })
}

/// Whether the user has disabled the instance metadata service.
///
/// # Errors
/// [`AwsError::Setting`].
pub(in crate::world::aws) fn is_metadata_disabled() -> Result<bool, AwsError> {
    is_true("AWS_EC2_METADATA_DISABLED", None)
}

/// Our error for a provider of the SDK's that gives no credentials.
pub(super) fn no_credentials(error: &SdkCredentialsError, profile: Option<String>) -> AwsError {
    if let Some(network) = connect_error::in_chain(error) {
        return AwsError::Network(network.clone());
    }
    let cause = connect_error::chain(error).last();
    let cause = cause.map(ToString::to_string).unwrap_or_default();
    // The metadata service is the last of the chain: outside EC2, where it does not answer, the
    // SDK's message about it would only confuse.
    let nothing = matches!(error, SdkCredentialsError::CredentialsNotLoaded(_));
    let cause = match profile {
        _ if !nothing && !cause.contains("IMDS") => cause,
        Some(_) => "the profile has none, nor has the metadata service".to_owned(),
        None => "none in the environment, the AWS configuration or the metadata service".to_owned(),
    };
    AwsError::NoCredentials { cause, profile }
}
