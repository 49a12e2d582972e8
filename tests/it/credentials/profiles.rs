//! Keys in files and the environment: which ones are used.

use std::fs;

use crate::lab::instances::WEB1;
use crate::sandbox::{AwsUser, finish, skipped};

/// A key, made distinct by a suffix.
fn key(name: &str) -> String {
    format!("aws_access_key_id = $ID{name}\naws_secret_access_key = $SECRET\n")
}

#[test]
fn a_key_in_either_file_signs() {
    let user = AwsUser::with(&format!(
        "[profile in-config]\n{}[profile both]\n{}",
        key("C"),
        key("C")
    ));
    user.writes(
        "credentials",
        &format!("[shared]\n{}[both]\n{}", key("S"), key("S")),
    );
    assert_eq!(user.key_of("in-config"), "AKIAC");
    assert_eq!(user.key_of("shared"), "AKIAS");
    assert_eq!(user.key_of("both"), "AKIAS");
}

#[test]
fn unusual_syntax_is_understood() {
    let user = AwsUser::with(
        "# a comment\n[default]\nregion = us-east-1\n\n[profile \"with space\"]\n\
         AWS_ACCESS_KEY_ID : $IDW\naws_secret_access_key=$SECRET\n[profile empty-lines]\n\n\
         ; another\naws_access_key_id = $IDE\n\n  \naws_secret_access_key = $SECRET\ns3 =\n    \
         max_concurrent_requests = 3\n\n    addressing_style = path\n[preview]\ncloudfront = true\n",
    );
    assert_eq!(user.key_of("with space"), "AKIAW");
    assert_eq!(user.key_of("empty-lines"), "AKIAE");
}

#[test]
fn a_named_profile_is_used() {
    let user = AwsUser::with(&format!(
        "[default]\n{}[profile one]\n{}[profile two]\n{}",
        key("D"),
        key("1"),
        key("2")
    ));
    let with = |variables: &[(&str, &str)], words: &[&str]| {
        let mut command = user.mssh(words);
        finish(command.envs(variables.iter().copied())).prints("");
        user.last_key()
    };
    assert_eq!(with(&[], &[]), "AKIAD");
    assert_eq!(with(&[("AWS_PROFILE", "one")], &[]), "AKIA1");
    assert_eq!(with(&[("AWS_DEFAULT_PROFILE", "two")], &[]), "AKIA2");
    assert_eq!(with(&[("AWS_PROFILE", "one")], &["-u", "two"]), "AKIA2");
}

#[test]
fn keys_in_the_environment_win_over_all_but_a_profile_on_the_command_line() {
    let user = AwsUser::with(&format!(
        "[default]\n{}[profile one]\n{}",
        key("D"),
        key("1")
    ));
    let with = |words: &[&str]| {
        let mut command = user.mssh(words);
        let id = format!("{}E", user.caller.access_key());
        command.env("AWS_ACCESS_KEY_ID", id);
        command.env("AWS_SECRET_ACCESS_KEY", "s");
        command.env("AWS_PROFILE", "one");
        finish(&mut command).prints("");
        user.last_key()
    };
    assert_eq!(with(&[]), "AKIAE");
    assert_eq!(with(&["-u", "one"]), "AKIA1");
    assert_eq!(with(&["-u", "default"]), "AKIAD");
}

#[test]
fn a_session_token_in_the_environment_or_a_file_is_sent() {
    let session = "aws_access_key_id = ASIA$ID\n";
    let session = session.replace("ASIA$ID", "$SESSION");
    let user = AwsUser::with("");
    let id = user.caller.access_key().replacen("AKIA", "ASIA", 1);
    let text = session.replace("$SESSION", &id);
    user.writes(
        "credentials",
        &format!("[default]\n{text}aws_secret_access_key = s\naws_session_token = t\n"),
    );
    user.runs(&[]).prints("");
    assert_eq!(user.last_key(), "ASIA");
    let user = AwsUser::with("");
    let mut command = user.mssh(&[]);
    let id = user.caller.access_key().replacen("AKIA", "ASIA", 1);
    command
        .env("AWS_ACCESS_KEY_ID", id)
        .env("AWS_SECRET_ACCESS_KEY", "s")
        .env("AWS_SESSION_TOKEN", "t");
    finish(&mut command).prints("");
    assert_eq!(user.last_key(), "ASIA");
}

