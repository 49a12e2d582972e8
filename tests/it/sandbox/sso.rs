//! Profiles of IAM Identity Center, and the tokens that `aws sso login` leaves.

use std::process::Command;
use std::time::{Duration, SystemTime};

use serde_json::json;

use crate::lab::clock;

pub(crate) const LEGACY: &str = "[profile l]\nsso_start_url = https://x.example/start\n\
                      sso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = ops\n";
pub(crate) const SESSION: &str = "[profile s]\nsso_session = my sso\nsso_account_id = 123456789012\n\
                       sso_role_name = ops\n[sso-session \"my sso\"]\n\
                       sso_start_url = https://x.example/start\nsso_region = eu-west-1\n";

/// The name of a token's file.
fn token_file(of: &str) -> String {
    let output = Command::new("sh")
        .args(["-c", "printf %s \"$1\" | sha1sum", "sh", of])
        .output()
        .expect("sha1sum");
    let sum = String::from_utf8_lossy(&output.stdout).into_owned();
    format!("sso/cache/{}.json", &sum[..40])
}

pub(crate) fn legacy_file() -> String {
    token_file("https://x.example/start")
}

pub(crate) fn session_file() -> String {
    token_file("my sso")
}

/// A token as `aws sso login` writes it, valid for `seconds` from now.
pub(crate) fn token(name: &str, seconds: i64, refresh: Option<&str>) -> String {
    let now = SystemTime::now();
    let span = Duration::from_secs(seconds.unsigned_abs());
    let until = if seconds < 0 { now - span } else { now + span };
    let mut token = json!({
        "startUrl": "https://x.example/start", "region": "eu-west-1",
        "accessToken": format!("{name}-$ID"), "expiresAt": clock::iso(until),
    });
    if let Some(refresh) = refresh {
        token["clientId"] = "client".into();
        token["clientSecret"] = "secret".into();
        token["registrationExpiresAt"] = clock::iso(now + Duration::from_hours(999)).into();
        token["refreshToken"] = format!("{refresh}-$ID").into();
    }
    token.to_string()
}

/// A token that ends at this date.
pub(crate) fn token_with(name: &str, end: &str) -> String {
    json!({ "accessToken": format!("{name}-$ID"), "expiresAt": end }).to_string()
}
