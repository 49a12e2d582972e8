//! Endpoint URLs that the user has set instead of AWS's own.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
//!
//! The SDK would read them itself, but panics if one is empty.

use std::collections::BTreeMap;

use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use hyper::http::Uri;
use hyper::http::uri::Authority;

use super::variables::{first, is_true};
use crate::plan::aws::profiles::Profile;
use crate::world::aws::error::{AwsError, SettingError};

/// For all services: the variable, and the profile's setting.
const FOR_ALL: (&str, &str) = ("AWS_ENDPOINT_URL", "endpoint_url");

/// The services that we call: the SDK's ID, the variable, and the name in a `services` section.
const SERVICES: &[(&str, &str, &str)] = &[
    ("EC2", "AWS_ENDPOINT_URL_EC2", "ec2"),
    (
        "EC2 Instance Connect",
        "AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT",
        "ec2_instance_connect",
    ),
    ("SSM", "AWS_ENDPOINT_URL_SSM", "ssm"),
    ("STS", "AWS_ENDPOINT_URL_STS", "sts"),
    ("SSO", "AWS_ENDPOINT_URL_SSO", "sso"),
    ("SSO OIDC", "AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc"),
    ("Signin", "AWS_ENDPOINT_URL_SIGNIN", "signin"),
];

/// The URLs by the SDK's IDs of the services.
#[derive(Clone, Debug, Default)]
pub(super) struct EndpointUrls(BTreeMap<&'static str, String>);

impl EndpointUrls {
    /// Reads environment and profile in botocore's order. Empty values count as unset.
    ///
    /// # Errors
    /// [`AwsError::Setting`], also for what is not a URL.
    pub(super) fn of(profile: Profile<'_>) -> Result<Self, AwsError> {
        let ignored = profile.get("ignore_configured_endpoint_urls");
        if is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", ignored)? {
            return Ok(Self::default());
        }
        let mut urls = BTreeMap::new();
        for (id, variable, service) in SERVICES {
            let set = first(&[variable, FOR_ALL.0])?;
            let own = || {
                let settings = [profile.services_endpoint(service), profile.get(FOR_ALL.1)];
                let mut settings = settings.into_iter().flatten();
                Some((FOR_ALL.1, settings.find(|url| !url.is_empty())?.to_owned()))
            };
            if let Some((name, url)) = set.or_else(own) {
                urls.insert(*id, checked(name, url)?);
            }
        }
        Ok(Self(urls))
    }

    /// The URL for a service, by the SDK's ID.
    pub(super) fn get(&self, service: &str) -> Option<&str> {
        self.0.get(service).map(String::as_str)
    }
}

impl LoadServiceConfig for EndpointUrls {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let url = self
            .get(key.service_id())
            .filter(|_| key.env() == FOR_ALL.0);
        url.map(str::to_owned)
    }
}

/// Whether there is a host, and a valid port if there is any.
fn has_host_and_port(authority: &Authority) -> bool {
    let without_port = authority.as_str().trim_end_matches(':');
    let is_whole = without_port.ends_with(authority.host()) || authority.port_u16().is_some();
    !authority.host().is_empty() && is_whole
}

/// The URL, if requests can be sent there.
fn checked(name: &'static str, url: String) -> Result<String, AwsError> {
    let parsed: Option<Uri> = url.parse().ok();
    let is_good = parsed.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(has_host_and_port)
    });
    if is_good {
        return Ok(url);
    }
    let wanted = "set it to a URL like https://HOST, or to nothing";
    Err(SettingError::Invalid {
        name,
        value: url,
        wanted,
    }
    .into())
}
