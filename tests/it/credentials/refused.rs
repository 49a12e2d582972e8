//! Cached sessions that AWS no longer accepts: revoked, or of a role that was deleted and created
//! again.

use std::time::{Duration, SystemTime};

use serde_json::json;

use crate::lab::instances::WEB1;
use crate::lab::{DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble, clock};
use crate::sandbox::{AwsUser, Outcome, arn, finish, finish_with};

/// A user with cached sessions of two roles; the second is assumed from the first.
fn user() -> AwsUser {
    let user = AwsUser::with(&format!(
        "[default]\n$KEY\n[profile r]\nrole_arn = {0}\nsource_profile = default\n\
         [profile s]\nrole_arn = {0}2\nsource_profile = r\n",
        arn("r")
    ));
    user.key_of("r");
    user
}

/// The file of the only cached session.
fn file(user: &AwsUser) -> String {
    let files = user.aws("cli/cache").read_dir().expect("a directory");
    let mut files = files.map(|file| file.expect("a file").path());
    let file = files.find(|file| file.extension().is_some_and(|it| it == "json"));
    file.expect("a session").display().to_string()
}

/// Replaces the session in the file by another valid one.
fn put(user: &AwsUser, file: &str) {
    let key = user.caller.access_key().replacen("AKIA", "ASIA", 1);
    let end = clock::iso(SystemTime::now() + Duration::from_hours(9));
    let session = json!({ "Credentials": {
        "AccessKeyId": format!("{key}K"), "SecretAccessKey": "s", "SessionToken": "t",
        "Expiration": end,
    }});
    std::fs::write(file, session.to_string()).expect("a file");
}

fn warning(file: &str) -> String {
    format!("mssh: warning: AWS does not accept the session in {file}: getting a new one")
}

#[track_caller]
fn warns_and_goes_on(outcome: &Outcome, file: &str) {
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!(
        (lines, outcome.code),
        (vec![warning(file).as_str()], Some(0))
    );
}

#[test]
fn a_refused_session_is_dropped_and_replaced() {
    for trouble in [Trouble::ExpiredToken, Trouble::BadToken] {
        let user = user();
        let file = file(&user);
        put(&user, &file);
        user.caller
            .fault(Fault::new(trouble).on(DESCRIBE_INSTANCES).first(1));
        warns_and_goes_on(&user.runs(&["-u", "r"]), &file);
        assert_eq!(
            (user.last_key().as_str(), user.assumed().len()),
            ("ASIA", 2)
        );
        // The new session is cached.
        assert_eq!(user.key_of("r"), "ASIA");
        assert_eq!(user.assumed().len(), 2);
    }
}

/// Both calls are made at the same time, so AWS refuses both; each answer may be the first.
#[test]
fn a_session_refused_for_the_push_too_is_dropped_once() {
    // Each is answered after a while: the first answer ends the other call, which must have been made.
    for (describe, push) in [(200, 200), (600, 200), (200, 600)] {
        let user = user();
        let file = file(&user);
        put(&user, &file);
        for (action, ms) in [(DESCRIBE_INSTANCES, describe), (SEND_SSH_PUBLIC_KEY, push)] {
            let late = Trouble::Latency(Duration::from_millis(ms));
            for trouble in [late, Trouble::ExpiredToken] {
                user.caller.fault(Fault::new(trouble).on(action).first(1));
            }
        }
        warns_and_goes_on(&user.runs(&["-u", "r"]), &file);
        assert_eq!(user.assumed().len(), 2, "{describe} {push}");
    }
}

#[test]
fn the_replacement_is_used_again() {
    let user = user();
    let file = file(&user);
    let before = user.caller.calls_of(DESCRIBE_INSTANCES).len();
    user.caller
        .fault(Fault::new(Trouble::BadToken).on(DESCRIBE_INSTANCES));
    user.runs(&["-u", "r"]).fails(
        255,
        &[
            &warning(&file),
            "mssh: error: AWS does not accept the credentials (AuthFailure)",
            "mssh: hint: `aws sts get-caller-identity` shows whether they work at all",
        ],
    );
    assert_eq!(user.caller.calls_of(DESCRIBE_INSTANCES).len(), before + 2);
    assert_eq!(user.assumed().len(), 2);
}

#[test]
fn a_session_refused_for_a_chained_role_is_dropped() {
    let user = user();
    let file = file(&user);
    put(&user, &file);
    user.caller
        .fault(Fault::new(Trouble::ExpiredToken).on("AssumeRole").first(1));
    warns_and_goes_on(&user.runs(&["-u", "s"]), &file);
    let asked: Vec<String> = user.assumed().into_iter().map(|(key, _)| key).collect();
    assert_eq!(asked, ["AKIA", "ASIAK", "AKIA", "ASIA"]);
}

#[test]
fn a_session_refused_by_session_manager_is_dropped() {
    let user = user();
    let file = file(&user);
    put(&user, &file);
    user.caller.fault(
        Fault::new(Trouble::ExpiredToken)
            .on("StartSession")
            .first(1),
    );
    let mut command = user.command("mssh");
    let outcome = finish_with(command.args(["-u", "r", "--shell", WEB1]), b"exit\n");
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert_eq!(outcome.stderr.lines().next(), Some(warning(&file).as_str()));
    assert_eq!(user.assumed().len(), 2);
}

/// AWS refuses the base key here, and not the session.
#[test]
fn a_session_that_another_process_replaced_is_left_alone() {
    let user = user();
    let file = file(&user);
    let slow = Trouble::Latency(Duration::from_secs(3));
    user.caller
        .fault(Fault::new(slow).on(DESCRIBE_INSTANCES).first(1));
    user.caller.fault(
        Fault::new(Trouble::ExpiredToken)
            .on(DESCRIBE_INSTANCES)
            .first(1),
    );
    let mut command = user.mssh(&["-u", "r"]);
    let outcome = std::thread::scope(|scope| {
        let run = scope.spawn(|| finish(&mut command));
        let asked = || user.caller.calls_of(DESCRIBE_INSTANCES).len() > 1;
        assert!(crate::sandbox::eventually(Duration::from_secs(30), asked));
        put(&user, &file);
        run.join().expect("a run")
    });
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert_eq!(
        (user.last_key().as_str(), user.assumed().len()),
        ("ASIAK", 1)
    );
}

/// With `sudo -E`, root has the home of another user.
#[test]
fn the_session_of_another_user_is_not_dropped() {
    let user = user();
    let file = file(&user);
    if std::os::unix::fs::chown(&file, Some(54_321), None).is_err() {
        return crate::sandbox::skipped("only root can give a file to somebody else");
    }
    user.caller
        .fault(Fault::new(Trouble::BadToken).on(DESCRIBE_INSTANCES));
    let outcome = user.runs(&["-u", "r"]);
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    let hint = format!(
        "mssh: hint: delete {file}: AWS does not accept the session in it, and mssh may not"
    );
    assert!(outcome.stderr.contains(&hint), "{outcome:?}");
    assert!(std::path::Path::new(&file).exists());
}
