//! `credential_process`: a command that prints credentials.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>

use std::fs::File;
use std::process::Stdio;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use serde_json::Value;
use tokio::process::Command;

use super::cache::instant;
use crate::plan::aws::bad_value::BadValue;
use crate::world::aws::error::CredentialsError;
use crate::world::process::bounded;
use crate::world::tty::waiting;

/// The longest output: credentials take a few KB.
const MOST: usize = 64 * 1024;

/// Runs the command, without a time limit: it may ask the user for something. It gets the terminal and
/// our standard error, but not our standard input, which belongs to the session.
pub(super) async fn credentials(
    command: &str,
    profile: &str,
) -> Result<Credentials, CredentialsError> {
    let failed = |fault: String| CredentialsError::Process {
        profile: profile.to_owned(),
        fault,
    };
    let words = shlex::split(command).unwrap_or_default();
    let [program, arguments @ ..] = words.as_slice() else {
        return Err(failed("is empty, or has an unmatched quote".to_owned()));
    };
    // The progress line would overwrite its questions.
    let _pause = waiting::hide_line();
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(File::open("/dev/tty").map_or_else(|_| Stdio::null(), Stdio::from))
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .map_err(|cause| failed(format!("names {program}, which cannot be run: {cause}")))?;
    let mut output = Vec::new();
    if let Some(mut stdout) = child.stdout.take() {
        let read = bounded::pipe(&mut stdout, &mut output, MOST).await;
        read.map_err(|cause| failed(format!("prints output that cannot be read: {cause}")))?;
    }
    let status = child.wait().await;
    let status = status.map_err(|cause| failed(format!("cannot be waited for: {cause}")))?;
    if !status.success() {
        return Err(failed(format!("failed ({status})")));
    }
    read(&output).map_err(failed)
}

/// Reads the output. It is secret: errors do not show it.
fn read(output: &[u8]) -> Result<Credentials, String> {
    let json: Value =
        serde_json::from_slice(output).map_err(|_| "does not print JSON".to_owned())?;
    // The AWS CLI, in Python, takes 1.0 for 1.
    if json.get("Version").and_then(Value::as_f64) != Some(1.0) {
        return Err("prints JSON that has no `Version` 1".to_owned());
    }
    let text = |key: &str| match json.get(key).and_then(Value::as_str) {
        Some(value) => match BadValue::at(&format!("prints a `{key}` that"), value) {
            Some(bad) => Err(bad.to_string()),
            None => Ok(Some(value.to_owned())),
        },
        None => Ok(None),
    };
    let missing = |key: &str| format!("prints JSON without `{key}`");
    let id = text("AccessKeyId")?.ok_or_else(|| missing("AccessKeyId"))?;
    let secret = text("SecretAccessKey")?.ok_or_else(|| missing("SecretAccessKey"))?;
    let token = text("SessionToken")?.filter(|token| !token.is_empty());
    let until = match json.get("Expiration") {
        None | Some(Value::Null) => None,
        Some(until) => {
            let until = until.as_str().and_then(instant);
            let until = until.and_then(|until| SystemTime::try_from(until).ok());
            Some(until.ok_or("prints an `Expiration` that is not a time in ISO 8601".to_owned())?)
        }
    };
    if until.is_some_and(|until| until <= SystemTime::now()) {
        return Err("prints credentials that have expired".to_owned());
    }
    Ok(Credentials::new(id, secret, token, until, "process"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<String> {
        read(text.as_bytes()).err()
    }

    fn with(until: &str) -> String {
        format!(r#"{{"Version":1,"AccessKeyId":"K","SecretAccessKey":"S","Expiration":{until}}}"#)
    }

    #[test]
    fn what_is_wrong_is_said_without_showing_it() {
        let says = |text: &str, words: &str| assert_eq!(said(text).as_deref(), Some(words));
        says("secret", "does not print JSON");
        for version in ["", "\"Version\":2,", "\"Version\":\"1\","] {
            let text = format!("{{{version}\"AccessKeyId\":\"K\"}}");
            says(&text, "prints JSON that has no `Version` 1");
        }
        let half = r#"{"Version":1,"AccessKeyId":"K"}"#;
        says(half, "prints JSON without `SecretAccessKey`");
        for until in ["\"soon\"", "1893456000", "[]"] {
            let words = "prints an `Expiration` that is not a time in ISO 8601";
            says(&with(until), words);
        }
        let old = with("\"2020-01-01T00:00:00Z\"");
        says(&old, "prints credentials that have expired");
        let odd = r#"{"Version":1,"AccessKeyId":"K","SecretAccessKey":"S\n"}"#;
        says(odd, "prints a `SecretAccessKey` that ends in a line feed");
    }

    #[test]
    fn what_the_aws_cli_takes_is_taken() {
        let empty = r#"{"Version":1.0,"AccessKeyId":"K","SecretAccessKey":"S","SessionToken":""}"#;
        let found = read(empty.as_bytes()).map(|keys| keys.session_token().is_none());
        assert_eq!(found, Ok(true));
        for good in [
            "null",
            "\"2090-01-01T00:00:00+01:00\"",
            "\"2090-01-01 00:00:00.5Z\"",
        ] {
            assert_eq!(said(&with(good)), None, "{good}");
        }
    }
}
