//! A role that a profile assumes.

use std::fmt::Write;

use sha1::{Digest, Sha1};

use super::Profile;

/// The parameters of AssumeRole.
///
/// <https://docs.aws.amazon.com/cli/v1/userguide/cli-configure-role.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the settings have these names")]
pub(crate) struct Role<'a> {
    /// The profile with the role.
    pub profile: &'a str,
    pub role_arn: &'a str,
    pub session_name: Option<&'a str>,
    pub external_id: Option<&'a str>,
    pub mfa_serial: Option<&'a str>,
    /// In seconds.
    pub duration: Option<i32>,
}

impl<'a> Role<'a> {
    /// The role of a profile, if it has one.
    pub(super) fn of(profile: Profile<'a>) -> Option<Self> {
        let duration = profile.get("duration_seconds");
        Some(Self {
            profile: profile.name,
            role_arn: profile.get("role_arn")?,
            session_name: profile.get("role_session_name"),
            external_id: profile.get("external_id"),
            mfa_serial: profile.get("mfa_serial"),
            // Like botocore, ignore what is not a number.
            duration: duration.and_then(|seconds| seconds.trim().parse().ok()),
        })
    }

    /// The name under which the AWS CLI caches the role's session: the SHA-1 of the parameters, as JSON
    /// from Python.
    #[must_use]
    pub(crate) fn cache_key(&self) -> String {
        let text = |value: &str| python_json(value);
        let members = [
            ("DurationSeconds", self.duration.map(|it| it.to_string())),
            ("ExternalId", self.external_id.map(text)),
            ("RoleArn", Some(text(self.role_arn))),
            ("RoleSessionName", self.session_name.map(text)),
            ("SerialNumber", self.mfa_serial.map(text)),
        ];
        let members = members.iter().filter_map(|(name, value)| {
            let value = value.as_ref()?;
            Some(format!("\"{name}\": {value}"))
        });
        let members: Vec<String> = members.collect();
        sha1_hex(&format!("{{{}}}", members.join(", ")))
    }
}

/// The SHA-1 of a text, in hexadecimal.
pub(super) fn sha1_hex(text: &str) -> String {
    let digest = Sha1::digest(text);
    digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A JSON string as Python's `json.dumps` writes it: in ASCII.
pub(super) fn python_json(text: &str) -> String {
    let mut json = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            ' '..='~' => json.push(c),
            _ => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                let _ = write!(json, "\\u{unit:04x}");
            }),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: Role<'_> = Role {
        profile: "x",
        role_arn: "arn:aws:iam::123456789012:role/ops",
        session_name: None,
        external_id: None,
        mfa_serial: None,
        duration: None,
    };

    // The values are botocore's own: `AssumeRoleCredentialFetcher(...)._create_cache_key()`.
    #[test]
    fn the_key_is_botocores() {
        assert_eq!(ROLE.cache_key(), "22683b67d5bd46b0335d9327094666b8be5b5cd5");
        let whole = Role {
            session_name: Some("jörg \"x\" \u{1f600}\u{7f}"),
            external_id: Some("a\\b\tc"),
            mfa_serial: Some("arn:aws:iam::123456789012:mfa/me"),
            duration: Some(3600),
            ..ROLE
        };
        assert_eq!(
            whole.cache_key(),
            "06c42c9fb623a9c827f1d8875ad315de7986fe9c"
        );
    }
}
