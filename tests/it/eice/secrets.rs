//! Credentials and signed URLs are never visible, and do not stay on disk.

use std::process::Command;

use super::mssh;
use crate::lab::eice::{SAME_SUBNET, name};
use crate::lab::instances::PRIVATE;
use crate::sandbox::eice::{command, service};
use crate::sandbox::{AwsUser, Login, assert_hidden, caller, files_below, finish, mode};

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
    let directory = session.directory();
    assert_eq!(mode(&directory), 0o700);
    // ssh and the tunnel, which are told where the agent is.
    let seen = assert_hidden(&directory, &SECRETS);
    assert!(seen >= 2, "{seen} processes");
    // The tunnel's credentials have been in no file.
    let names = ["agent", "key.pub"].map(|name| directory.join(name));
    assert_eq!(files_below(&directory), names);
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

/// The tunnel does not load credentials again, unless the agent is gone.
#[test]
fn the_tunnel_uses_the_credentials_of_the_agent() {
    let user = AwsUser::with_role();
    finish(mssh_of(&user).arg("true")).prints("");
    assert_eq!(user.caller.calls_of("AssumeRole").len(), 1);
    let caller = caller();
    let tunnel_words = format!(
        "eice=x,{SAME_SUBNET},{},127.0.1.21,us-east-1",
        name(SAME_SUBNET)
    );
    let mut tunnel = command(&caller, "mssh");
    tunnel.args([
        "--tunnel",
        "port=3389",
        &tunnel_words,
        "agent=/nowhere/agent",
    ]);
    crate::sandbox::finish_with(&mut tunnel, b"quit\n").prints("");
}

/// Of an agent, only what its own client starts gets credentials.
#[test]
fn another_process_of_the_user_gets_no_credentials_from_the_agent() {
    let user = AwsUser::with_role();
    let session = Login::open(&mut mssh_of(&user));
    let caller = caller();
    let to_endpoint = format!(
        "eice=x,{SAME_SUBNET},{},127.0.1.21,us-east-1",
        name(SAME_SUBNET)
    );
    let mut tunnel = command(&caller, "mssh");
    let agent = format!("agent={}", session.socket().display());
    tunnel.args(["--tunnel", "port=3389", &to_endpoint, &agent]);
    crate::sandbox::finish_with(&mut tunnel, b"quit\n").prints("");
    // Its own, which are in the environment.
    assert_eq!(caller.tunnels().len(), 1);
    assert_eq!(user.caller.tunnels().len(), 1);
}

#[test]
fn a_dry_run_writes_nothing() {
    let caller = caller();
    let outcome = mssh(&caller, &["--eice", "--dry-run", PRIVATE]);
    assert_eq!((outcome.code, &*outcome.stderr), (Some(0), ""));
    assert!(files_below(caller.run_dir()).is_empty());
    assert!(caller.calls_of("SendSSHPublicKey").is_empty() && caller.tunnels().is_empty());
}
