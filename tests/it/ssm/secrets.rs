//! Credentials, tokens and the URL of a session are never visible, and do not stay on disk.

use std::process::Command;

use super::{Carried, bytes, carry_by, the_session, tunnel};
use crate::lab::instances::WEB1;
use crate::lab::{Break, SessionBehavior, SessionRecord};
use crate::sandbox::{
    AwsUser, Login, assert_hidden, caller, files_below, finish, write_credentials,
};

/// `mssh` with that role, through Session Manager.
fn mssh_of(user: &AwsUser) -> Command {
    let mut mssh = user.command("mssh");
    let port = format!("-p{}", user.caller.lab().port());
    mssh.args(["--profile", "role", "--ssm", &port, WEB1]);
    mssh
}

fn secrets(session: &SessionRecord) -> [&str; 4] {
    ["labsecret", "labtoken", &session.token, &session.cell]
}

#[test]
fn no_process_and_no_file_shows_a_secret() {
    let user = AwsUser::with_role();
    let session = Login::open(&mut mssh_of(&user));
    let record = user.caller.sessions().remove(0);
    assert!(record.access_key.starts_with("ASIALAB"), "{record:?}");
    let directory = session.key().parent().expect("a directory").to_owned();
    // ssh, the tunnel (and briefly a shell) and the keeper.
    let seen = assert_hidden(&directory, &secrets(&record));
    assert!(seen >= 3, "{seen} processes");
    // The tunnel has read its credentials, and removed the file.
    assert_eq!(files_below(&directory), [session.key()]);
}

#[test]
fn no_message_shows_a_secret_and_credentials_are_loaded_once() {
    let user = AwsUser::with_role();
    let outcome = finish(mssh_of(&user).args(["--debug", "-vvv", "true"]));
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("started session"), "{outcome:?}");
    let record = the_session(&user.caller);
    for secret in secrets(&record) {
        assert!(!outcome.stderr.contains(secret), "{secret} in {outcome:?}");
    }
    // The tunnel does not load credentials again.
    assert_eq!(user.caller.calls_of("AssumeRole").len(), 1);
}

/// For example, if there is no terminal for another MFA code. The credentials that started the
/// session work until they expire.
#[test]
fn without_new_credentials_the_old_ones_resume_the_session() {
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
    let file = write_credentials(&caller, &text);
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
