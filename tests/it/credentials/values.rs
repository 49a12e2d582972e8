//! Invalid keys and tokens are named, but never shown.

use crate::sandbox::{AwsUser, finish};

/// `export $(cat .env)` of a file with Windows line ends includes the carriage returns.
#[test]
fn a_variable_that_ends_in_a_carriage_return_is_named() {
    let user = AwsUser::with("");
    let id = user.caller.access_key();
    let good = [
        ("AWS_ACCESS_KEY_ID", id),
        ("AWS_SECRET_ACCESS_KEY", "hush"),
        ("AWS_SESSION_TOKEN", "hush"),
    ];
    for (number, (name, value)) in good.iter().enumerate() {
        for (end, said) in [
            ("\r", "ends in a carriage return"),
            ("\n", "ends in a line feed"),
            (" ", "ends in a space"),
            ("\u{201d}", "ends in the character U+201D"),
        ] {
            let mut variables = good.map(|(name, value)| (name, value.to_owned()));
            variables[number].1 = format!("{value}{end}");
            let outcome = finish(user.mssh(&[]).envs(variables));
            let error = format!("mssh: error: {name} {said}");
            assert!(outcome.stderr.starts_with(&error), "{outcome:?}");
            assert!(!outcome.stderr.contains("hush"), "{outcome:?}");
            assert_eq!(
                (outcome.stderr.lines().count(), outcome.code),
                (2, Some(255))
            );
        }
    }
    assert!(user.caller.calls().is_empty());
}

#[test]
fn an_invalid_setting_is_reported_with_file_and_line() {
    let user = AwsUser::with("");
    let hint = "mssh: hint: remove it, or copy the value from AWS again";
    for name in ["config", "credentials"] {
        let user = AwsUser::with("");
        user.writes(
            name,
            "[default]\n$KEY# said aside\naws_session_token = hush\n  hush\n",
        );
        let path = user.aws(name).display().to_string();
        let error =
            format!("mssh: error: `aws_session_token` in {path}, line 5, contains a line feed");
        user.runs(&[]).fails(255, &[&error, hint]);
    }
    user.writes("credentials", "[default]\r\n$KEY\r\nregion=us-east-1\r\n");
    user.runs(&[]).prints("");
}
