//! The file in which `aws sso login` stores its token: `~/.aws/sso/cache/NAME.json`.

use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Map, Value};

use super::cache::instant;
use crate::plan::aws::bad_value::BadCharacter;
use crate::world::aws::error::{CredentialsError, NoLogin, UnreadableFile};
use crate::world::aws::files;
use crate::world::process::bounded;
use crate::world::process::replace_file::replace_file;

/// The command that gets a token.
pub(super) const LOG_IN: &str = "aws sso login";

/// A token, with all else in its file.
pub(super) struct Token {
    path: PathBuf,
    members: Map<String, Value>,
    pub(super) end: SystemTime,
}

impl Token {
    /// Reads the token of this name for a profile.
    pub(super) fn read(name: &str, profile: &str) -> Result<Self, CredentialsError> {
        let no_login = |why| CredentialsError::no_login(profile, LOG_IN, why);
        let home = files::home().ok_or_else(|| no_login(NoLogin::Missing))?;
        let path = home.join(format!(".aws/sso/cache/{name}.json"));
        let bytes = bounded::file(&path).map_err(|cause| match cause.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => no_login(NoLogin::Missing),
            _ => {
                UnreadableFile::new("the login", &path, &cause, "`aws sso login` writes it").into()
            }
        })?;
        Self::parse(path.clone(), &bytes)
            .map_err(|fault| no_login(NoLogin::Unreadable(path, fault)))
    }

    /// Parses the file. It is secret: errors do not show it.
    fn parse(path: PathBuf, text: &[u8]) -> Result<Self, &'static str> {
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        let json: Value = serde_json::from_slice(text).map_err(|_| "it is not JSON")?;
        let Value::Object(members) = json else {
            return Err("it is not a JSON object");
        };
        let get = |name: &str| members.get(name).and_then(Value::as_str);
        let token = get("accessToken").ok_or("it has no `accessToken`")?;
        if token.is_empty() || BadCharacter::of(token).is_some() {
            return Err("its `accessToken` has a character that no token has");
        }
        let end = get("expiresAt").ok_or("it has no `expiresAt`")?;
        let end = instant(end).and_then(|end| SystemTime::try_from(end).ok());
        let end = end.ok_or("its `expiresAt` is not a date with a time zone")?;
        Ok(Self { path, members, end })
    }

    pub(super) fn text(&self) -> &str {
        let text = self.members.get("accessToken").and_then(Value::as_str);
        text.unwrap_or_default()
    }

    /// A text in the file.
    pub(super) fn member(&self, name: &str) -> Option<String> {
        self.members.get(name)?.as_str().map(str::to_owned)
    }

    /// Whether it has everything that a renewal needs.
    pub(super) fn can_be_renewed(&self, now: SystemTime) -> bool {
        let needed = ["clientId", "clientSecret", "refreshToken"];
        let end = self.member("registrationExpiresAt");
        let end = end.and_then(|end| SystemTime::try_from(instant(&end)?).ok());
        end.is_some_and(|end| end > now) && needed.iter().all(|it| self.member(it).is_some())
    }

    /// The token after a renewal, for the same file.
    pub(super) fn renewed(&self, token: &str, refresh: Option<&str>, end: SystemTime) -> Self {
        let mut members = self.members.clone();
        let until = DateTime::from(end)
            .fmt(Format::DateTime)
            .unwrap_or_default();
        members.insert("accessToken".to_owned(), token.into());
        members.insert("expiresAt".to_owned(), until.into());
        if let Some(refresh) = refresh {
            members.insert("refreshToken".to_owned(), refresh.into());
        }
        let path = self.path.clone();
        Self { path, members, end }
    }

    /// Writes the file. If it cannot be written, the next run renews the token again.
    pub(super) fn keep(&self) {
        let text = Value::Object(self.members.clone()).to_string();
        let _ = replace_file(&self.path, text.as_bytes(), 0o600);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_token_is_said_without_showing_it() {
        let said = |text: &str| Token::parse(PathBuf::new(), text.as_bytes()).err();
        assert_eq!(said("hush"), Some("it is not JSON"));
        assert_eq!(said("[]"), Some("it is not a JSON object"));
        assert_eq!(said("{}"), Some("it has no `accessToken`"));
        assert_eq!(
            said(r#"{"accessToken": "a\n"}"#),
            Some("its `accessToken` has a character that no token has")
        );
        assert_eq!(
            said(r#"{"accessToken": "a"}"#),
            Some("it has no `expiresAt`")
        );
        let ends = |end: &str| {
            said(&format!(
                "\u{feff}{{\"accessToken\": \"a\", \"expiresAt\": \"{end}\"}}"
            ))
        };
        assert_eq!(
            ends("soon"),
            Some("its `expiresAt` is not a date with a time zone")
        );
        for end in ["2020-06-17T10:01:45UTC", "2090-01-01T00:00:00+0100"] {
            assert_eq!(ends(end), None, "{end}");
        }
    }
}
