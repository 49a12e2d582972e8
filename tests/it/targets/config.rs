//! The user's ssh_config: user, host and proxy.

use std::fs;

use crate::lab::instances::{ODD_PORT, PRIVATE, WEB1};
use crate::sandbox::{caller, config, finish, lab, look_ups, pushes, run, set_mode};

#[test]
fn the_user_is_the_one_that_ssh_would_use() {
    let (_kept, file) = config("Host i-*\n  User admin");
    let cases: &[(&[&str], &str)] = &[
        (&[WEB1], "ec2-user"),
        (&["-F", &file, WEB1], "admin"),
        (&["-F", &file, "-l", "ubuntu", WEB1], "ubuntu"),
        (&["-lubuntu", "root@i-0face000000000001"], "ubuntu"),
        (&["root@i-0face000000000001", "-l", "ubuntu"], "root"),
        (&[WEB1, "-l", "ubuntu"], "ubuntu"),
        (&["-o", "User=ubuntu", WEB1], "ubuntu"),
        (&["-o", "user ubuntu", "-l", "root", WEB1], "ubuntu"),
        (&["-oUser=\"ubuntu\"", WEB1], "ubuntu"),
        (&["ssh://ubuntu@i-0face000000000001"], "ubuntu"),
    ];
    for (words, user) in cases {
        let caller = caller();
        let words = words.iter().copied().chain(["echo $USER"]);
        run(&caller, "mssh", words).prints(&format!("{user}\n"));
        assert_eq!(pushes(&caller), [format!("{user}@{WEB1}")]);
    }
}

#[test]
fn the_users_config_is_read() {
    let file = lab().home().join(".ssh/config");
    let before = fs::read_to_string(&file).unwrap_or_default();
    let port = lab().port();
    let block = format!("Host only-here\n  HostName {WEB1}\n  User ubuntu\n  Port {port}\n\n");
    fs::write(&file, block + &before).expect("written");
    let caller = caller();
    run(&caller, "mssh", ["only-here", "echo $USER"]).prints("ubuntu\n");
    assert_eq!(pushes(&caller), [format!("ubuntu@{WEB1}")]);
}

#[test]
fn an_alias_may_stand_for_an_id_and_its_block_applies() {
    let port = lab().odd_port();
    let text =
        format!("Host odd\n  HostName {ODD_PORT}\n  User ubuntu\n  Port {port}\n  SetEnv LC_X=y");
    let (_kept, file) = config(&text);
    let caller = caller();
    run(&caller, "mssh", ["-F", &file, "odd", "echo $USER $LC_X"]).prints("ubuntu y\n");
    assert_eq!(pushes(&caller), [format!("ubuntu@{ODD_PORT}")]);
}

#[test]
fn an_alias_may_stand_for_an_address_or_a_dns_name_of_aws() {
    for host in ["127.0.1.21", "ip-127-0-1-21.ec2.internal", "private.lab"] {
        let (_kept, file) = config(&format!("Host db\n  HostName {host}"));
        let caller = caller();
        run(&caller, "mssh", ["-F", &file, "db", "echo in"]).prints("in\n");
        assert_eq!(pushes(&caller), [format!("ec2-user@{PRIVATE}")], "{host}");
    }
}

/// It is not a mistake on the command line, so the error names the keyword.
#[test]
fn a_bad_value_of_ssh_config_is_reported_as_such() {
    for (keyword, value, error) in [
        ("HostName", "i-0abc", "`i-0abc` is not a valid instance ID"),
        ("User", "1000", "`1000` is not a valid user name"),
        ("ProxyJump", "i-0abc", "`i-0abc` is not a valid instance ID"),
    ] {
        let host = if keyword == "HostName" {
            String::new()
        } else {
            format!("  HostName {WEB1}\n")
        };
        let (_kept, file) = config(&format!("Host db\n{host}  {keyword} {value}"));
        let caller = caller();
        let outcome = run(&caller, "mssh", ["-F", &file, "db", "true"]);
        let expected = format!("mssh: error: {error} ({keyword} in the ssh configuration)");
        assert_eq!(
            outcome.stderr.lines().next(),
            Some(&*expected),
            "{outcome:?}"
        );
        assert_eq!(outcome.code, Some(255), "{outcome:?}");
        assert_eq!(caller.calls().len(), 0);
    }
}

#[test]
fn address_family_of_ssh_config_is_used() {
    let (_kept, file) = config("Host i-*\n  AddressFamily inet6");
    let outcome = run(&caller(), "mssh", ["-F", &file, WEB1]);
    assert!(
        outcome.stderr.contains("has no IPv6 address"),
        "{outcome:?}"
    );
}

#[test]
fn what_ssh_rejects_is_reported_in_its_words_and_nothing_is_pushed() {
    let caller = caller();
    for words in [
        vec!["-p", "99999", WEB1],
        vec!["-o", "NoSuchOption=1", WEB1],
        vec!["-F", "/nowhere/config", WEB1],
        vec!["-j", WEB1],
    ] {
        let ours = run(&caller, "mssh", &words);
        let theirs = run(&caller, "ssh", &words);
        assert_eq!(
            (&ours.stderr, ours.code),
            (&theirs.stderr, theirs.code),
            "{words:?}"
        );
        assert_eq!(ours.code, Some(255));
    }
    assert_eq!(pushes(&caller).len(), 0);
}

