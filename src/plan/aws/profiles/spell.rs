//! A profile spelled anew, in the narrower form that Amazon's library reads: what it needs to know
//! and nothing secret, so that it need not read the files itself.

use std::fmt::Write;

use super::{DEFAULT, Profile, Value};

/// What credentials are made of, and where services are asked, is ours to read, and stays here.
const OURS: &[&str] = &[
    "aws_",
    "sso_",
    "role_",
    "source_",
    "credential_",
    "login_",
    "endpoint_url",
    "services",
];

impl Profile<'_> {
    /// The profile as the text of a `config` file in which it is the default one.
    #[must_use]
    pub fn spelled(self) -> String {
        let mut text = format!("[{DEFAULT}]\n");
        let settings = self.values().into_iter();
        for (key, value) in settings.filter(|(key, _)| !is_ours(key)) {
            setting(&mut text, key, value);
        }
        text
    }
}

fn is_ours(key: &str) -> bool {
    OURS.iter().any(|prefix| key.starts_with(prefix))
}

/// Writes a setting, unless it has a form that the library would stumble over.
fn setting(text: &mut String, key: &str, value: &Value) {
    let plain =
        |word: &str| !word.is_empty() && !word.contains([' ', '\t', '\n', '[', ']', '#', ';', '=']);
    if !plain(key) {
        return;
    }
    if let Some(below) = value.nested() {
        let _ = writeln!(text, "{key} =");
        for (name, value) in below.iter().filter(|(name, _)| plain(name)) {
            let _ = writeln!(text, "  {name} = {value}");
        }
    }
    if let Some(value) = value.text().filter(|value| !value.contains('\n')) {
        let _ = writeln!(text, "{key} = {value}");
    }
}
