//! Comparison with the AWS CLI: on the same unusual files, both sign with the same key, and each
//! uses the other's cached sessions.

use std::process::Command;

use crate::lab::instances::WEB1;
use crate::sandbox::{AwsUser, Outcome, Pty, arn, finish, skipped};

/// Whether the installed AWS CLI can be pointed to the lab (AWS_ENDPOINT_URL, since 1.29 and 2.13).
fn is_new_enough(user: &AwsUser) -> bool {
    let output = user.command("aws").arg("--version").output();
    let output = output.expect("`aws` is installed (package awscli, or from PyPI)");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    let version = said.split(['/', ' ']).nth(1).unwrap_or_default();
    let mut numbers = version
        .split('.')
        .map_while(|part| part.parse::<u32>().ok());
    let enough = match (numbers.next(), numbers.next()) {
        (Some(1), Some(minor)) => minor >= 29,
        (Some(2), Some(minor)) => minor >= 13,
        _ => false,
    };
    if !enough {
        skipped(&format!(
            "the AWS CLI {version} cannot be led to the lab by AWS_ENDPOINT_URL"
        ));
    }
    enough
}

fn aws(user: &AwsUser, profile: &str) -> Command {
    let mut command = user.command("aws");
    command.args(["sts", "get-caller-identity", "--endpoint-url"]);
    command.arg(user.caller.lab().url());
    if !profile.is_empty() {
        command.args(["--profile", profile]);
    }
    command
}

/// The key that the AWS CLI signed with, if any.
fn key_of_aws_cli(user: &AwsUser, outcome: &Outcome) -> Option<String> {
    let calls = user.caller.calls_of("GetCallerIdentity");
    assert_eq!(outcome.code == Some(0), !calls.is_empty(), "{outcome:?}");
    let call = calls.last().filter(|_| outcome.code == Some(0))?;
    Some(user.short(&call.access_key))
}

/// The key that mssh signed with, if any.
fn key_of_mssh(user: &AwsUser, outcome: &Outcome) -> Option<String> {
    (outcome.code == Some(0)).then(|| user.last_key())
}

#[test]
fn the_same_files_give_the_same_key() {
    let key = |name: &str| format!("aws_access_key_id = $ID{name}\naws_secret_access_key = s\n");
    let config = [
        "[default]\nregion = us-east-1\n",
        "[profile \"a b\"] # aside\n",
        &key("A"),
        "[profile\ttab]\n",
        &key("B"),
        "[profile 'single']\nAWS_Access_Key_ID: $IDC\naws_secret_access_key:s\n",
        "[profilex odd]\n",
        &key("D"),
        "[bare]\n",
        &key("E"),
        "[profile both]\n",
        &key("F"),
        "[profile process]\ncredential_process = echo ",
        r#""{\"Version\": 1, \"AccessKeyId\": \"$IDG\", \"SecretAccessKey\": \"s\"}""#,
        "\n",
        &key("H"),
        "[profile \"again\"]\n",
        &key("I"),
        "[profile again]\n",
        &key("J"),
        "[profile nested]\ns3 =\n  x = 1\n  y=2\n",
        &key("K"),
        "[profile comment] ; aside\n  # an indented comment\n; another\n",
        &key("L"),
        "[profile half]\naws_access_key_id = $IDM\n",
        "[profile esc\\ aped]\n",
        &key("N"),
    ]
    .concat();
    let shared = [
        "[both]\n",
        &key("S"),
        "[profile p]\n",
        &key("T"),
        "[ spaced ]\n",
        &key("U"),
    ];
    let profiles = [
        "a b",
        "tab",
        "single",
        "odd",
        "bare",
        "both",
        "process",
        "again",
        "nested",
        "comment",
        "half",
        "esc aped",
        "profile p",
        "p",
        " spaced ",
        "spaced",
    ];
    for profile in profiles {
        let user = AwsUser::with(&config);
        user.writes("credentials", &shared.concat());
        let theirs = finish(&mut aws(&user, profile));
        let ours = user.runs(&["-u", profile]);
        let (them, us) = (key_of_aws_cli(&user, &theirs), key_of_mssh(&user, &ours));
        assert_eq!(us, them, "{profile:?}: {ours:?} {theirs:?}");
    }
}

