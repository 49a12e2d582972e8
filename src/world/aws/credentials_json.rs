//! Credentials for another process of mssh, in a file that only this user can read. The format is
//! that of `credential_process` in the AWS CLI.

use aws_credential_types::Credentials;
use serde_json::{Value, json};

pub(crate) fn to_json(credentials: &Credentials) -> Vec<u8> {
    let text = json!({
        "Version": 1,
        "AccessKeyId": credentials.access_key_id(),
        "SecretAccessKey": credentials.secret_access_key(),
        "SessionToken": credentials.session_token(),
    });
    text.to_string().into_bytes()
}

/// `None` if this is not what [`to_json`] writes.
pub(crate) fn from_json(text: &[u8]) -> Option<Credentials> {
    let json: Value = serde_json::from_slice(text).ok()?;
    let value = |name: &str| json.get(name)?.as_str().map(str::to_owned);
    let (key, secret) = (value("AccessKeyId")?, value("SecretAccessKey")?);
    Some(Credentials::new(
        key,
        secret,
        value("SessionToken"),
        None,
        "mssh",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        for token in [None, Some("to\"ken".to_owned())] {
            let sent = Credentials::new("key", "sec/ret", token, None, "test");
            let got = from_json(&to_json(&sent)).expect("credentials");
            let parts = |it: &Credentials| {
                let token = it.session_token().map(str::to_owned);
                (
                    it.access_key_id().to_owned(),
                    it.secret_access_key().to_owned(),
                    token,
                )
            };
            assert_eq!(parts(&got), parts(&sent));
        }
        assert!(from_json(b"").is_none() && from_json(b"{}").is_none());
    }
}
