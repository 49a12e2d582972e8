//! Profiles of IAM Identity Center and console logins, and the tokens that `aws sso login` and `aws
//! login` leave.

use std::process::Command;
use std::time::{Duration, SystemTime};

use serde_json::json;

use crate::lab::clock;

pub(crate) const LEGACY: &str = "[profile l]\nsso_start_url = https://x.example/start\n\
                      sso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = ops\n";
pub(crate) const SESSION: &str = "[profile s]\nsso_session = my sso\nsso_account_id = 123456789012\n\
                       sso_role_name = ops\n[sso-session \"my sso\"]\n\
                       sso_start_url = https://x.example/start\nsso_region = eu-west-1\n";

pub(crate) const CONSOLE: &str =
    "[profile c]\nlogin_session = arn:aws:iam::123456789012:user/jane\n";

/// The name of a token's file.
fn token_file(of: &str) -> String {
    format!("sso/cache/{}.json", sum_of("sha1sum", of))
}

/// The file of [`CONSOLE`]'s login.
pub(crate) fn console_file() -> String {
    let sum = sum_of("sha256sum", "arn:aws:iam::123456789012:user/jane");
    format!("login/cache/{sum}.json")
}

fn sum_of(program: &str, text: &str) -> String {
    let output = Command::new("sh")
        .args(["-c", "printf %s \"$1\" | \"$2\"", "sh", text, program])
        .output()
        .expect(program);
    let sum = String::from_utf8_lossy(&output.stdout).into_owned();
    sum.split(' ').next().unwrap_or_default().to_owned()
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

/// A console login as `aws login` stores it, with a key made by openssl(1).
pub(crate) fn console_login(seconds: i64, refresh: &str) -> String {
    let line = "openssl ecparam -name prime256v1 -genkey -noout";
    let key = Command::new("sh").args(["-c", line]).output().expect("sh");
    let key = String::from_utf8_lossy(&key.stdout).into_owned();
    assert!(key.contains("EC PRIVATE KEY"), "openssl is not installed");
    let now = SystemTime::now();
    let span = Duration::from_secs(seconds.unsigned_abs());
    let until = if seconds < 0 { now - span } else { now + span };
    json!({
        "accessToken": {
            "accessKeyId": "$SESSION", "secretAccessKey": "s", "sessionToken": "t",
            "accountId": "123456789012", "expiresAt": clock::iso(until),
        },
        "tokenType": "aws_sigv4", "refreshToken": format!("{refresh}-$ID"),
        "idToken": "x.y.z", "clientId": "arn:aws:signin:::devtools/same-device", "dpopKey": key,
    })
    .to_string()
}
