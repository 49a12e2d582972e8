//! Signatures for requests that the SDK does not send: the handshakes of websockets.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningInstructions, SigningSettings, sign,
};
use aws_sigv4::sign::v4::SigningParams;

use super::Regional;
use crate::plan::target::ids::Region;
use crate::wire::eice::encode;
use crate::world::aws::error::AwsError;

/// The service, region and time that a signature is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    /// The service's signing name.
    pub service: &'a str,
    pub region: &'a Region,
    /// When it is signed.
    pub time: SystemTime,
}

/// `url`, which must have a query, signed for a GET within `life` from now. The signature comes last,
/// as in AWS's own clients.
///
/// # Errors
/// None for a valid URL.
pub(crate) fn presigned(
    url: &str,
    credentials: &Credentials,
    scope: Scope<'_>,
    life: Duration,
) -> Result<String, AwsError> {
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(life);
    let signed = signed(url, credentials, scope, settings)?;
    let (_, mut params) = signed.into_parts();
    params.sort_by_key(|(name, _)| *name == "X-Amz-Signature");
    Ok(params.iter().fold(url.to_owned(), |url, (name, value)| {
        format!("{url}&{name}={}", encode(value))
    }))
}

/// The headers that sign a GET of `url`: host, date and any session token are signed.
fn headers(
    url: &str,
    credentials: &Credentials,
    scope: Scope<'_>,
) -> Result<Vec<(String, String)>, AwsError> {
    let signed = signed(url, credentials, scope, SigningSettings::default())?;
    let headers = signed.headers();
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    Ok(headers.map(owned).collect())
}

impl Regional<'_> {
    /// The headers that sign the upgrade to a session's websocket, for now. Session Manager accepts
    /// signed upgrades since version 1.2.764 of the official plugin.
    ///
    /// # Errors
    /// [`AwsError::NoCredentials`], and a URL that is not valid.
    pub(crate) async fn sign_upgrade(&self, url: &str) -> Result<Vec<(String, String)>, AwsError> {
        let credentials = self.aws.credentials().await?;
        let scope = Scope {
            service: "ssmmessages",
            region: &self.region,
            time: SystemTime::now(),
        };
        headers(url, &credentials, scope)
    }
}

fn signed(
    url: &str,
    credentials: &Credentials,
    scope: Scope<'_>,
    settings: SigningSettings,
) -> Result<SigningInstructions, AwsError> {
    let broken = |cause: &dyn std::fmt::Display| AwsError::NotSigned(cause.to_string());
    let identity = credentials.clone().into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(scope.region.as_str())
        .name(scope.service)
        .time(scope.time)
        .settings(settings)
        .build()
        .map_err(|cause| broken(&cause))?
        .into();
    let none = std::iter::empty();
    let request = SignableRequest::new("GET", url, none, SignableBody::empty())
        .map_err(|cause| broken(&cause))?;
    let output = sign(request, &params).map_err(|cause| broken(&cause))?;
    Ok(output.into_parts().0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::eice;

    /// 2020-01-01T01:01:01Z.
    const THEN: Duration = Duration::from_secs(1_577_840_461);
    const HOST: &str = "eice-123.ec2-instance-connect-endpoint.us-west-2.amazonaws.com";

    fn scope<'a>(service: &'a str, region: &'a Region) -> Scope<'a> {
        Scope {
            service,
            region,
            time: SystemTime::UNIX_EPOCH + THEN,
        }
    }

    fn region() -> Region {
        Region::parse("us-west-2").expect("a region")
    }

    fn tunnel(duration: Option<u16>, token: Option<&str>) -> String {
        let request = eice::OpenTunnelRequest {
            host: HOST,
            endpoint: "eice-123",
            address: "10.0.0.0",
            port: 22,
            duration,
        };
        let token = token.map(str::to_owned);
        let credentials = Credentials::new("access_key", "secret_key", token, None, "test");
        let life = Duration::from_secs(eice::URL_LIFE);
        let region = region();
        let scope = scope(eice::SERVICE, &region);
        presigned(&request.url(), &credentials, scope, life).expect("a signed URL")
    }

    /// The signatures are those of the AWS CLI 2.36.7 with its clock set to that time.
    #[test]
    fn a_tunnels_url_is_that_of_the_aws_cli() {
        let own = format!(
            "https://{HOST}/openTunnel?instanceConnectEndpointId=eice-123&remotePort=22\
             &privateIpAddress=10.0.0.0"
        );
        let theirs = "&X-Amz-Algorithm=AWS4-HMAC-SHA256\
                      &X-Amz-Credential=access_key%2F20200101%2Fus-west-2%2Fec2-instance-connect\
                      %2Faws4_request&X-Amz-Date=20200101T010101Z&X-Amz-Expires=60\
                      &X-Amz-SignedHeaders=host&X-Amz-Signature=";
        let with_duration = "3a56740422a5b9aebd22d860b7a30c729e459a6f71a83bc0de3a2b44b7353f28";
        assert_eq!(
            tunnel(Some(1), None),
            format!("{own}&maxTunnelDuration=1{theirs}{with_duration}")
        );
        let without = "bec5abf8f46b1f97c0c4753ba0b8bc31c585c3a6dfa05025772a6b3c916a04aa";
        assert_eq!(tunnel(None, None), format!("{own}{theirs}{without}"));
    }

    #[test]
    fn a_session_token_is_part_of_what_is_signed() {
        let url = tunnel(None, Some("to/ken="));
        assert!(url.contains("&X-Amz-Security-Token=to%2Fken%3D&X-Amz-Signature="));
        let other = tunnel(None, Some("another"));
        let signature = |url: &str| url.rsplit_once('=').map(|(_, it)| it.to_owned());
        assert_ne!(signature(&url), signature(&other));
    }

    #[test]
    fn headers_can_be_signed_instead() {
        let credentials = Credentials::new("k", "s", Some("token".to_owned()), None, "test");
        let url = "https://ssmmessages.us-west-2.amazonaws.com/v1/data-channel/x?role=publish";
        let region = region();
        let headers = headers(url, &credentials, scope("ssmmessages", &region)).expect("headers");
        let value = |name: &str| {
            let mut headers = headers.iter();
            headers
                .find(|(it, _)| it == name)
                .map(|(_, value)| value.as_str())
        };
        assert_eq!(value("x-amz-date"), Some("20200101T010101Z"));
        assert_eq!(value("x-amz-security-token"), Some("token"));
        let authorization = value("authorization").expect("a signature");
        assert!(
            authorization.contains("SignedHeaders=host;x-amz-date;x-amz-security-token,"),
            "{authorization}"
        );
    }
}
