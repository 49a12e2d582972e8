//! Credentials, tokens and the URL of a session are never visible, and do not stay on disk.

use std::process::{Command, Stdio};

use super::{Carried, bytes, carry_by, the_session, words};
use crate::lab::instances::WEB1;
use crate::lab::{Break, SessionBehavior, SessionRecord};
use crate::sandbox::{AwsUser, Login, assert_hidden, files_below, finish, write_script};

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
    let directory = session.directory();
    // ssh and the tunnel, which are told where the agent is.
    let seen = assert_hidden(&directory, &secrets(&record));
    assert!(seen >= 2, "{seen} processes");
    // The tunnel's credentials have been in no file.
    let names = ["agent", "key.pub"].map(|name| directory.join(name));
    assert_eq!(files_below(&directory), names);
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
    let user = AwsUser::with("");
    let caller = &user.caller;
    caller.session_behavior(SessionBehavior {
        breaks: Some((Break::Bytes(100_000), true, 2)),
        paced: true,
        ..SessionBehavior::default()
    });
    let helper = user.aws("helper");
    let keys = user.filled_in(r#"{"Version":1,"AccessKeyId":"$ID","SecretAccessKey":"$SECRET"}"#);
    let script = format!("#!/bin/sh\nmkdir \"$0.used\" && echo '{keys}'\n");
    write_script(&helper, script);
    let config = format!("[default]\ncredential_process = \"{}\"\n", helper.display());
    user.writes("config", &config);
    let content = bytes(150_000, 10);
    let Carried {
        up, down, stderr, ..
    } = carry_by(
        |port| {
            let mut tunnel = user.command("mssh");
            tunnel.args(words(port)).stdin(Stdio::piped());
            tunnel.stdout(Stdio::piped()).stderr(Stdio::piped());
            tunnel
        },
        &content,
        &content,
    );
    assert_eq!(stderr, "");
    assert!(up == content && down == content);
    let record = the_session(caller);
    assert_eq!((record.breaks, record.resumes), (2, 2), "{record:?}");
}
