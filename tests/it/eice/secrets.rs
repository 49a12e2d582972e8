//! Credentials and signed URLs are never visible, and do not stay on disk.

use std::fs;
use std::process::Command;

use super::mssh;
use crate::lab::eice::{SAME_SUBNET, name};
use crate::lab::instances::PRIVATE;
use crate::sandbox::eice::{command, service};
use crate::sandbox::{
    AwsUser, Login, assert_hidden, caller, files_below, finish, mode, set_mode, write_credentials,
};

/// Secret text: the lab's secret key, and parts of a signed URL.
const SECRETS: [&str; 4] = [
    "labsecret",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
    "labtoken",
];

/// `mssh` with that role, through an endpoint.
fn mssh_of(user: &AwsUser) -> Command {
    let mut mssh = user.command("mssh");
    mssh.env("AWS_CA_BUNDLE", service().certificate());
    mssh.args(["--profile", "role", "--eice", PRIVATE]);
    mssh
}

#[test]
fn no_process_and_no_file_shows_a_secret() {
    let user = AwsUser::with_role();
    let caller = &user.caller;
    let session = Login::open(&mut mssh_of(&user));
    assert!(
        caller.tunnels()[0].access_key.starts_with("ASIALAB"),
        "no role"
    );
    let directory = session.key().parent().expect("a directory").to_owned();
    assert_eq!(mode(&directory), 0o700);
    // ssh, the tunnel (and briefly a shell) and the keeper.
    let seen = assert_hidden(&directory, &SECRETS);
    assert!(seen >= 3, "{seen} processes");
    // The tunnel has read its credentials, and removed the file.
    assert_eq!(files_below(&directory), [session.key()]);
}

#[test]
fn no_message_shows_a_secret() {
    let outcome = finish(mssh_of(&AwsUser::with_role()).args(["--debug", "-vvv", "true"]));
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains(&format!("127.0.1.21 through {SAME_SUBNET}"))
    );
    assert!(outcome.stderr.contains("is open"), "{outcome:?}");
    for secret in SECRETS {
        assert!(!outcome.stderr.contains(secret), "{secret} in {outcome:?}");
    }
}

/// The tunnel does not load credentials again, unless the file is gone.
#[test]
fn the_tunnel_uses_the_credentials_handed_to_it() {
    let user = AwsUser::with_role();
    finish(mssh_of(&user).arg("true")).prints("");
    assert_eq!(user.caller.calls_of("AssumeRole").len(), 1);
    let caller = caller();
    let text = format!(
        r#"{{"AccessKeyId":"{}","SecretAccessKey":"labsecretlabsecretlabsecretlabsecretlabs"}}"#,
        caller.access_key()
    );
    let door = format!(
        "eice=x,{SAME_SUBNET},{},127.0.1.21,us-east-1",
        name(SAME_SUBNET)
    );
    let file = write_credentials(&caller, &text);
    let credentials = format!("credentials={}", file.display());
    for keep in [true, false] {
        write_credentials(&caller, &text);
        let mut tunnel = command(&caller, "mssh");
        tunnel.env_remove("AWS_ACCESS_KEY_ID");
        tunnel.args(["--tunnel", "port=3389", &door, &credentials]);
        tunnel.args(keep.then_some("keep"));
        let outcome = crate::sandbox::finish_with(&mut tunnel, b"quit\n");
        assert_eq!((outcome.code, &*outcome.stderr), (Some(0), ""));
        assert_eq!(file.exists(), keep);
    }
    // The file is gone: those in the environment are used.
    let mut tunnel = command(&caller, "mssh");
    tunnel.args(["--tunnel", "port=3389", &door, &credentials]);
    crate::sandbox::finish_with(&mut tunnel, b"quit\n").prints("");
}

/// A file that mssh did not write is not used, whatever the command line says.
#[test]
fn a_credentials_file_of_the_user_is_neither_read_nor_deleted() {
    let caller = caller();
    let directory = write_credentials(&caller, "")
        .parent()
        .map(ToOwned::to_owned);
    let directory = directory.expect("a directory");
    let elsewhere = caller.run_dir().join("aws");
    fs::create_dir(&elsewhere).expect("a directory");
    let door = format!(
        "eice=x,{SAME_SUBNET},{},127.0.1.21,us-east-1",
        name(SAME_SUBNET)
    );
    for file in [directory.join("config"), elsewhere.join("credentials")] {
        let text = r#"{"AccessKeyId":"AKIANOBODY","SecretAccessKey":"nothing"}"#;
        fs::write(&file, text).expect("a file");
        set_mode(&file, 0o600);
        let mut tunnel = command(&caller, "mssh");
        let credentials = format!("credentials={}", file.display());
        tunnel.args(["--tunnel", "port=3389", &door, &credentials]);
        crate::sandbox::finish_with(&mut tunnel, b"quit\n").prints("");
        assert!(file.exists(), "{}", file.display());
    }
}

#[test]
fn a_dry_run_writes_nothing() {
    let caller = caller();
    let outcome = mssh(&caller, &["--eice", "--dry-run", PRIVATE]);
    assert_eq!((outcome.code, &*outcome.stderr), (Some(0), ""));
    assert!(files_below(caller.run_dir()).is_empty());
    assert!(caller.calls_of("SendSSHPublicKey").is_empty() && caller.tunnels().is_empty());
}
