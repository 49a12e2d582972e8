//! A profile spelled anew, in the narrower form that Amazon's library reads: what it needs to know
//! and nothing secret, so that it need not read the files itself.

use std::fmt::Write;

use super::{DEFAULT, Profile, Value};

/// What credentials are made of is ours to read, and stays here.
const OURS: &[&str] = &["aws_", "sso_", "role_", "source_", "credential_", "login_"];

impl Profile<'_> {
    /// The profile as the text of a `config` file in which it is the default one.
    #[must_use]
    pub fn spelled(self) -> String {
        let mut text = format!("[{DEFAULT}]\n");
        let settings = self.values().into_iter();
        for (key, value) in settings.filter(|(key, _)| !is_ours(key)) {
            match value {
                Value::Text(_) if key == "services" => text.push_str("services = services\n"),
                _ => setting(&mut text, key, value),
            }
        }
        let services = self.get("services");
        if let Some(section) = services.and_then(|name| self.all?.services.get(name)) {
            text.push_str("[services services]\n");
            for (service, value) in section {
                // The library differs from the AWS CLI here: `ec2-instance-connect`.
                setting(&mut text, &service.replace('_', "-"), value);
            }
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
    match value {
        Value::Text(value) if !value.contains('\n') => {
            let _ = writeln!(text, "{key} = {value}");
        }
        Value::Text(_) => {}
        Value::Nested(below) => {
            let _ = writeln!(text, "{key} =");
            for (name, value) in below.iter().filter(|(name, _)| plain(name)) {
                let _ = writeln!(text, "  {name} = {value}");
            }
        }
    }
}
