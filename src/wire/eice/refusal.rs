//! Why the service refuses or closes a tunnel.

use super::PORTS;

/// Why the service does not open a tunnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The service's error code, or the HTTP status.
    pub code: String,
    /// The service's message; may be empty.
    pub message: String,
    /// The most likely reason.
    pub about: RefusalReason,
}

/// The reason of a refusal, as far as the answer shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusalReason {
    /// The service does not connect to this port.
    Port(u16),
    /// IAM does not allow it.
    Permission,
    /// The credentials or the signature are not accepted.
    Credentials,
    /// There are too many tunnels.
    Quota,
    /// The endpoint cannot connect to the instance.
    Target,
    /// An error of the service.
    Service,
    /// Anything else.
    Unknown,
}

/// What a response other than "101 Switching Protocols" means. The body is JSON with `ErrorCode` and
/// `Message`, unless it comes from a proxy.
#[must_use]
pub(crate) fn refusal(status: u16, body: &[u8], port: u16) -> Refusal {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| json.get(name)?.as_str());
        found.map(one_line)
    };
    let code = text(["ErrorCode", "errorCode"]);
    let message = text(["Message", "message"]).unwrap_or_default();
    let about = about(status, code.as_deref().unwrap_or_default(), &message, port);
    Refusal {
        code: code.unwrap_or_else(|| format!("HTTP {status}")),
        message,
        about,
    }
}

/// The reason of a refusal. The service's codes are not documented, so we go by its message and the
/// HTTP status.
fn about(status: u16, code: &str, message: &str, port: u16) -> RefusalReason {
    let said = format!("{code} {message}").to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    match status {
        _ if says(&["invalidparameter"]) && !PORTS.contains(&port) => RefusalReason::Port(port),
        _ if says(&["quota", "limit", "too many", "maximum", "throttl"]) => RefusalReason::Quota,
        _ if says(&["signature", "expired", "security token", "credential"]) => {
            RefusalReason::Credentials
        }
        _ if says(&["accessdenied", "not authorized", "unauthorized"]) => RefusalReason::Permission,
        429 => RefusalReason::Quota,
        401 => RefusalReason::Credentials,
        403 => RefusalReason::Permission,
        500.. => RefusalReason::Service,
        _ => RefusalReason::Unknown,
    }
}

/// Why the service has closed a tunnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Closing {
    /// The connection behind it has ended.
    Done,
    /// Something went wrong.
    Refused(Refusal),
}

/// What a close frame means (RFC 6455, 7.1.5): code 1000 or none is a normal end.
#[must_use]
pub(crate) fn closing(code: Option<u16>, reason: &str) -> Closing {
    match code {
        None | Some(1000) => Closing::Done,
        Some(code) => Closing::Refused(Refusal {
            code: format!("close code {code}"),
            message: one_line(reason),
            about: match reason.to_ascii_lowercase() {
                reason if reason.contains("unable to connect to target") => RefusalReason::Target,
                _ => RefusalReason::Unknown,
            },
        }),
    }
}

/// Text from the service, shortened to fit into one line.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().take(300).collect();
    line.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How an answer to a request for this port is interpreted.
    fn read(status: u16, body: &str, port: u16) -> String {
        let Refusal {
            code,
            message,
            about,
        } = refusal(status, body.as_bytes(), port);
        format!("{code}: {message}: {about:?}")
    }

    #[test]
    fn a_refusal_is_read_from_its_body() {
        let body = |code: &str, message: &str| {
            serde_json::json!({ "ErrorCode": code, "Message": message }).to_string()
        };
        let port = body("InvalidParameter", "The specified RemotePort is not valid.");
        assert_eq!(
            read(400, &port, 2222),
            "InvalidParameter: The specified RemotePort is not valid: Port(2222)"
        );
        for (status, code, message, about) in [
            (400, "InvalidParameter", "bad address", "Unknown"),
            (403, "AccessDenied", "You are not authorized", "Permission"),
            (400, "X", "Maximum number of connections reached", "Quota"),
            (400, "X", "Signature expired", "Credentials"),
            (400, "X", "", "Unknown"),
        ] {
            assert_eq!(
                read(status, &body(code, message), 22),
                format!("{code}: {message}: {about}")
            );
        }
    }

    #[test]
    fn a_refusal_without_a_code_is_read_from_its_status() {
        for (status, body, expected) in [
            (403, r#"{"Message":"No"}"#, "HTTP 403: No: Permission"),
            (
                403,
                r#"{"message":"The security token is expired"}"#,
                "HTTP 403: The security token is expired: Credentials",
            ),
            (401, "", "HTTP 401: : Credentials"),
            (429, "", "HTTP 429: : Quota"),
            (503, "<html>\n</html>", "HTTP 503: : Service"),
            (404, r#"{"Message":7}"#, "HTTP 404: : Unknown"),
        ] {
            assert_eq!(read(status, body, 22), expected, "{body}");
        }
    }

    #[test]
    fn a_refusals_words_stay_in_one_short_line() {
        let body = format!("{{\"Message\":\"a\\n\\tb {}\"}}", "x".repeat(1000));
        let message = refusal(400, body.as_bytes(), 22).message;
        assert!(
            message.starts_with("a b xxx") && message.len() == 300,
            "{message}"
        );
    }

    #[test]
    fn a_close_is_the_end_or_has_a_reason() {
        assert_eq!(closing(None, ""), Closing::Done);
        assert_eq!(closing(Some(1000), "bye"), Closing::Done);
        let refused = |code, reason| match closing(Some(code), reason) {
            Closing::Refused(refusal) => refusal,
            Closing::Done => panic!("done"),
        };
        let target = refused(1011, "Unable to connect to target");
        assert_eq!(target.about, RefusalReason::Target);
        assert_eq!(target.message, "Unable to connect to target");
        assert_eq!(refused(1008, "").code, "close code 1008");
    }
}
