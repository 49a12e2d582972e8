//! Unreadable AWS files are reported, with path and reason, if a missing value may be in them.

use std::fs::{self};
use std::process::Command;

use crate::lab::Metadata;
use crate::lab::instances::WEB1;
use crate::sandbox::{AwsUser, Outcome, finish, set_mode};

/// `mssh` as a user that file modes apply to: root without its capabilities.
fn bound(user: &AwsUser, words: &[&str]) -> Command {
    if !nix::unistd::getuid().is_root() {
        return user.mssh(words);
    }
    let mut command = user.command("setpriv");
    let caps = "-dac_override,-dac_read_search";
    command.args(["--bounding-set", caps, "--inh-caps", caps, "mssh"]);
    command.args(words).args([WEB1, "true"]);
    command
}

/// Makes a file in `.aws` unreadable, or the directory.
fn close(user: &AwsUser, name: &str) {
    set_mode(user.aws(name), 0o000);
}

/// Undoes that, so that the home can be removed.
fn open(user: &AwsUser, name: &str) {
    set_mode(user.aws(name), 0o700);
}

#[track_caller]
fn reports(outcome: &Outcome, user: &AwsUser, name: &str) {
    let error = format!(
        "mssh: error: cannot read the AWS configuration {}: Permission denied",
        user.aws(name).display()
    );
    let hint = format!(
        "mssh: hint: is it root's, after `sudo aws`? `sudo chown -R \"$USER\" {}` makes it yours",
        user.aws("").display().to_string().trim_end_matches('/')
    );
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert!(lines[0].starts_with(&error), "{outcome:?}");
    assert_eq!(
        (lines[1], lines.len(), outcome.code),
        (hint.as_str(), 2, Some(255))
    );
}

#[test]
fn an_unreadable_file_is_reported_for_a_missing_profile() {
    for name in ["config", "credentials"] {
        let user = AwsUser::with("");
        user.writes(name, "[profile dev]\n$KEY\n[dev]\n$KEY\n");
        close(&user, name);
        reports(&finish(&mut bound(&user, &["-u", "dev"])), &user, name);
    }
    let user = AwsUser::with("[profile dev]\n$KEY\n");
    close(&user, "");
    reports(&finish(&mut bound(&user, &["-u", "dev"])), &user, "config");
    open(&user, "");
}

#[test]
fn an_unreadable_file_is_reported_for_missing_credentials() {
    let user = AwsUser::with(
        "[profile dev]\nregion = us-east-1\n[profile r]\nrole_arn = x\nsource_profile = y\n",
    );
    user.writes("credentials", "[dev]\n$KEY\n[y]\n$KEY\n");
    close(&user, "credentials");
    for words in [&["-u", "dev"][..], &["-u", "r"]] {
        reports(&finish(&mut bound(&user, words)), &user, "credentials");
    }
    let outcome = finish(&mut bound(&user, &[]));
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert!(
        lines[0].starts_with("mssh: warning: cannot read the AWS configuration")
            && lines[0].ends_with("; going on without it"),
        "{outcome:?}"
    );
    assert!(
        lines[1].starts_with("mssh: error: cannot read the AWS"),
        "{outcome:?}"
    );
}

#[test]
fn an_unreadable_file_is_reported_for_a_missing_region() {
    let user = AwsUser::with("[default]\nregion = us-east-1\n");
    user.writes("credentials", "[default]\n$KEY\n");
    close(&user, "config");
    let mut command = bound(&user, &[]);
    let outcome = finish(
        command
            .env_remove("AWS_REGION")
            .env_remove("AWS_DEFAULT_REGION"),
    );
    assert!(
        outcome.stderr.starts_with(
            "mssh: error: no AWS region is set, and cannot read the AWS configuration "
        ),
        "{outcome:?}"
    );
}

#[test]
fn an_unreadable_file_that_is_not_needed_is_ignored() {
    let user = AwsUser::with("[default]\nregion = us-east-1\n");
    close(&user, "config");
    let mut command = bound(&user, &[]);
    command
        .env("AWS_ACCESS_KEY_ID", user.caller.access_key())
        .env("AWS_SECRET_ACCESS_KEY", "s");
    finish(&mut command).prints("");
}

/// The role of the instance may differ from the role of the profile.
#[test]
fn the_instance_role_does_not_replace_a_named_profile() {
    let user = AwsUser::with("[profile dev]\nregion = us-east-1\n");
    user.writes("credentials", "[dev]\n$KEY\n");
    close(&user, "credentials");
    let metadata = Metadata::start(Some(user.caller.access_key()), "us-east-1").expect("a service");
    let run = |words: &[&str]| {
        let mut command = bound(&user, words);
        command
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url())
            .env_remove("AWS_EC2_METADATA_DISABLED");
        finish(&mut command)
    };
    reports(&run(&["-u", "dev"]), &user, "credentials");
    assert!(metadata.asked().is_empty());
    let outcome = run(&[]);
    assert_eq!(
        (outcome.code, outcome.stderr.lines().count()),
        (Some(0), 1),
        "{outcome:?}"
    );
}

#[test]
fn a_missing_file_named_by_a_variable_is_reported_for_a_profile() {
    let user = AwsUser::with("");
    let mut command = user.mssh(&["-u", "dev"]);
    let outcome = finish(command.env("AWS_CONFIG_FILE", "/nowhere/config"));
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert!(
        lines[0].starts_with(
            "mssh: error: cannot read the AWS configuration /nowhere/config: No such file"
        ),
        "{outcome:?}"
    );
    assert_eq!(
        lines[1],
        "mssh: hint: AWS_CONFIG_FILE names it: set it to the right file"
    );
}

#[test]
fn a_byte_order_mark_is_skipped_and_utf16_is_reported() {
    for name in ["config", "credentials"] {
        let user = AwsUser::with("");
        user.writes(name, "\u{feff}[default]\r\n$KEY");
        user.runs(&[]).prints("");
    }
    let user = AwsUser::with("");
    let text = "[default]\r\n".encode_utf16().flat_map(u16::to_le_bytes);
    let text: Vec<u8> = [0xff, 0xfe].into_iter().chain(text).collect();
    fs::write(user.aws("credentials"), text).expect("a file");
    let path = user.aws("credentials").display().to_string();
    user.runs(&[]).fails(
        255,
        &[
            &format!(
                "mssh: error: cannot read {path}: it is UTF-16, as PowerShell writes it, and not UTF-8"
            ),
            "mssh: hint: correct the file, or name another in AWS_CONFIG_FILE or \
             AWS_SHARED_CREDENTIALS_FILE",
        ],
    );
}
