//! Regions, profiles and credentials that are missing or invalid.

use std::fs;

use crate::lab::Caller;
use crate::lab::instances::WEB1;
use crate::sandbox::{NO_CREDENTIALS, Outcome, caller, finish};

#[test]
fn a_missing_region_is_an_error() {
    let caller = caller();
    let mut command = caller.command("mssh");
    finish(command.arg(WEB1).env_remove("AWS_REGION")).fails(
        255,
        &[
            "mssh: error: no AWS region is set",
            "mssh: hint: pass --region, or set AWS_REGION or the profile's `region`",
        ],
    );
    assert!(caller.calls().is_empty());
}

#[test]
fn missing_credentials_are_an_error() {
    let caller = caller();
    let mut command = caller.command("mssh");
    let command = command.arg(WEB1).env_remove("AWS_ACCESS_KEY_ID");
    finish(command.env_remove("AWS_SECRET_ACCESS_KEY")).fails(255, &NO_CREDENTIALS);
}

#[test]
fn an_unknown_profile_is_reported_with_the_known_ones() {
    let caller = caller();
    let config = tempfile::NamedTempFile::new().expect("a file");
    fs::write(
        config.path(),
        "[profile one]\nregion = us-east-1\n[profile two]\n",
    )
    .expect("written");
    let mut command = caller.command("mssh");
    command
        .args(["-u", "nope", WEB1])
        .env("AWS_CONFIG_FILE", config.path());
    finish(&mut command).fails(
        255,
        &[
            "mssh: error: there is no AWS profile `nope`",
            "mssh: hint: the profiles are: one, two",
        ],
    );
}

/// `mssh` with this AWS configuration, and the lab's key in the profile `base`.
fn with_aws_config(caller: &Caller<'_>, text: &str, words: &[&str]) -> Outcome {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let secret = caller
        .command("sh")
        .args(["-c", "echo $AWS_SECRET_ACCESS_KEY"])
        .output()
        .expect("sh");
    let secret = String::from_utf8_lossy(&secret.stdout).into_owned();
    let key = caller.access_key();
    let base = format!("[profile base]\naws_access_key_id={key}\naws_secret_access_key={secret}");
    fs::write(file.path(), format!("{base}\n{text}\n")).expect("written");
    let mut command = caller.command("mssh");
    command.args(words).env("AWS_CONFIG_FILE", file.path());
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"] {
        command.env_remove(name);
    }
    finish(&mut command)
}

#[test]
fn a_profile_may_assume_a_role_wherever_the_region_comes_from() {
    let role = "[profile role]\nrole_arn=arn:aws:iam::123456789012:role/ops\nsource_profile=base";
    let caller = caller();
    let with_region = format!("{role}\nregion=us-east-1");
    with_aws_config(&caller, &with_region, &["-u", "role", WEB1, "true"]).prints("");
    let words = ["-u", "role", "-r", "us-east-1", WEB1, "true"];
    with_aws_config(&caller, role, &words).prints("");
}

#[test]
fn missing_profile_settings_are_reported_in_one_line() {
    let caller = caller();
    let sso = "[profile sso]\nregion=us-east-1\nsso_start_url=https://x.example/start\n\
               sso_region=us-east-1\nsso_account_id=1\nsso_role_name=r";
    let outcome = with_aws_config(&caller, sso, &["-u", "sso", WEB1]);
    assert!(
        outcome
            .stderr
            .ends_with("\nmssh: hint: log in with `aws sso login --profile sso`\n"),
        "{outcome:?}"
    );
    assert_eq!(outcome.stderr.lines().count(), 2, "{outcome:?}");
    let empty = with_aws_config(
        &caller,
        "[profile empty]\nregion=us-east-1",
        &["-u", "empty", WEB1],
    );
    assert_eq!(
        (empty.stderr.lines().count(), empty.code),
        (2, Some(255)),
        "{empty:?}"
    );
    assert!(
        empty.stderr.lines().all(|line| line.len() < 200),
        "{empty:?}"
    );
}

#[test]
fn an_invalid_region_is_reported_with_its_source() {
    let caller = caller();
    let mut command = caller.command("mssh");
    finish(command.arg(WEB1).env("AWS_REGION", "us-east-1 ")).fails(
        255,
        &[
            "mssh: error: `us-east-1 ` is not a valid region (set by AWS_REGION)",
            "mssh: hint: a region looks like eu-west-1",
        ],
    );
    let narnia = with_aws_config(&caller, "[default]\nregion=narnia", &[WEB1]);
    let begins = "mssh: error: `narnia` is not a valid region (set by profile `default` in /tmp/";
    assert!(narnia.stderr.starts_with(begins), "{narnia:?}");
    let mut command = caller.command("mssh");
    let outcome = finish(command.arg(WEB1).env("AWS_REGION", ""));
    assert!(
        outcome
            .stderr
            .starts_with("mssh: error: no AWS region is set\n"),
        "{outcome:?}"
    );
}
