//! `scripts/try-on-aws` with an instance of the lab: all of its checks, and what its report tells.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::lab::console_output::ConsoleOutput;
use crate::lab::instances::{ACCOUNT, WEB1};
use crate::lab::{Caller, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{AwsUser, Outcome, caller, eice, finish, lab};

/// The script, with these options, for this caller.
fn script(caller: &Caller<'_>, options: &[&str]) -> Command {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/try-on-aws");
    let mut command = eice::command(caller, file.to_str().expect("a path"));
    command.args(["--skip", "serial,speed"]).args(options);
    command
}

/// What the console of an instance shows that has the lab's host key.
fn console() -> ConsoleOutput {
    let known = fs::read_to_string(lab().home().join(".ssh/known_hosts")).expect("a file");
    let key = known.lines().find_map(|line| line.strip_prefix("* "));
    ConsoleOutput::of(format!(
        "-----BEGIN SSH HOST KEY KEYS-----\r\n{}\r\n-----END SSH HOST KEY KEYS-----\r\n",
        key.expect("a key")
    ))
}

/// The report on WEB1.
fn report(caller: &Caller<'_>, options: &[&str]) -> Outcome {
    let words = [&["--yes", "--instance", WEB1, "--patience", "20"], options].concat();
    finish(&mut script(caller, &words))
}

#[test]
fn every_check_succeeds_and_the_report_has_no_secrets() {
    let caller = caller();
    caller.console(console());
    let outcome = report(&caller, &[]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let told = &outcome.stdout;
    assert!(told.contains("checks, 0 failed\n"), "{told}");
    for row in [
        "host key as on the console",
        "login: direct",
        "login: eice",
        "login: ssm",
        "plain ssh, by --ssh-config",
        "-J, through the instance to its private address",
        "--shell",
        "found by Name tag",
        "login by name",
        "error: unknown user",
        "--doctor",
        "--listen, of another host: ssm",
        "msftp, a batch",
        "rsync -e mssh, there and back",
    ] {
        let row = format!("\n| {row} | ok |");
        assert!(told.contains(&row), "{row:?}: {outcome:?}");
    }
    let policy = finish(&mut script(&caller, &["--policy", "--instance", WEB1])).stdout;
    for call in caller.calls() {
        let action = format!(":{}\"", call.action);
        let needs_none = call.action == "GetCallerIdentity";
        assert!(needs_none || policy.contains(&action), "{action} {policy}");
    }
    let key = caller.access_key();
    let directory = lab().path().to_str().expect("a path");
    let private = [WEB1, ACCOUNT, "127.0.", "web1", "SHA256:", "ssh-ed25519 "];
    for secret in private.iter().chain(&[key, directory]) {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
}

#[test]
fn each_kind_of_credentials_is_tried_once() {
    let user = AwsUser::with(
        "[default]\nregion = us-east-1\n[profile first]\n$KEY[profile second]\n$KEY\
         [profile assumed]\nrole_arn = arn:aws:iam::123456789012:role/lab\nsource_profile = first\n\
         [profile made]\ncredential_process = sh -c 'exit 3'\n",
    );
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/try-on-aws");
    let mut command = user.command(file.to_str().expect("a path"));
    command.args(["--yes", "--instance", WEB1, "--region", "us-east-1"]);
    command.args(["--profile", "first", "--skip", "direct,eice,ssm,serial"]);
    let outcome = finish(command.args(["--patience", "0"]));
    let told = &outcome.stdout;
    let lines = told
        .lines()
        .filter(|line| line.starts_with("| credentials: "));
    let words: Vec<String> = lines
        .map(|line| line.split('|').skip(1).take(2).collect::<Vec<_>>().concat())
        .collect();
    let expected = [
        " credentials: keys in a file  ok ",
        " credentials: role  ok ",
        " credentials: process  FAILED ",
    ];
    assert_eq!(words, expected, "{outcome:?}");
    assert!(told.contains("- credentials: keys in a file\n"), "{told}");
    assert!(!told.contains("assumed"), "{told}");
}

#[test]
fn a_failed_check_is_in_the_report_and_the_exit_status() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Denied).on(SEND_SSH_PUBLIC_KEY));
    let outcome = report(&caller, &["--patience", "0"]);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let told = &outcome.stdout;
    assert!(told.contains("\n| login: direct | FAILED |"), "{told}");
    assert!(told.contains("SendSSHPublicKey"), "{told}");
    assert!(!told.contains(ACCOUNT), "{told}");
}

#[test]
fn nothing_is_done_without_consent() {
    let caller = caller();
    let outcome = finish(&mut script(&caller, &["--instance", WEB1]));
    assert_eq!(
        (outcome.code, outcome.stdout.as_str()),
        (Some(2), ""),
        "{outcome:?}"
    );
    for said in [
        "What it costs: ",
        "\"ec2:DescribeInstances\"",
        "add --yes if you agree",
    ] {
        assert!(outcome.stderr.contains(said), "{outcome:?}");
    }
    assert!(caller.calls().is_empty());
}
