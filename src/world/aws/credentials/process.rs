//! `credential_process`: a command of the user's that prints credentials.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>

use std::fs::File;
use std::process::Stdio;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use serde_json::Value;
use tokio::process::Command;

use super::cache::instant;
use crate::error::Lack;

/// Runs the command, for as long as it takes: it may have to ask somebody. It has the terminal for
/// that, and our standard error, but not our standard input, which is the session's.
pub(super) async fn credentials(command: &str, profile: &str) -> Result<Credentials, Lack> {
    let failed = |fault: String| Lack::Process {
        profile: profile.to_owned(),
        fault,
    };
    let words = shlex::split(command).unwrap_or_default();
    let [program, arguments @ ..] = words.as_slice() else {
        return Err(failed(
            "is not a command with its quotes in pairs".to_owned(),
        ));
    };
    let output = Command::new(program)
        .args(arguments)
        .stdin(File::open("/dev/tty").map_or_else(|_| Stdio::null(), Stdio::from))
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .map_err(|cause| failed(format!("names {program}, which cannot be run: {cause}")))?
        .wait_with_output()
        .await
        .map_err(|cause| failed(format!("cannot be waited for: {cause}")))?;
    if !output.status.success() {
        return Err(failed(format!("has failed ({})", output.status)));
    }
    read(&output.stdout).map_err(|fault| failed(fault.to_owned()))
}

/// Reads what it has printed. That is secret: what is wrong with it is said without showing it.
fn read(output: &[u8]) -> Result<Credentials, &'static str> {
    let json: Value = serde_json::from_slice(output).map_err(|_| "prints no JSON")?;
    if json.get("Version").and_then(Value::as_i64) != Some(1) {
        return Err("prints JSON that has no `Version` 1");
    }
    let text = |key: &str| json.get(key).and_then(Value::as_str).map(str::to_owned);
    let id = text("AccessKeyId").ok_or("prints JSON without `AccessKeyId`")?;
    let secret = text("SecretAccessKey").ok_or("prints JSON without `SecretAccessKey`")?;
    let until = match text("Expiration") {
        None => None,
        Some(until) => {
            let until = instant(&until).and_then(|until| SystemTime::try_from(until).ok());
            Some(until.ok_or("prints an `Expiration` that is no time in ISO 8601")?)
        }
    };
    if until.is_some_and(|until| until <= SystemTime::now()) {
        return Err("prints credentials that have expired");
    }
    let token = text("SessionToken").filter(|token| !token.is_empty());
    Ok(Credentials::new(id, secret, token, until, "process"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_without_showing_it() {
        let said = |text: &str| read(text.as_bytes()).err();
        assert_eq!(said("secret"), Some("prints no JSON"));
        for version in ["", "\"Version\":2,", "\"Version\":\"1\","] {
            let text = format!("{{{version}\"AccessKeyId\":\"K\"}}");
            assert_eq!(said(&text), Some("prints JSON that has no `Version` 1"));
        }
        let half = r#"{"Version":1,"AccessKeyId":"K"}"#;
        assert_eq!(said(half), Some("prints JSON without `SecretAccessKey`"));
        let with = |until: &str| {
            format!(
                r#"{{"Version":1,"AccessKeyId":"K","SecretAccessKey":"S","Expiration":{until}}}"#
            )
        };
        assert_eq!(
            said(&with("\"soon\"")),
            Some("prints an `Expiration` that is no time in ISO 8601")
        );
        let empty = r#"{"Version":1,"AccessKeyId":"K","SecretAccessKey":"S","SessionToken":""}"#;
        let found = read(empty.as_bytes()).map(|keys| keys.session_token().is_none());
        assert_eq!(found, Ok(true));
        let old = with("\"2020-01-01T00:00:00Z\"");
        assert_eq!(said(&old), Some("prints credentials that have expired"));
        for good in [
            "null",
            "\"2090-01-01T00:00:00+01:00\"",
            "\"2090-01-01 00:00:00.5Z\"",
        ] {
            assert_eq!(said(&with(good)), None, "{good}");
        }
    }
}
