//! Credentials and signed URLs: nobody sees them, and they do not stay.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::mssh;
use crate::lab::eice::{NEAR_DB1, name};
use crate::lab::instances::DB1;
use crate::sandbox::eice::{command, service};
use crate::sandbox::{Session, User, discreet, files_below, finish, handed, mode, tenant};

/// Words of a secret: the lab's only secret key, and what a signed URL is known by.
const SECRETS: [&str; 4] = [
    "labsecret",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
    "labtoken",
];

/// Somebody with a profile for a role, whose session has a token, in their files.
fn with_role() -> User {
    User::with(
        "[profile base]\n$KEYregion = us-east-1\n[profile role]\n\
         role_arn = arn:aws:iam::123456789012:role/lab\nsource_profile = base\nregion = us-east-1\n",
    )
}

/// Their `mssh` by that role, through an endpoint.
fn mssh_of(user: &User) -> Command {
    let mut mssh = user.command("mssh");
    mssh.env("AWS_CA_BUNDLE", service().certificate());
    mssh.args(["--profile", "role", "--eice", DB1]);
    mssh
}

#[test]
fn no_process_and_no_file_tells_a_secret() {
    let user = with_role();
    let tenant = &user.tenant;
    let session = Session::open(&mut mssh_of(&user));
    assert!(
        tenant.tunnels()[0].access_key.starts_with("ASIALAB"),
        "no role"
    );
    let room = session.key().parent().expect("a room").to_owned();
    assert_eq!(mode(&room), 0o700);
    // ssh, the tunnel (and for a moment a shell) and the keeper.
    let seen = discreet(&room, &SECRETS);
    assert!(seen >= 3, "{seen} processes");
    // The tunnel has taken its credentials, and left none.
    assert_eq!(files_below(&room), [session.key()]);
}

#[test]
fn nothing_that_is_said_tells_a_secret() {
    let outcome = finish(mssh_of(&with_role()).args(["--debug", "-vvv", "true"]));
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains(&format!("127.0.1.21 through {NEAR_DB1}"))
    );
    assert!(outcome.stderr.contains("is open"), "{outcome:?}");
    for secret in SECRETS {
        assert!(!outcome.stderr.contains(secret), "{secret} in {outcome:?}");
    }
}

/// What the parent has found out is not asked again; where that is gone, we ask ourselves.
#[test]
fn the_tunnel_takes_the_credentials_that_were_handed_over() {
    let user = with_role();
    finish(mssh_of(&user).arg("true")).prints("");
    assert_eq!(user.tenant.calls_of("AssumeRole").len(), 1);
    let tenant = tenant();
    let text = format!(
        r#"{{"AccessKeyId":"{}","SecretAccessKey":"labsecretlabsecretlabsecretlabsecretlabs"}}"#,
        tenant.access_key()
    );
    let door = format!("door=x,{NEAR_DB1},{},127.0.1.21,us-east-1", name(NEAR_DB1));
    let file = handed(&tenant, &text);
    let credentials = format!("credentials={}", file.display());
    for keep in [true, false] {
        handed(&tenant, &text);
        let mut tunnel = command(&tenant, "mssh");
        tunnel.env_remove("AWS_ACCESS_KEY_ID");
        tunnel.args(["--tunnel", "port=3389", &door, &credentials]);
        tunnel.args(keep.then_some("keep"));
        let outcome = crate::sandbox::finish_with(&mut tunnel, b"quit\n");
        assert_eq!((outcome.code, &*outcome.stderr), (Some(0), ""));
        assert_eq!(file.exists(), keep);
    }
    // It is gone: those of the environment do.
    let mut tunnel = command(&tenant, "mssh");
    tunnel.args(["--tunnel", "port=3389", &door, &credentials]);
    crate::sandbox::finish_with(&mut tunnel, b"quit\n").prints("");
}

/// Whatever a command line says, what mssh did not write is not taken for its own.
#[test]
fn credentials_in_a_file_of_the_users_are_neither_read_nor_deleted() {
    let tenant = tenant();
    let room = handed(&tenant, "").parent().map(ToOwned::to_owned);
    let room = room.expect("a directory");
    let elsewhere = tenant.run_dir().join("aws");
    fs::create_dir(&elsewhere).expect("a directory");
    let door = format!("door=x,{NEAR_DB1},{},127.0.1.21,us-east-1", name(NEAR_DB1));
    for file in [room.join("config"), elsewhere.join("credentials")] {
        let text = r#"{"AccessKeyId":"AKIANOBODY","SecretAccessKey":"nothing"}"#;
        fs::write(&file, text).expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("its mode");
        let mut tunnel = command(&tenant, "mssh");
        let credentials = format!("credentials={}", file.display());
        tunnel.args(["--tunnel", "port=3389", &door, &credentials]);
        crate::sandbox::finish_with(&mut tunnel, b"quit\n").prints("");
        assert!(file.exists(), "{}", file.display());
    }
}

#[test]
fn a_dry_run_writes_nothing() {
    let tenant = tenant();
    let outcome = mssh(&tenant, &["--eice", "--dry-run", DB1]);
    assert_eq!((outcome.code, &*outcome.stderr), (Some(0), ""));
    assert!(files_below(tenant.run_dir()).is_empty());
    assert!(tenant.calls_of("SendSSHPublicKey").is_empty() && tenant.tunnels().is_empty());
}
