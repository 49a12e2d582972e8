//! Where a session's websocket is: `wss://ssmmessages.REGION.amazonaws.com/v1/data-channel/…`.

/// Whether a session's token may be sent there: to AWS over TLS, or wherever the user's own
/// endpoint for the service says (`own_endpoint`).
///
/// The official plugin has checked the host since 1.2.889: whoever can answer in AWS's place
/// would otherwise be told the token, and the user's signature for this URL.
#[must_use]
pub fn is_trusted(url: &str, own_endpoint: bool) -> bool {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // Nothing but a host: no user before it, no port after it.
    let of_aws = ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"]
        .into_iter()
        .filter_map(|domain| authority.strip_suffix(domain)?.strip_suffix('.'))
        .any(|labels| labels.split('.').all(is_label) && is_service(labels));
    match scheme {
        "wss" => own_endpoint || of_aws,
        "ws" => own_endpoint,
        _ => false,
    }
}

/// Whether the first label is the service's: `ssmmessages`, or with a suffix such as `-fips`.
fn is_service(labels: &str) -> bool {
    let label = labels.split('.').next().unwrap_or_default();
    let suffix = label.strip_prefix("ssmmessages");
    suffix.is_some_and(|suffix| suffix.is_empty() || suffix.starts_with('-'))
}

fn is_label(label: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !label.is_empty() && label.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_to_aws_alone() {
        let path = "/v1/data-channel/s-1?role=publish_subscribe&cell-number=AA+/=";
        for host in [
            "ssmmessages.eu-west-1.amazonaws.com",
            "ssmmessages-fips.us-gov-west-1.amazonaws.com",
            "ssmmessages.cn-north-1.amazonaws.com.cn",
        ] {
            assert!(is_trusted(&format!("wss://{host}{path}"), false), "{host}");
            assert!(!is_trusted(&format!("ws://{host}{path}"), false), "{host}");
        }
        for host in [
            "ssmmessages.evil.example",
            "ssmmessages.eu-west-1.amazonaws.com.evil.example",
            "ssmmessages.eu-west-1.evilamazonaws.com",
            "evil.example:443@ssmmessages.eu-west-1.amazonaws.com",
            "evil.example\\.ssmmessages.eu-west-1.amazonaws.com",
            "bucket.s3.amazonaws.com",
            "ssmmessagesx.eu-west-1.amazonaws.com",
            "amazonaws.com",
            "",
        ] {
            let url = format!("wss://{host}{path}");
            assert!(!is_trusted(&url, false), "{host}");
        }
        assert!(is_trusted(&format!("ws://127.0.0.1:80{path}"), true));
        assert!(!is_trusted(&format!("http://127.0.0.1{path}"), true));
    }
}
