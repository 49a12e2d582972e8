//! The hosts that an answer may send us to: those of the same service in the same region, and those of
//! an endpoint that the user has set for it.
//!
//! Otherwise, a server in AWS's place could get a session's token or a signed request.

use super::http_proxy::host_and_port;
use crate::plan::target::eice_id::{EndpointId, HostName};
use crate::plan::target::ids::Region;

/// The service of data channels.
const SESSIONS: &str = "ssmmessages";

/// The fixed part of the DNS names of EC2 Instance Connect Endpoints.
const ENDPOINTS: &str = "ec2-instance-connect-endpoint";

/// Whether a session's token may be sent to this `StreamUrl`: to AWS over TLS, or to the host of the
/// user's `own` endpoint, if the scheme is as secure as that of the endpoint.
#[must_use]
pub(crate) fn is_data_channel_url(url: &str, region: &Region, own: Option<&str>) -> bool {
    let Some((scheme, authority)) = parts(url) else {
        return false;
    };
    let secure = match scheme {
        "wss" => true,
        "ws" => false,
        _ => return false,
    };
    let of_aws = || is_of_service(authority, SESSIONS, region);
    let of_own = || {
        own.and_then(parts).is_some_and(|(scheme, own)| {
            (secure || scheme == "http") && is_same_host(authority, own)
        })
    };
    (secure && of_aws()) || of_own()
}

/// Whether this can be the DNS name of an EC2 Instance Connect Endpoint in this region, or else
/// belongs to the host of the user's `own` endpoint for EC2.
#[must_use]
pub(crate) fn is_endpoint_name(
    name: &str,
    id: &EndpointId,
    region: &Region,
    own: Option<&str>,
) -> bool {
    let rest = name
        .strip_prefix(id.as_str())
        .and_then(|rest| rest.strip_prefix('.'));
    let of_aws = || {
        let (_, tail) = rest?.split_once(ENDPOINTS)?;
        let tail = tail.strip_prefix('.')?.strip_prefix(region.as_str())?;
        let tail = tail.strip_prefix('.')?;
        Some(suffixes(region).contains(&tail) && name.split('.').any(|label| label == ENDPOINTS))
    };
    let of_own = || {
        let (host, _) = host_and_port(parts(own?)?.1)?;
        let below = name.strip_suffix(host).is_some_and(|it| it.ends_with('.'));
        Some(name == host || below)
    };
    // It becomes part of a URL and of a command line: `evil.example/.` would be another host.
    HostName::parse(name).is_some() && (of_aws().unwrap_or(false) || of_own().unwrap_or(false))
}

/// Whether a host belongs to a service in this region: `SERVICE.REGION.SUFFIX`, or with `-fips`. The URLs
/// in answers have no port.
fn is_of_service(host: &str, service: &str, region: &Region) -> bool {
    suffixes(region).iter().any(|suffix| {
        let name = |variant: &str| format!("{service}{variant}.{region}.{suffix}");
        host == name("") || host == name("-fips")
    })
}

/// The partition of a region: the second part of an ARN.
#[must_use]
pub(crate) fn partition(region: &Region) -> &'static str {
    match region.as_str() {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        region if region.starts_with("eusc-") => "aws-eusc",
        _ => "aws",
    }
}

/// The suffixes of service names in a region's partition: the usual one, and the dual-stack one.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html>; the list is the SDKs'.
fn suffixes(region: &Region) -> [&'static str; 2] {
    match region.as_str().rsplitn(3, '-').last().unwrap_or_default() {
        "cn" => ["amazonaws.com.cn", "api.amazonwebservices.com.cn"],
        "eusc-de" => ["amazonaws.eu", "api.amazonwebservices.eu"],
        "us-iso" => ["c2s.ic.gov", "api.aws.ic.gov"],
        "us-isob" => ["sc2s.sgov.gov", "api.aws.scloud"],
        "eu-isoe" => ["cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"],
        "us-isof" => ["csp.hci.ic.gov", "api.aws.hci.ic.gov"],
        _ => ["amazonaws.com", "api.aws"],
    }
}

/// Scheme and authority of a URL, if the authority is just a host and perhaps a port: without a user,
/// and without characters that parsers could read differently.
fn parts(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    (!authority.is_empty() && authority.bytes().all(fits)).then_some((scheme, authority))
}