#[test]
fn files_that_the_aws_cli_rejects_are_rejected() {
    for (name, text) in [
        ("config", "region = x\n[default]\n$KEY"),
        ("config", "[default]\n$KEY\nnonsense\n"),
        ("config", "[default]\n$KEY\n[default]\n"),
        ("config", "[default]\n$KEY\nregion = a\nREGION = b\n"),
        ("config", "[default]\n$KEY\ns3 =\n  nonsense\n"),
        ("credentials", "[default]\n$KEY\n= x\n"),
    ] {
        let user = AwsUser::with("");
        user.writes(name, text);
        let theirs = finish(&mut aws(&user, ""));
        let ours = user.runs(&[]);
        assert_ne!(theirs.code, Some(0), "{text:?}: {theirs:?}");
        assert_eq!(ours.code, Some(255), "{text:?}: {ours:?}");
    }
}

/// A user with a role that needs every setting.
fn guarded() -> AwsUser {
    AwsUser::with(&format!(
        "[default]\n$KEY\nregion = us-east-1\n[profile guarded]\nrole_arn = {}\n\
         source_profile = default\nmfa_serial = arn:aws:iam::123456789012:mfa/jane\n\
         external_id = \"x\\y\" ä\nrole_session_name = jane\nduration_seconds = 3600\n",
        arn("guarded")
    ))
}

fn in_terminal(user: &AwsUser, line: &str) {
    let home = user.aws("").parent().expect("a home").display().to_string();
    let line = format!(
        "env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY HOME='{home}' AWS_DEFAULT_REGION=us-east-1 \
         {line}"
    );
    let mut pty = Pty::open(&user.caller, &line);
    pty.shows("Enter MFA code for arn:aws:iam::123456789012:mfa/jane: ");
    pty.types("123456\r");
    assert_eq!(pty.end(), Some(0), "{:?}", pty.screen());
    assert_eq!(user.assumed().len(), 1);
}

#[test]
fn the_aws_cli_uses_our_cached_session() {
    let user = guarded();
    in_terminal(&user, &format!("mssh -u guarded {WEB1} true"));
    let theirs = finish(&mut aws(&user, "guarded"));
    assert_eq!(
        key_of_aws_cli(&user, &theirs).as_deref(),
        Some("ASIA"),
        "{theirs:?}"
    );
    assert_eq!(user.assumed().len(), 1);
}

#[test]
fn we_use_the_cached_session_of_the_aws_cli() {
    let user = guarded();
    if !is_new_enough(&user) {
        return;
    }
    in_terminal(&user, "aws sts get-caller-identity --profile guarded");
    assert_eq!(user.key_of("guarded"), "ASIA");
    assert_eq!(user.assumed().len(), 1);
}

#[test]
fn the_same_role_is_assumed_from_the_same_source() {
    let probe = AwsUser::with("");
    if !is_new_enough(&probe) {
        return;
    }
    let config = format!(
        "[default]\nregion = us-east-1\n$KEY\n\
         [profile self]\nrole_arn = {0}1\nsource_profile = self\n$KEY\n\
         [profile up]\nrole_arn = {0}2\nsource_profile = self\n\
         [profile chain]\nrole_arn = {0}3\nsource_profile = link\n\
         [profile link]\nrole_arn = {0}4\nsource_profile = default\n\
         [profile odd-time]\nrole_arn = {0}5\nsource_profile = default\nduration_seconds = soon\n\
         [profile loop]\nrole_arn = {0}6\nsource_profile = pool\n\
         [profile pool]\nrole_arn = {0}7\nsource_profile = loop\n\
         [profile env]\nrole_arn = {0}8\ncredential_source = Environment\n\
         [profile web]\nrole_arn = {0}9\nweb_identity_token_file = /nowhere/token\n$KEY\n",
        arn("r")
    );
    for profile in ["self", "up", "chain", "odd-time", "loop", "env", "web"] {
        let both = [AwsUser::with(&config), AwsUser::with(&config)];
        let theirs = finish(&mut aws(&both[0], profile));
        let ours = both[1].runs(&["-u", profile]);
        assert_eq!(
            theirs.code == Some(0),
            ours.code == Some(0),
            "{profile}: {theirs:?} {ours:?}"
        );
        assert_eq!(
            both[0].assumed(),
            both[1].assumed(),
            "{profile}: {theirs:?} {ours:?}"
        );
    }
}
