//! IAM Identity Center (both forms of configuration), and console logins.

use std::fs;

use serde_json::Value;

use crate::sandbox::sso::{
    CONSOLE, LEGACY, SESSION, console_file, console_login, legacy_file, session_file, token,
};
use crate::sandbox::{AwsUser, arn, finish};

#[test]
fn either_form_of_sso_login_gives_the_role() {
    let user = AwsUser::with(&[LEGACY, SESSION].concat());
    user.writes(&legacy_file(), &token("good", 3600, None));
    user.writes(&session_file(), &token("good", 3600, Some("good")));
    assert_eq!(user.key_of("l"), "ASIA");
    assert_eq!(user.key_of("s"), "ASIA");
    let calls = user.caller.calls_of("GetRoleCredentials");
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].parameter("role_name"), Some("ops"));
    assert_eq!(calls[0].parameter("account_id"), Some("123456789012"));
    // The second time, the session is cached.
    user.key_of("s");
    assert_eq!(user.caller.calls_of("GetRoleCredentials").len(), 2);
}

#[test]
fn an_expiring_token_is_refreshed_and_cached() {
    let user = AwsUser::with(SESSION);
    user.writes(&session_file(), &token("old", 60, Some("good")));
    assert_eq!(user.key_of("s"), "ASIA");
    let calls = user.caller.calls_of("GetRoleCredentials");
    let new = format!("new-{}", user.caller.access_key());
    assert_eq!(calls[0].parameter("bearer"), Some(new.as_str()));
    let kept = fs::read_to_string(user.aws(&session_file())).expect("a token");
    let kept: Value = serde_json::from_str(&kept).expect("JSON");
    assert_eq!(kept["accessToken"], new);
}

#[test]
fn an_expired_or_missing_login_names_the_login_command() {
    let user = AwsUser::with(&[LEGACY, SESSION].concat());
    let over = |profile: &str, words: &str| {
        let error = format!("mssh: error: {words}");
        let hint = format!("mssh: hint: log in with `aws sso login --profile {profile}`");
        user.runs(&["-u", profile]).fails(255, &[&error, &hint]);
    };
    over("l", "AWS profile `l` is not logged in");
    over("s", "AWS profile `s` is not logged in");
    user.writes(&legacy_file(), &token("old", -60, None));
    user.writes(&session_file(), &token("old", -60, Some("old")));
    over("l", "the login of AWS profile `l` has expired");
    over("s", "the login of AWS profile `s` has expired");
    user.writes(&session_file(), &token("old", -60, None));
    over("s", "the login of AWS profile `s` has expired");
}

#[test]
fn a_role_that_sso_denies_is_named() {
    let user = AwsUser::with(&LEGACY.replace("ops", "denied"));
    user.writes(&legacy_file(), &token("good", 3600, None));
    user.runs(&["-u", "l"]).fails(
        255,
        &[
            "mssh: error: SSO does not give you the role denied in account 123456789012",
            "mssh: hint: check `sso_role_name` and `sso_account_id`, or ask for the role",
        ],
    );
}

#[test]
fn missing_sso_settings_are_listed() {
    let user = AwsUser::with(
        "[profile a]\nsso_account_id = 1\nsso_region = r\n[profile b]\nsso_account_id = 1\n\
         sso_session = nope\nsso_role_name = x\n",
    );
    user.runs(&["-u", "a"]).fails(
        255,
        &[
            "mssh: error: AWS profile `a` is for SSO, but lacks sso_start_url, sso_role_name",
            "mssh: hint: `aws configure sso --profile a` asks for them",
        ],
    );
    user.runs(&["-u", "b"]).fails(
        255,
        &[
            "mssh: error: the `sso_session` of AWS profile `b` does not exist: `nope`",
            "mssh: hint: add a section `[sso-session nope]` to the AWS configuration: `aws configure sso-session` does that",
        ],
    );
}

#[test]
fn sso_may_be_the_source_of_a_role() {
    let arn = arn("r");
    let user = AwsUser::with(&format!(
        "{LEGACY}[profile r]\nrole_arn = {arn}\nsource_profile = l\n"
    ));
    user.writes(&legacy_file(), &token("good", 3600, None));
    assert_eq!(user.key_of("r"), "ASIA");
    assert_eq!(user.assumed(), [("ASIA".to_owned(), "r".to_owned())]);
}

#[test]
fn a_console_login_is_used_refreshed_and_asked_for() {
    let user = AwsUser::with(CONSOLE);
    let file = console_file();
    let session = user.caller.access_key().replacen("AKIA", "ASIA", 1);
    let leaves = |seconds, refresh| {
        let text = console_login(seconds, refresh).replace("$SESSION", &session);
        user.writes(&file, &text);
    };
    let hint = "mssh: hint: log in with `aws login --profile c`";
    user.runs(&["-u", "c"]).fails(
        255,
        &["mssh: error: AWS profile `c` is not logged in", hint],
    );
    leaves(3600, "good");
    assert_eq!(user.key_of("c"), "ASIA");
    assert!(user.caller.calls_of("CreateOAuth2Token").is_empty());
    leaves(60, "good");
    assert_eq!(user.key_of("c"), "ASIA");
    assert_eq!(user.caller.calls_of("CreateOAuth2Token").len(), 1);
    let nothing = |seconds| {
        leaves(seconds, "good");
        let mut command = user.mssh(&["-u", "c"]);
        finish(command.env("AWS_ENDPOINT_URL_SIGNIN", ""))
    };
    nothing(3600).prints("");
    nothing(60).fails(
        255,
        &[
            "mssh: error: AWS_ENDPOINT_URL_SIGNIN has an invalid value: ``",
            "mssh: hint: unset it: a console login cannot be renewed while it is set to nothing",
        ],
    );
    leaves(-60, "old");
    user.runs(&["-u", "c"]).fails(
        255,
        &[
            "mssh: error: the login of AWS profile `c` has expired",
            hint,
        ],
    );
}
