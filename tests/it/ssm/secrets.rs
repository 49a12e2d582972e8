//! Credentials, tokens and the URL of a session: nobody sees them, and they do not stay.

use std::process::Command;

use super::{Carried, bytes, carry_by, the_session, tunnel};
use crate::lab::{Break, SessionBehavior, SessionRecord, instances};
use crate::sandbox::{AwsUser, Login, caller, discreet, files_below, finish, handed};

/// Somebody with a profile for a role, whose session has a token, in their files.
fn with_role() -> AwsUser {
    AwsUser::with(
        "[profile base]\n$KEYregion = us-east-1\n[profile role]\n\
         role_arn = arn:aws:iam::123456789012:role/lab\nsource_profile = base\nregion = us-east-1\n",
    )
}

/// Their `mssh` by that role and a session.
fn mssh_of(user: &AwsUser) -> Command {
    let mut mssh = user.command("mssh");
    let port = format!("-p{}", user.caller.lab().port());
    mssh.args(["--profile", "role", "--ssm", &port, instances::WEB1]);
    mssh
}

/// What nobody is to see.
fn secrets(session: &SessionRecord) -> [&str; 4] {
    ["labsecret", "labtoken", &session.token, &session.cell]
}

#[test]
fn no_process_and_no_file_tells_a_secret() {
    let user = with_role();
    let session = Login::open(&mut mssh_of(&user));
    let record = user.caller.sessions().remove(0);
    assert!(record.access_key.starts_with("ASIALAB"), "{record:?}");
    let room = session.key().parent().expect("a room").to_owned();
    // ssh, the tunnel (and for a moment a shell) and the keeper.
    let seen = discreet(&room, &secrets(&record));
    assert!(seen >= 3, "{seen} processes");
    // The tunnel has taken its credentials, and left none.
    assert_eq!(files_below(&room), [session.key()]);
}

#[test]
fn nothing_that_is_said_tells_a_secret_and_nobody_is_asked_twice() {
    let user = with_role();
    let outcome = finish(mssh_of(&user).args(["--debug", "-vvv", "true"]));
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("started session"), "{outcome:?}");
    let record = the_session(&user.caller);
    for secret in secrets(&record) {
        assert!(!outcome.stderr.contains(secret), "{secret} in {outcome:?}");
    }
    // What the parent has found out is not asked again.
    assert_eq!(user.caller.calls_of("AssumeRole").len(), 1);
}

/// Nobody is there to give another MFA code, say; those that the session was started with will do
/// as long as they last.
#[test]
fn where_no_other_credentials_are_to_be_had_those_at_hand_resume_the_session() {
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        breaks: Some((Break::Bytes(100_000), true, 2)),
        paced: true,
        ..SessionBehavior::default()
    });
    let text = format!(
        r#"{{"AccessKeyId":"{}","SecretAccessKey":"labsecretlabsecretlabsecretlabsecretlabs"}}"#,
        caller.access_key()
    );
    let file = handed(&caller, &text);
    let content = bytes(150_000, 10);
    let Carried {
        up, down, stderr, ..
    } = carry_by(
        |port| {
            let mut tunnel = tunnel(&caller, port);
            tunnel.env_remove("AWS_ACCESS_KEY_ID");
            tunnel.arg(format!("credentials={}", file.display()));
            tunnel
        },
        &content,
        &content,
    );
    assert_eq!(stderr, "");
    assert!(up == content && down == content);
    assert!(!file.exists());
    let record = the_session(&caller);
    assert_eq!((record.breaks, record.resumes), (2, 2), "{record:?}");
}
