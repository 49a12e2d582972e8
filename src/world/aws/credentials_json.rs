//! Credentials on their way from one process of ours to the next, by a file that only we can read.
//! Its form is that of `credential_process` in the AWS CLI.

use aws_credential_types::Credentials;
use serde_json::{Value, json};

/// What to write.
pub fn handed(credentials: &Credentials) -> Vec<u8> {
    let text = json!({
        "Version": 1,
        "AccessKeyId": credentials.access_key_id(),
        "SecretAccessKey": credentials.secret_access_key(),
        "SessionToken": credentials.session_token(),
    });
    text.to_string().into_bytes()
}

/// What was read; `None` if it makes no sense.
pub fn received(text: &[u8]) -> Option<Credentials> {
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
    fn what_is_handed_over_is_received() {
        for token in [None, Some("to\"ken".to_owned())] {
            let sent = Credentials::new("key", "sec/ret", token, None, "test");
            let got = received(&handed(&sent)).expect("credentials");
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
        assert!(received(b"").is_none() && received(b"{}").is_none());
    }
}