fn is_same_host(one: &str, other: &str) -> bool {
    match (host_and_port(one), host_and_port(other)) {
        (Some((one, _)), Some((other, _))) => one.eq_ignore_ascii_case(other),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(url: &str, region: &str, own: Option<&str>) -> bool {
        is_data_channel_url(url, &Region::parse(region).expect("a region"), own)
    }

    const PATH: &str = "/v1/data-channel/s-1?role=publish_subscribe&cell-number=AA+/=";

    #[test]
    fn the_token_is_sent_only_to_aws_in_the_region() {
        for (host, region) in [
            ("ssmmessages.eu-west-1.amazonaws.com", "eu-west-1"),
            ("ssmmessages.eu-west-1.api.aws", "eu-west-1"),
            (
                "ssmmessages-fips.us-gov-west-1.amazonaws.com",
                "us-gov-west-1",
            ),
            ("ssmmessages.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("ssmmessages.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
            ("ssmmessages.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
            ("ssmmessages.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
        ] {
            let holds = |url: String| holds(&url, region, None);
            assert!(holds(format!("wss://{host}{PATH}")), "{host}");
            assert!(!holds(format!("ws://{host}{PATH}")), "{host}");
            assert!(!holds(format!("https://{host}{PATH}")), "{host}");
            assert!(!holds(format!("wss://{host}:8443{PATH}")), "{host}");
        }
    }

    #[test]
    fn hosts_that_only_look_like_awss_are_refused() {
        for host in [
            "ssmmessages.evil.example",
            "ssmmessages.eu-west-1.amazonaws.com.evil.example",
            "ssmmessages.eu-west-1.evilamazonaws.com",
            "ssmmessages-evil-1234.eu-west-1.elb.amazonaws.com",
            "ssmmessages-evil.eu-west-1.amazonaws.com",
            "ssmmessages.us-east-1.amazonaws.com",
            "ssmmessages.eu-west-1.amazonaws.com.cn",
            "evil.example:443@ssmmessages.eu-west-1.amazonaws.com",
            "ssmmessages.eu-west-1.amazonaws.com@evil.example",
            "evil.example\\.ssmmessages.eu-west-1.amazonaws.com",
            "bucket.s3.amazonaws.com",
            "ssmmessagesx.eu-west-1.amazonaws.com",
            "amazonaws.com",
            "",
        ] {
            let url = format!("wss://{host}{PATH}");
            assert!(!holds(&url, "eu-west-1", None), "{host}");
        }
    }

    #[test]
    fn a_custom_endpoint_permits_its_host_and_scheme() {
        let clear = Some("http://127.0.0.1:4566");
        let secure = Some("https://ssm.example:8443/stage");
        let vpc = Some("https://vpce-1.ssm.eu-west-1.vpce.amazonaws.com");
        for (url, own, expected) in [
            ("ws://127.0.0.1:80", clear, true),
            ("wss://127.0.0.1", clear, true),
            ("ws://127.0.0.2:4566", clear, false),
            ("ws://localhost:4566", clear, false),
            ("http://127.0.0.1:4566", clear, false),
            ("wss://SSM.example", secure, true),
            ("ws://ssm.example", secure, false),
            ("wss://other.example", secure, false),
            ("wss://x@ssm.example", secure, false),
            ("wss://ssmmessages.eu-west-1.amazonaws.com", vpc, true),
            ("ws://ssmmessages.eu-west-1.amazonaws.com", vpc, false),
            ("ws://[::1]:80", Some("http://[::1]:4566"), true),
            ("ws://127.0.0.1:80", None, false),
        ] {
            let full = format!("{url}{PATH}");
            assert_eq!(holds(&full, "eu-west-1", own), expected, "{url} {own:?}");
        }
    }

    #[test]
    fn an_endpoint_is_called_as_aws_calls_it_in_the_region() {
        let id = EndpointId::parse("eice-0a").expect("an ID");
        let region = Region::parse("eu-west-1").expect("a region");
        let is = |name: &str, own| is_endpoint_name(name, &id, &region, own);
        for name in [
            "eice-0a.1b2c.ec2-instance-connect-endpoint.eu-west-1.amazonaws.com",
            "eice-0a.1b2c.fips.ec2-instance-connect-endpoint.eu-west-1.amazonaws.com",
            "eice-0a.1b2c.ec2-instance-connect-endpoint.eu-west-1.api.aws",
        ] {
            assert!(is(name, None), "{name}");
        }
        for name in [
            "eice-0a.1b2c.ec2-instance-connect-endpoint.us-east-1.amazonaws.com",
            "eice-0b.1b2c.ec2-instance-connect-endpoint.eu-west-1.amazonaws.com",
            "eice-0a.1b2c.ec2-instance-connect-endpoint.eu-west-1.amazonaws.com.evil.example",
            "eice-0a.1b2c.xec2-instance-connect-endpoint.eu-west-1.amazonaws.com",
            "eice-0a.1b2c.ec2-instance-connect-endpoint.eu-west-1.elb.amazonaws.com",
            "eice-0a.evil.example",
            "eice-0a.evil.example/.ec2-instance-connect-endpoint.eu-west-1.amazonaws.com",
            "eice-0a.evil.example#.ec2-instance-connect-endpoint.eu-west-1.amazonaws.com",
            "eice-0a.-oX=$(id).ec2-instance-connect-endpoint.eu-west-1.amazonaws.com",
            "eice-0a.\n\u{202e}.ec2-instance-connect-endpoint.eu-west-1.amazonaws.com",
            "eice-0a..ec2-instance-connect-endpoint.eu-west-1.amazonaws.com",
            "evil.example",
            "",
        ] {
            assert!(!is(name, None), "{name}");
        }
        let own = Some("http://aws.test:4566");
        assert!(is("eice-0a.aws.test", own) && is("aws.test", own));
        assert!(!is("eice-0a.evilaws.test", own));
    }
}
