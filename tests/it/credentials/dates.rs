//! Expiry dates of credentials and logins, in the formats of other tools.

use std::process::Command;
use std::time::{Duration, SystemTime};

use mssh::for_tests::date;
use serde_json::json;

use crate::lab::clock;
use crate::sandbox::sso::{LEGACY, legacy_file, token_with};
use crate::sandbox::{AwsUser, arn, finish, skipped};

/// One hour from now, in the formats of the AWS CLI before 2.1.14, Python's `isoformat` and
/// `strftime`, date(1), and Go.
fn in_an_hour() -> Vec<String> {
    let iso = clock::iso(SystemTime::now() + Duration::from_hours(1));
    let bare = iso.trim_end_matches('Z');
    vec![
        format!("{bare}UTC"),
        format!("{bare}+00:00"),
        format!("{bare}.123456+00:00"),
        format!("{bare}+0000"),
        format!("{} UTC", bare.replace('T', " ")),
        format!("{} +0000 UTC", bare.replace('T', " ")),
    ]
}

#[test]
fn the_end_of_a_login_may_have_any_format() {
    let user = AwsUser::with(LEGACY);
    for end in in_an_hour() {
        user.writes(&legacy_file(), &token_with("good", &end));
        let _ = std::fs::remove_dir_all(user.aws("cli"));
        assert_eq!(user.key_of("l"), "ASIA", "{end}");
    }
}

#[test]
fn so_may_the_output_of_credential_process_and_its_version_may_be_a_float() {
    for end in in_an_hour() {
        let answer = json!({
            "Version": 1.0, "AccessKeyId": "$IDP", "SecretAccessKey": "s", "Expiration": end,
        });
        let user = AwsUser::with("");
        user.writes("answer", &answer.to_string());
        let file = user.aws("answer").display().to_string();
        user.writes(
            "config",
            &format!("[default]\ncredential_process = cat {file}\n"),
        );
        user.runs(&[]).prints("");
        assert_eq!(user.last_key(), "AKIAP", "{end}");
    }
}

#[test]
fn so_may_a_cached_session() {
    let user = AwsUser::with(&format!(
        "[default]\n$KEY\n[profile r]\nrole_arn = {}\nsource_profile = default\n",
        arn("r")
    ));
    user.key_of("r");
    let mut files = user.aws("cli/cache").read_dir().expect("a directory");
    let file = files.next().expect("a session").expect("a file").path();
    for (number, end) in in_an_hour().into_iter().enumerate() {
        let name = format!("cli/cache/{}", file.file_name().expect("a name").display());
        let key = format!(
            "{}K{number}",
            user.caller.access_key().replacen("AKIA", "ASIA", 1)
        );
        let session = json!({ "Credentials": {
            "AccessKeyId": key, "SecretAccessKey": "s", "SessionToken": "t", "Expiration": end,
        }});
        user.writes(&name, &session.to_string());
        assert_eq!(user.key_of("r"), format!("ASIAK{number}"), "{end}");
    }
}

#[test]
fn an_unreadable_login_names_its_file_and_the_login_command() {
    let user = AwsUser::with(LEGACY);
    let path = user.aws(&legacy_file()).display().to_string();
    let hint = "mssh: hint: log in with `aws sso login --profile l`";
    for (text, fault) in [
        ("hush".to_owned(), "it is not JSON"),
        ("{}".to_owned(), "it has no `accessToken`"),
        (
            token_with("good", "soon"),
            "its `expiresAt` is not a date with a time zone",
        ),
        (
            token_with("good", "2090-01-01T00:00:00"),
            "its `expiresAt` is not a date with a time zone",
        ),
        (
            json!({ "accessToken": "hush\r\n", "expiresAt": "2090-01-01T00:00:00Z" }).to_string(),
            "its `accessToken` has a character that no token has",
        ),
    ] {
        user.writes(&legacy_file(), &text);
        let error =
            format!("mssh: error: cannot read the login of AWS profile `l` in {path}: {fault}");
        user.runs(&["-u", "l"]).fails(255, &[&error, hint]);
    }
}

/// We parse dates as Python's dateutil does, and reject what it rejects.
#[test]
fn dates_are_parsed_as_by_dateutil_of_python() {
    let script = "import sys, dateutil.parser\n\
        for line in sys.stdin.read().split('\\n'):\n    \
            try: print(int(dateutil.parser.parse(line).timestamp()))\n    \
            except Exception: print('none')\n";
    let dates = [
        "2026-11-28T19:33:13Z",
        "2026-11-28T19:33:13UTC",
        "2026-11-28 19:33:13 UTC",
        "2026-11-28T20:33:13+01:00",
        "2026-11-28T20:33:13 +0100",
        "2026-11-28T18:03:13-0130",
        "2026-11-28T19:33:13+00",
        "2026/11/28 19:33:13Z",
        "20261128T193313Z",
        "Sat, 28 Nov 2026 19:33:13 GMT",
        "Sat Nov 28 19:33:13 UTC 2026",
        "28 November 2026 19:33:13 UTC",
        "2026-11-28T19:33Z",
        "2026-11-28 19:33:13,500+00:00",
        "soon",
        "2026-13-28T19:33:13Z",
        "2026-11-28T25:33:13Z",
        "2026-11-28T19:60:13Z",
    ];
    let mut python = Command::new("python3");
    let outcome =
        crate::sandbox::finish_with(python.args(["-c", script]), dates.join("\n").as_bytes());
    if outcome.stderr.contains("ModuleNotFoundError") {
        skipped("python3 has no dateutil (package python3-dateutil)");
        return;
    }
    let theirs: Vec<&str> = outcome.stdout.lines().collect();
    let ours = dates.map(|date| match date::read(date) {
        Some((seconds, _)) => seconds.to_string(),
        None => "none".to_owned(),
    });
    assert_eq!(ours.as_slice(), theirs, "{outcome:?}");
}

/// A request cannot even be built with such a region.
#[test]
fn an_invalid_sso_region_is_not_reported_as_a_network_error() {
    let user = AwsUser::with(&LEGACY.replace("eu-west-1", "eu west"));
    user.writes(&legacy_file(), &token_with("good", &in_an_hour()[0]));
    let outcome = finish(user.mssh(&["-u", "l"]).env_remove("AWS_ENDPOINT_URL"));
    outcome.fails(
        255,
        &[
            "mssh: error: `eu west` is not a valid region (set by `sso_region`)",
            "mssh: hint: a region looks like eu-west-1",
        ],
    );
}
