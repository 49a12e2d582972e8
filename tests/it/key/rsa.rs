//! RSA keys, where the server or ssh refuses ed25519.

use std::fs;

use crate::lab::instances::{PRIVATE, WEB1, WEB2};
use crate::lab::{RSA_ONLY, SEND_SSH_PUBLIC_KEY};
use crate::sandbox::{SshUser, eice, finish, finish_with, lab};

/// An ssh with a policy like FIPS.
const NO_ED25519: &str = "PubkeyAcceptedAlgorithms -ssh-ed25519\n";

/// The types of the keys that were pushed.
fn pushed(user: &SshUser) -> Vec<String> {
    let calls = user.caller.calls_of(SEND_SSH_PUBLIC_KEY).into_iter();
    let keys = calls.filter_map(|call| call.public_key);
    keys.map(|key| key.split(' ').next().unwrap_or_default().to_owned())
        .collect()
}

fn rsa_only(id: &str) -> String {
    format!("{RSA_ONLY}@{id}")
}

/// Copies a file with each client: its words before the target, and its input.
#[track_caller]
fn every_client_logs_in(user: &SshUser, options: &[&str], target: &str) {
    fs::write(user.home.join("file"), "text\n").expect("a file");
    let remote = lab().remote().join(user.caller.access_key());
    let remote = format!("{target}:{}", remote.display());
    let runs: [(&str, &[&str], &str); 3] = [
        ("mssh", &[target, "true"], ""),
        ("mscp", &["-q", "file", &remote], ""),
        ("msftp", &["-q", "-b", "-", target], "cd .\n"),
    ];
    for (program, words, input) in runs {
        let mut command = user.command(program);
        let outcome = finish_with(command.args(options).args(words), input.as_bytes());
        assert_eq!(outcome.code, Some(0), "{program}: {outcome:?}");
        assert_eq!(outcome.stderr, "", "{program}");
    }
    assert_eq!(pushed(user), ["ssh-rsa"; 3]);
    user.is_clean();
}

#[test]
fn a_server_that_refuses_ed25519_takes_the_key_that_was_asked_for() {
    let user = SshUser::with("");
    let refused = user.run("mssh", &[&rsa_only(WEB1), "true"]);
    assert_eq!(refused.code, Some(255));
    assert!(refused.stderr.contains("Permission denied (publickey)"));
    assert_eq!(pushed(&user), ["ssh-ed25519"]);
    let user = SshUser::with("");
    every_client_logs_in(&user, &["--key-type", "rsa"], &rsa_only(WEB1));
}

#[test]
fn without_ed25519_in_ssh_config_the_key_is_rsa() {
    let user = SshUser::with(NO_ED25519);
    every_client_logs_in(&user, &[], WEB1);
}

#[test]
fn hops_and_tunnels_get_rsa_keys_too() {
    for (config, options) in [(NO_ED25519, &[][..]), ("", &["--key-type", "rsa"])] {
        let user = SshUser::with(config);
        let [hop, target] = [WEB1, PRIVATE].map(rsa_only);
        let mut mssh = user.command("mssh");
        let outcome = finish(mssh.args(options).args(["-J", &hop, &target, "true"]));
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
        assert_eq!(pushed(&user), ["ssh-rsa"; 2]);
        let mut mssh = user.command("mssh");
        mssh.env("AWS_CA_BUNDLE", eice::service().certificate());
        let outcome = finish(mssh.args(options).args(["--eice", &target, "true"]));
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
        user.is_clean();
    }
}

#[test]
fn several_hosts_get_one_key_that_ssh_accepts_for_each() {
    let user = SshUser::with(&format!("Host {WEB2}\n    {NO_ED25519}"));
    let directory = lab().remote().join(user.caller.access_key());
    fs::create_dir(&directory).expect("a directory");
    fs::write(directory.join("file"), "text\n").expect("a file");
    let files = [WEB1, WEB2].map(|id| format!("{id}:{}/file", directory.display()));
    let words = ["-q", &files[0], &files[1], "."];
    user.run("mscp", &words).prints("");
    assert_eq!(pushed(&user), ["ssh-rsa"; 2]);
    let words = [&["--key-type", "ed25519"], &words[..]].concat();
    let error =
        format!("mssh: error: ssh accepts no ed25519 keys for {WEB2}").replace("mssh", "mscp");
    let hint = "use --key-type rsa, or change PubkeyAcceptedAlgorithms in your ssh_config(5)";
    let hint = format!("mscp: hint: {hint}");
    user.run("mscp", &words).fails(255, &[&error, &hint]);
    assert_eq!(pushed(&user).len(), 2);
}

#[test]
fn plain_ssh_logs_in_with_the_type_that_its_block_names() {
    let user = SshUser::installed("", &["--key-type", "rsa"]);
    user.run("ssh", &[&rsa_only(WEB1), "true"]).prints("");
    assert_eq!(pushed(&user), ["ssh-rsa"]);
    user.is_clean();
}

#[test]
fn the_block_names_rsa_by_itself_where_ssh_accepts_no_ed25519() {
    let user = SshUser::installed(NO_ED25519, &[]);
    user.run("ssh", &[WEB1, "true"]).prints("");
    assert_eq!(pushed(&user), ["ssh-rsa"]);
    let block = fs::read_to_string(user.dot_ssh("mssh.conf")).expect("a block");
    assert!(block.contains(" --key-type rsa "), "{block}");
    // Another installation finds nothing to change.
    user.install(&[]);
    assert_eq!(
        fs::read_to_string(user.dot_ssh("mssh.conf")).ok(),
        Some(block)
    );
    user.is_clean();
}

#[test]
fn a_dry_run_makes_no_key() {
    let user = SshUser::with("");
    let usual = user.run("mssh", &["--dry-run", WEB1]);
    assert_eq!(usual.code, Some(0), "{usual:?}");
    let rsa = user.run("mssh", &["--dry-run", "--key-type", "rsa", WEB1]);
    rsa.prints(&usual.stdout);
    assert!(pushed(&user).is_empty());
}

#[test]
fn wrong_uses_of_the_option_are_explained() {
    let user = SshUser::with("");
    let run = |words: &[&str]| user.run("mssh", words);
    run(&["--key-type", "dsa", WEB1]).fails(
        255,
        &[
            "mssh: error: `dsa` is not a valid value for --key-type",
            "mssh: hint: choose one of: ed25519, rsa",
        ],
    );
    run(&["--key-type=rsa", "-i", "my", WEB1]).fails(
        255,
        &[
            "mssh: error: --key-type cannot be used with -i",
            "mssh: hint: leave out -i to have a key made, or --key-type to use your own",
        ],
    );
    run(&["--key-type=rsa", "--shell", WEB1]).fails(
        255,
        &[
            "mssh: error: --key-type cannot be used with --shell",
            "mssh: hint: leave out --key-type or --shell",
        ],
    );
}