#[test]
fn variables_may_name_other_files() {
    let user = AwsUser::with("");
    let elsewhere = user.aws("else where");
    user.writes("else where/config", &format!("[profile x]\n{}", key("X")));
    user.writes("else where/credentials", &format!("[y]\n{}", key("Y")));
    for (profile, expected) in [("x", "AKIAX"), ("y", "AKIAY")] {
        let mut command = user.mssh(&["-u", profile]);
        command
            .env("AWS_CONFIG_FILE", "~/.aws/else where/config")
            .env("AWS_SHARED_CREDENTIALS_FILE", elsewhere.join("credentials"));
        finish(&mut command).prints("");
        assert_eq!(user.last_key(), expected);
    }
}

#[test]
fn syntax_errors_are_reported_with_file_and_line() {
    let user = AwsUser::with("[default]\nregion = us-east-1\nnonsense\n");
    let config = user.aws("config");
    user.runs(&[]).fails(
        255,
        &[
            &format!(
                "mssh: error: cannot read {}: line 3: neither a [section] nor a setting (NAME = \
                 VALUE)",
                config.display()
            ),
            "mssh: hint: correct the file, or name another in AWS_CONFIG_FILE or \
             AWS_SHARED_CREDENTIALS_FILE",
        ],
    );
    let user = AwsUser::with("");
    fs::write(user.aws("credentials"), b"[default]\nx = \xff").expect("a file");
    let outcome = user.runs(&[]);
    assert!(
        outcome.stderr.contains("credentials: it is not UTF-8 text"),
        "{outcome:?}"
    );
}

#[test]
fn half_a_key_is_not_completed_from_another_source() {
    let user = AwsUser::with("[default]\naws_access_key_id = $ID\n");
    user.runs(&[]).fails(
        255,
        &[
            "mssh: error: AWS profile `default` has only half of an access key",
            "mssh: hint: set `aws_access_key_id` and `aws_secret_access_key` in the same file",
        ],
    );
    let mut command = user.mssh(&[]);
    finish(command.env("AWS_ACCESS_KEY_ID", user.caller.access_key())).fails(
        255,
        &[
            "mssh: error: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not",
            "mssh: hint: set both, or neither",
        ],
    );
}

#[test]
fn an_unknown_profile_is_an_error_even_with_keys() {
    let user = AwsUser::with("[profile one]\n[profile \"o n e\"]\n");
    let mut command = user.mssh(&[]);
    command
        .env("AWS_PROFILE", "nope")
        .env("AWS_ACCESS_KEY_ID", user.caller.access_key())
        .env("AWS_SECRET_ACCESS_KEY", "s");
    finish(&mut command).fails(
        255,
        &[
            "mssh: error: there is no AWS profile `nope`",
            "mssh: hint: the profiles are: o n e, one",
        ],
    );
}

/// Each of the two files is opened once, and no cache.
#[test]
fn a_key_in_a_file_takes_two_opened_files() {
    let user = AwsUser::with("[default]\n$KEY");
    user.writes("credentials", "[other]\n");
    let trace = user.aws("trace");
    let mut command = user.command("strace");
    command.args(["-f", "-e", "trace=openat,open", "-o"]);
    command.arg(&trace).args(["mssh", "--dry-run", WEB1]);
    let traced = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| finish(&mut command)));
    let Ok(outcome) = traced else {
        skipped("strace is not installed");
        return;
    };
    if outcome.stderr.contains("ptrace") || outcome.stderr.contains("not permitted") {
        skipped("strace may not trace here");
        return;
    }
    let trace = fs::read_to_string(trace).expect("a trace");
    let opened: Vec<&str> = trace
        .lines()
        .filter(|line| line.contains("/.aws/"))
        .collect();
    let of = |name: &str| opened.iter().filter(|line| line.contains(name)).count();
    assert_eq!(
        (of("/config\""), of("/credentials\""), opened.len()),
        (1, 1, 2),
        "{opened:?}"
    );
}
