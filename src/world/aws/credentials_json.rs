//! Credentials for another process of mssh, in the format of `credential_process` in the AWS CLI,
//! with the end of a session in seconds since the Unix epoch.

use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use serde_json::{Value, json};

pub(crate) fn to_value(credentials: &Credentials) -> Value {
    let end = credentials.expiry();
    let end = end.and_then(|end| end.duration_since(UNIX_EPOCH).ok());
    json!({
        "Version": 1,
        "AccessKeyId": credentials.access_key_id(),
        "SecretAccessKey": credentials.secret_access_key(),
        "SessionToken": credentials.session_token(),
        "ExpiresAt": end.map(|end| end.as_secs()),
    })
}

/// The same from text.
pub(crate) fn parse(text: &[u8]) -> Option<Credentials> {
    from_value(&serde_json::from_slice(text).ok()?)
}

/// `None` if this is not what [`to_value`] makes.
pub(crate) fn from_value(json: &Value) -> Option<Credentials> {
    let value = |name: &str| json.get(name)?.as_str().map(str::to_owned);
    let (key, secret) = (value("AccessKeyId")?, value("SecretAccessKey")?);
    let end = json.get("ExpiresAt").and_then(Value::as_u64);
    let end = end.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds));
    Some(Credentials::new(
        key,
        secret,
        value("SessionToken"),
        end,
        "mssh",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let end = Some(UNIX_EPOCH + Duration::from_secs(1_900_000_000));
        for token in [None, Some("to\"ken".to_owned())] {
            let sent = Credentials::new("key", "sec/ret", token, end, "test");
            let got = from_value(&to_value(&sent)).expect("credentials");
            let parts = |it: &Credentials| {
                let token = it.session_token().map(str::to_owned);
                (
                    it.access_key_id().to_owned(),
                    it.secret_access_key().to_owned(),
                    token,
                    it.expiry(),
                )
            };
            assert_eq!(parts(&got), parts(&sent));
        }
        assert!(from_value(&Value::Null).is_none() && from_value(&json!({})).is_none());
    }
}