#[test]
fn a_key_of_the_user_is_pushed_and_used() {
    let directory = tempfile::tempdir().expect("a directory");
    let key = directory.path().join("own");
    let key = key.to_str().expect("a name");
    let made = [
        "-q",
        "-t",
        "ed25519",
        "-N",
        "",
        "-C",
        "a comment; of mine",
        "-f",
        key,
    ];
    let caller = caller();
    run(&caller, "ssh-keygen", made).prints("");
    let public = fs::read_to_string(format!("{key}.pub")).expect("a public half");
    // With the public key in a file beside it, and inside the private key.
    for _ in 0..2 {
        run(&caller, "mssh", ["-i", key, WEB1, "echo in"]).prints("in\n");
        let words = |line: &str| {
            line.split(' ')
                .take(2)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let pushed = caller
            .calls()
            .into_iter()
            .rev()
            .find_map(|call| call.public_key);
        assert_eq!(words(&pushed.expect("a push")), words(&public));
        let _ = fs::remove_file(format!("{key}.pub"));
    }
    let mut command = caller.command("mssh");
    let line = format!(
        "ssh -o IdentityAgent=AGENT_SOCKET -o IdentitiesOnly=yes -i {key} ec2-user@127.0.0.11\n"
    );
    finish(command.args(["--dry-run", "-i", key, WEB1])).prints(&line);
}

#[test]
fn a_control_command_to_a_master_pushes_nothing() {
    let directory = tempfile::tempdir().expect("a directory");
    let socket = format!("{}/%C", directory.path().display());
    let caller = caller();
    let shared = ["-S", &socket, WEB1];
    let master = ["-M", "-N", "-f", "-o", "ControlPersist=yes"];
    run(&caller, "mssh", master.into_iter().chain(shared)).prints("");
    assert_eq!((look_ups(&caller), pushes(&caller).len()), (1, 1));
    let told = run(&caller, "mssh", ["-O", "check"].into_iter().chain(shared));
    assert!(told.stderr.starts_with("Master running (pid="), "{told:?}");
    run(&caller, "mssh", ["-O", "exit"].into_iter().chain(shared));
    assert_eq!(
        pushes(&caller).len(),
        1,
        "a question to the master pushed a key"
    );
}

#[test]
fn a_config_given_with_f_may_have_any_owner_and_errors_name_it() {
    let (_kept, file) = config("Host i-*\n  User ubuntu");
    set_mode(&file, 0o666);
    run(&caller(), "mssh", ["-F", &file, WEB1, "echo $USER"]).prints("ubuntu\n");
    let (_kept, bad) = config("NoSuchKeyword x");
    let ours = run(&caller(), "mssh", ["-F", &bad, WEB1]);
    let theirs = run(&caller(), "ssh", ["-F", &bad, WEB1]);
    assert_eq!((ours.stderr, ours.code), (theirs.stderr, theirs.code));
}

#[test]
fn a_host_pattern_for_ids_matches_an_id_in_upper_case() {
    let (_kept, file) = config("Host i-*\n  User ubuntu");
    let id = WEB1.to_uppercase();
    run(&caller(), "mssh", ["-F", &file, &id, "echo $USER"]).prints("ubuntu\n");
}

#[test]
fn the_home_is_the_one_of_passwd_as_for_ssh() {
    let caller = caller();
    let mut command = caller.command("mssh");
    command
        .args(["--dry-run", WEB1])
        .env("HOME", "/nonexistent");
    finish(&mut command).prints(
        "ssh -o IdentityAgent=AGENT_SOCKET -o IdentitiesOnly=yes -i EPHEMERAL_KEY ec2-user@127.0.0.11\n",
    );
}

#[test]
fn background_processes_of_match_exec_are_not_waited_for() {
    let (_kept, file) = config("Match exec \"sleep 20 & true\"\n  User ubuntu");
    let began = std::time::Instant::now();
    run(&caller(), "mssh", ["--dry-run", "-F", &file, WEB1]).prints(&format!(
        "ssh -o IdentityAgent=AGENT_SOCKET -o IdentitiesOnly=yes -i EPHEMERAL_KEY -F '{file}' ubuntu@127.0.0.11\n"
    ));
    assert!(began.elapsed().as_secs() < 15, "{:?}", began.elapsed());
}

#[test]
fn options_that_need_a_command_work_with_ssh_g() {
    let caller = caller();
    let fork = ["-o", "ForkAfterAuthentication=yes", WEB1, "true"];
    run(&caller, "mssh", fork).prints("");
    let ours = run(&caller, "mssh", ["-s", WEB1]);
    let theirs = run(&caller, "ssh", ["-s", WEB1]);
    assert_eq!((&ours.stderr, ours.code), (&theirs.stderr, theirs.code));
    assert_eq!(
        pushes(&caller).len(),
        1,
        "a key was pushed for words that ssh refuses"
    );
}

#[test]
fn a_pem_key_of_ec2_is_pushed() {
    let directory = tempfile::tempdir().expect("a directory");
    let pem = directory.path().join("my key.pem");
    let pem = pem.to_str().expect("a name");
    let caller = caller();
    let made = [
        "-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f", pem,
    ];
    run(&caller, "ssh-keygen", made).prints("");
    fs::remove_file(format!("{pem}.pub")).expect("a public half");
    run(&caller, "mssh", ["-i", pem, WEB1, "echo in"]).prints("in\n");
}

#[test]
fn the_region_of_one_name_does_not_apply_to_the_other() {
    let caller = caller();
    fs::write(lab().remote().join("two-regions"), "text").expect("written");
    let directory = tempfile::tempdir().expect("a directory");
    let aws = directory.path().join("config");
    fs::write(&aws, "[default]\nregion = us-east-1\n").expect("written");
    let paris = "i-0e000000000000001.eu-west-1.compute.internal:two-regions";
    let here = format!("{WEB1}:two-regions-copy");
    for [from, to] in [[paris, here.as_str()], [here.as_str(), paris]] {
        let mut command = caller.command("mscp");
        command.args(["-q", from, to]).env_remove("AWS_REGION");
        finish(command.env("AWS_CONFIG_FILE", &aws)).prints("");
    }
}
