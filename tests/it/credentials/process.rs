//! `credential_process`: any command, run with the terminal and without a shell.

use crate::lab::instances::WEB1;
use crate::sandbox::{AwsUser, Pty, arn, finish, finish_with, write_script};

/// A user whose command is this shell script.
fn user(body: &str) -> AwsUser {
    let user = AwsUser::with("");
    let helper = user.aws("my helper");
    let body = user.filled_in(body);
    write_script(&helper, format!("#!/bin/sh\n{body}\n"));
    let line = format!(
        "credential_process = \"{}\" 'a b' \\$HOME *",
        helper.display()
    );
    user.writes("config", &format!("[default]\n{line}\n"));
    user
}

const GOOD: &str = r#"echo '{"Version": 1, "AccessKeyId": "$IDP", "SecretAccessKey": "s"}'"#;

#[test]
fn the_command_runs_without_a_shell_and_may_write_to_stderr() {
    let user = user(&format!("echo \"$# $1 $2 $3\" >&2\n{GOOD}"));
    let outcome = user.runs(&[]);
    assert_eq!(outcome.stderr, "3 a b $HOME *\n");
    assert_eq!(outcome.code, Some(0));
    assert_eq!(user.last_key(), "AKIAP");
}

#[test]
fn the_command_does_not_read_the_stdin_of_the_session() {
    let user = user(&format!("cat >/dev/null\n{GOOD}"));
    let mut command = user.command("setsid");
    command.args(["-w", "mssh", WEB1, "cat"]);
    finish_with(&mut command, b"for the session").prints("for the session");
}

#[test]
fn the_command_can_ask_on_the_terminal() {
    let user = user(&format!(
        "printf 'pin? ' >&2\nread pin\necho \"got $pin\" >&2\n{GOOD}"
    ));
    let home = user.aws("").parent().expect("a home").display().to_string();
    let line = format!("echo piped | env -u AWS_ACCESS_KEY_ID HOME='{home}' mssh {WEB1} cat");
    let mut pty = Pty::open(&user.caller, &line);
    pty.shows("pin? ");
    pty.types("1234\r");
    pty.shows("got 1234");
    pty.shows("piped");
    assert_eq!(pty.end(), Some(0));
    assert_eq!(user.last_key(), "AKIAP");
}

#[test]
fn the_output_of_the_command_is_never_shown() {
    let hint = "mssh: hint: it runs without a shell, so `~` and `$` are not expanded; it must print \
                JSON with `Version` 1, `AccessKeyId` and `SecretAccessKey`";
    let cases = [
        ("echo hush; exit 3", "failed (exit status: 3)"),
        ("echo hush", "does not print JSON"),
        (
            r#"echo '{"Version": 2, "SecretAccessKey": "hush"}'"#,
            "prints JSON that has no `Version` 1",
        ),
        (
            r#"echo '{"Version": 1, "SecretAccessKey": "hush"}'"#,
            "prints JSON without `AccessKeyId`",
        ),
        (
            r#"echo '{"Version":1,"AccessKeyId":"hush","SecretAccessKey":"hush","Expiration":"2020-01-01T00:00:00Z"}'"#,
            "prints credentials that have expired",
        ),
    ];
    for (body, fault) in cases {
        let error =
            format!("mssh: error: the `credential_process` of AWS profile `default` {fault}");
        user(body).runs(&[]).fails(255, &[&error, hint]);
    }
}

#[test]
fn a_missing_command_is_reported() {
    let user = AwsUser::with("[default]\ncredential_process = /nowhere/helper --x\n");
    let outcome = user.runs(&[]);
    assert!(
        outcome.stderr.starts_with(
            "mssh: error: the `credential_process` of AWS profile `default` names \
             /nowhere/helper, which cannot be run: No such file"
        ),
        "{outcome:?}"
    );
    user.writes("config", "[default]\ncredential_process = helper 'open\n");
    let outcome = finish(&mut user.mssh(&[]));
    assert!(
        outcome
            .stderr
            .contains("is empty, or has an unmatched quote"),
        "{outcome:?}"
    );
}

#[test]
fn the_command_may_be_the_source_of_a_role() {
    let user = user(GOOD);
    let config = std::fs::read_to_string(user.aws("config")).expect("a file");
    let arn = arn("r");
    user.writes(
        "config",
        &format!("{config}[profile r]\nrole_arn = {arn}\nsource_profile = default\n"),
    );
    assert_eq!(user.key_of("r"), "ASIAP");
    assert_eq!(user.assumed(), [("AKIAP".to_owned(), "r".to_owned())]);
}

/// The output of a command whose session ends in this many minutes.
fn ending_in(minutes: u32) -> String {
    format!(
        "end=$(date -u -d '+{minutes} min' +%Y-%m-%dT%H:%M:%SZ)\n\
         echo '{{\"Version\": 1, \"AccessKeyId\": \"$IDP\", \"SecretAccessKey\": \"s\", \
         \"SessionToken\": \"t\", \"Expiration\": \"'$end'\"}}'"
    )
}

#[test]
fn the_known_end_of_a_session_tells_an_expired_session_from_a_wrong_clock() {
    let user = user(&ending_in(60));
    user.caller.clock_ahead(20);
    user.runs(&[]).fails(
        255,
        &[
            "mssh: error: AWS does not accept the time of the request: Request has expired.",
            "mssh: hint: set this machine's clock, which is 20 minutes behind AWS's",
        ],
    );
    let user = self::user(&ending_in(10));
    user.caller.clock_ahead(20);
    user.runs(&[]).fails(
        255,
        &[
            "mssh: error: the AWS credentials have expired",
            "mssh: hint: get new ones, for example with `aws sso login`; and set this machine's \
             clock, which is 20 minutes behind AWS's",
        ],
    );
}

#[test]
fn endless_output_is_cut_off() {
    let user = user("exec yes");
    let outcome = user.runs(&[]);
    let error = outcome.stderr.lines().next().unwrap_or_default();
    assert!(
        error.ends_with("prints output that cannot be read: it is longer than 64 KB"),
        "{outcome:?}"
    );
    assert_eq!(outcome.code, Some(255));
}

#[test]
fn an_endless_file_is_cut_off() {
    let user = AwsUser::with("[default]\n$KEY");
    for variable in ["AWS_CONFIG_FILE", "AWS_CA_BUNDLE"] {
        let mut mssh = user.mssh(&[]);
        mssh.env(variable, "/dev/zero");
        mssh.env("AWS_ENDPOINT_URL", "https://127.0.0.1:1");
        let outcome = finish(&mut mssh);
        assert!(
            outcome.stderr.contains("it is longer than 16384 KB"),
            "{outcome:?}"
        );
        assert_eq!(outcome.code, Some(255));
    }
}
