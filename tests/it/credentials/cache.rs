//! `~/.aws/cli/cache`: what is cached, for how long, and who can read it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::lab::clock;
use crate::sandbox::{AwsUser, arn};

fn user() -> AwsUser {
    AwsUser::with(&format!(
        "[default]\n$KEY\n[profile r]\nrole_arn = {}\nsource_profile = default\n",
        arn("r")
    ))
}

/// The file of the only cached session.
fn kept(user: &AwsUser) -> std::path::PathBuf {
    let files = fs::read_dir(user.aws("cli/cache")).expect("a directory");
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == "json"));
    assert_eq!(paths.len(), 1, "{paths:?}");
    paths.remove(0)
}

#[test]
fn a_cached_session_is_readable_by_its_owner_only() {
    let user = user();
    user.key_of("r");
    let file = kept(&user);
    let mode = |path: &std::path::Path| {
        let metadata = path.metadata().expect("a file");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(&user.aws("cli/cache")), 0o700);
    let text = fs::read_to_string(&file).expect("a session");
    let session: Value = serde_json::from_str(&text).expect("JSON");
    let credentials = &session["Credentials"];
    let until = credentials["Expiration"].as_str().expect("a time");
    assert!(until.ends_with("UTC"), "{until}");
    assert_eq!(credentials["AccountId"], "123456789012");
    let assumed = session["AssumedRoleUser"]["Arn"].as_str().expect("a name");
    assert!(
        assumed.contains(":assumed-role/r/mssh-session-"),
        "{assumed}"
    );
}

#[test]
fn a_cached_session_is_used_while_it_lasts_another_15_minutes() {
    let user = user();
    user.key_of("r");
    let file = kept(&user);
    let id = user.caller.access_key().replacen("AKIA", "ASIA", 1);
    let write = |seconds: u64, form: fn(String) -> String| {
        let until = clock::iso(SystemTime::now() + Duration::from_secs(seconds));
        let session = json!({ "Credentials": {
            "AccessKeyId": format!("{id}K"), "SecretAccessKey": "s", "SessionToken": "t",
            "Expiration": form(until),
        }});
        fs::write(&file, session.to_string()).expect("a file");
    };
    let forms: [fn(String) -> String; 4] = [
        |it| it,
        |it| it.replace('Z', "UTC"),
        |it| it.replace('Z', "+00:00"),
        |it| it.replace('Z', ".123456+00:00"),
    ];
    for form in forms {
        write(930, form);
        assert_eq!(user.key_of("r"), "ASIAK");
    }
    write(870, |it| it);
    assert_eq!(user.key_of("r"), "ASIA");
    for nonsense in ["", "{}", "[]", "{\"Credentials\": {\"AccessKeyId\": 1}}"] {
        fs::write(&file, nonsense).expect("a file");
        assert_eq!(user.key_of("r"), "ASIA");
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_not_needed() {
    let user = user();
    user.writes("cli", "not a directory");
    assert_eq!(user.key_of("r"), "ASIA");
    assert_eq!(user.key_of("r"), "ASIA");
    assert_eq!(user.assumed().len(), 2);
}

/// With `sudo -E`, for example. The AWS CLI of that user could not read our file.
#[test]
fn nothing_is_cached_in_another_users_home() {
    let user = user();
    let aws = user.aws("");
    if std::os::unix::fs::chown(&aws, Some(54_321), None).is_err() {
        return crate::sandbox::skipped("only root can give a directory to somebody else");
    }
    assert_eq!(user.key_of("r"), "ASIA");
    assert!(!user.aws("cli").exists());
}
