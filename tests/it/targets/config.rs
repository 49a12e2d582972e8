//! What the user's ssh_config says: who logs in, which host is meant, which proxy leads there.

use std::fs;

use crate::lab::instances::{DB1, ODD, WEB1};
use crate::sandbox::{config, finish, lab, look_ups, proxy, pushes, run, tenant};

#[test]
fn the_user_is_the_first_that_ssh_would_take() {
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
        let tenant = tenant();
        let words = words.iter().copied().chain(["echo $USER"]);
        run(&tenant, "mssh", words).prints(&format!("{user}\n"));
        assert_eq!(pushes(&tenant), [format!("{user}@{WEB1}")]);
    }
}

#[test]
fn the_users_own_file_is_read_without_being_named() {
    let file = lab().home().join(".ssh/config");
    let before = fs::read_to_string(&file).unwrap_or_default();
    let port = lab().port();
    let block = format!("Host only-here\n  HostName {WEB1}\n  User ubuntu\n  Port {port}\n\n");
    fs::write(&file, block + &before).expect("written");
    let tenant = tenant();
    run(&tenant, "mssh", ["only-here", "echo $USER"]).prints("ubuntu\n");
    assert_eq!(pushes(&tenant), [format!("ubuntu@{WEB1}")]);
}

#[test]
fn an_alias_may_stand_for_an_id_and_its_block_goes_on_applying() {
    let port = lab().odd_port();
    let text = format!("Host odd\n  HostName {ODD}\n  User ubuntu\n  Port {port}\n  SetEnv LC_X=y");
    let (_kept, file) = config(&text);
    let tenant = tenant();
    run(&tenant, "mssh", ["-F", &file, "odd", "echo $USER $LC_X"]).prints("ubuntu y\n");
    assert_eq!(pushes(&tenant), [format!("ubuntu@{ODD}")]);
}

#[test]
fn an_alias_may_stand_for_an_address_or_a_name_made_by_aws() {
    for host in ["127.0.1.21", "ip-127-0-1-21.ec2.internal", "db1.lab"] {
        let (_kept, file) = config(&format!("Host db\n  HostName {host}"));
        let tenant = tenant();
        run(&tenant, "mssh", ["-F", &file, "db", "echo in"]).prints("in\n");
        assert_eq!(pushes(&tenant), [format!("ec2-user@{DB1}")], "{host}");
    }
}

#[test]
fn a_proxy_for_ids_gets_the_id() {
    let proxy = proxy("127.0.1.21");
    let (_kept, file) = config(&format!(
        "Host i-*\n  ProxyCommand {proxy}\n  SetEnv LC_X=%h"
    ));
    let tenant = tenant();
    let words = ["-v", "-o", "LogLevel=QUIET", "-F", &file, DB1, "echo in"];
    let outcome = run(&tenant, "mssh", words);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("in\n", Some(0)));
    let route = format!(
        "mssh: user ec2-user, the default, since neither the command line nor ssh_config \
         names one\nmssh: ec2-user at {DB1}: {DB1}, by the proxy of your ssh_config\n"
    );
    assert!(outcome.stderr.starts_with(&route), "{}", outcome.stderr);
    let dry = ["--dry-run", "--via", "instance-id", WEB1];
    let line = format!(
        "ssh -o IdentitiesOnly=yes -o AddKeysToAgent=no -i EPHEMERAL_KEY ec2-user@{WEB1}\n"
    );
    run(&tenant, "mssh", dry).prints(&line);
}

#[test]
fn a_proxy_for_every_host_or_of_the_command_line_gets_the_address() {
    let tenant = tenant();
    let (_kept, file) = config("Host *\n  ProxyJump bastion.example");
    for words in [
        vec!["-F", &file],
        vec!["-J", "bastion.example"],
        vec!["-o", "ProxyCommand nc %h %p"],
        vec!["-oproxyjump=bastion.example"],
    ] {
        let words = [vec!["--dry-run"], words, vec![WEB1]].concat();
        let outcome = run(&tenant, "mssh", &words);
        assert!(
            outcome.stdout.ends_with("ec2-user@127.0.0.11\n"),
            "{outcome:?}"
        );
    }
}

/// Hops know no IDs: the address goes under the name that ssh_config's block is for.
#[test]
fn hops_for_ids_get_the_address() {
    let tenant = tenant();
    let (_kept, file) = config("Host i-*\n  ProxyJump bastion.example");
    let outcome = run(&tenant, "mssh", ["--dry-run", "-F", &file, DB1]);
    let line = &outcome.stdout;
    assert!(line.contains(" -o HostName=127.0.1.21 "), "{outcome:?}");
    assert!(line.ends_with(&format!(" ec2-user@{DB1}\n")), "{outcome:?}");
}

#[test]
fn address_family_is_ssh_configs_to_say() {
    let (_kept, file) = config("Host i-*\n  AddressFamily inet6");
    let outcome = run(&tenant(), "mssh", ["-F", &file, WEB1]);
    assert!(
        outcome.stderr.contains("has no IPv6 address"),
        "{outcome:?}"
    );
}

#[test]
fn what_ssh_refuses_is_refused_in_its_own_words_with_nothing_pushed() {
    let tenant = tenant();
    for words in [
        vec!["-p", "99999", WEB1],
        vec!["-o", "NoSuchOption=1", WEB1],
        vec!["-F", "/nowhere/config", WEB1],
        vec!["-j", WEB1],
    ] {
        let ours = run(&tenant, "mssh", &words);
        let theirs = run(&tenant, "ssh", &words);
        assert_eq!(
            (&ours.stderr, ours.code),
            (&theirs.stderr, theirs.code),
            "{words:?}"
        );
        assert_eq!(ours.code, Some(255));
    }
    assert_eq!(pushes(&tenant).len(), 0);
}

#[test]
fn a_key_of_ones_own_is_pushed_and_used() {
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
    let tenant = tenant();
    run(&tenant, "ssh-keygen", made).prints("");
    let public = fs::read_to_string(format!("{key}.pub")).expect("a public half");
    // Beside it, and then inside the private half.
    for _ in 0..2 {
        run(&tenant, "mssh", ["-i", key, WEB1, "echo in"]).prints("in\n");
        let words = |line: &str| {
            line.split(' ')
                .take(2)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let pushed = tenant
            .calls()
            .into_iter()
            .rev()
            .find_map(|call| call.public_key);
        assert_eq!(words(&pushed.expect("a push")), words(&public));
        let _ = fs::remove_file(format!("{key}.pub"));
    }
    let mut command = tenant.command("mssh");
    let line = format!("ssh -o IdentitiesOnly=yes -i {key} ec2-user@127.0.0.11\n");
    finish(command.args(["--dry-run", "-i", key, WEB1])).prints(&line);
}

#[test]
fn a_running_master_is_told_without_a_push() {
    let directory = tempfile::tempdir().expect("a directory");
    let socket = format!("{}/%C", directory.path().display());
    let tenant = tenant();
    let shared = ["-S", &socket, WEB1];
    let master = ["-M", "-N", "-f", "-o", "ControlPersist=yes"];
    run(&tenant, "mssh", master.into_iter().chain(shared)).prints("");
    assert_eq!((look_ups(&tenant), pushes(&tenant).len()), (1, 1));
    let told = run(&tenant, "mssh", ["-O", "check"].into_iter().chain(shared));
    assert!(told.stderr.starts_with("Master running (pid="), "{told:?}");
    run(&tenant, "mssh", ["-O", "exit"].into_iter().chain(shared));
    assert_eq!(
        pushes(&tenant).len(),
        1,
        "a question to the master pushed a key"
    );
}

#[test]
fn a_file_named_by_f_may_be_anybodys_and_its_errors_name_it() {
    use std::os::unix::fs::PermissionsExt;
    let (_kept, file) = config("Host i-*\n  User ubuntu");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).expect("a mode");
    run(&tenant(), "mssh", ["-F", &file, WEB1, "echo $USER"]).prints("ubuntu\n");
    let (_kept, bad) = config("NoSuchKeyword x");
    let ours = run(&tenant(), "mssh", ["-F", &bad, WEB1]);
    let theirs = run(&tenant(), "ssh", ["-F", &bad, WEB1]);
    assert_eq!((ours.stderr, ours.code), (theirs.stderr, theirs.code));
}

#[test]
fn an_alias_with_a_proxy_of_its_own_keeps_it() {
    let proxy = proxy("127.0.1.21").replacen('\'', &format!("'[ $0 = {DB1} ] || exit 1; "), 1);
    let text = format!("Host db\n  HostName {DB1}\n  ProxyCommand {proxy} %h");
    let (_kept, file) = config(&text);
    run(&tenant(), "mssh", ["-F", &file, "db", "echo in"]).prints("in\n");
}

#[test]
fn a_host_pattern_for_ids_holds_for_an_id_in_upper_case() {
    let (_kept, file) = config("Host i-*\n  User ubuntu");
    let id = WEB1.to_uppercase();
    run(&tenant(), "mssh", ["-F", &file, &id, "echo $USER"]).prints("ubuntu\n");
}

#[test]
fn the_home_is_that_of_passwd_as_it_is_for_ssh() {
    let tenant = tenant();
    let mut command = tenant.command("mssh");
    command
        .args(["--dry-run", WEB1])
        .env("HOME", "/nonexistent");
    finish(&mut command).prints(
        "ssh -o IdentitiesOnly=yes -o AddKeysToAgent=no -i EPHEMERAL_KEY ec2-user@127.0.0.11\n",
    );
}

#[test]
fn what_match_exec_leaves_behind_is_not_waited_for() {
    let (_kept, file) = config("Match exec \"sleep 20 & true\"\n  User ubuntu");
    let began = std::time::Instant::now();
    run(&tenant(), "mssh", ["--dry-run", "-F", &file, WEB1]).prints(&format!(
        "ssh -o IdentitiesOnly=yes -o AddKeysToAgent=no -i EPHEMERAL_KEY -F '{file}' ubuntu@127.0.0.11\n"
    ));
    assert!(began.elapsed().as_secs() < 15, "{:?}", began.elapsed());
}

#[test]
fn options_that_want_a_command_get_one_in_the_question() {
    let tenant = tenant();
    let fork = ["-o", "ForkAfterAuthentication=yes", WEB1, "true"];
    run(&tenant, "mssh", fork).prints("");
    let ours = run(&tenant, "mssh", ["-s", WEB1]);
    let theirs = run(&tenant, "ssh", ["-s", WEB1]);
    assert_eq!((&ours.stderr, ours.code), (&theirs.stderr, theirs.code));
    assert_eq!(
        pushes(&tenant).len(),
        1,
        "a key was pushed for words that ssh refuses"
    );
}

#[test]
fn a_pem_key_as_ec2_hands_them_out_is_pushed() {
    let directory = tempfile::tempdir().expect("a directory");
    let pem = directory.path().join("my key.pem");
    let pem = pem.to_str().expect("a name");
    let tenant = tenant();
    let made = [
        "-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f", pem,
    ];
    run(&tenant, "ssh-keygen", made).prints("");
    fs::remove_file(format!("{pem}.pub")).expect("a public half");
    run(&tenant, "mssh", ["-i", pem, WEB1, "echo in"]).prints("in\n");
}

#[test]
fn the_region_that_one_name_tells_is_nothing_to_the_other() {
    let tenant = tenant();
    fs::write(lab().remote().join("two-regions"), "text").expect("written");
    let directory = tempfile::tempdir().expect("a directory");
    let aws = directory.path().join("config");
    fs::write(&aws, "[default]\nregion = us-east-1\n").expect("written");
    let paris = "i-0e000000000000001.eu-west-1.compute.internal:two-regions";
    let here = format!("{WEB1}:two-regions-copy");
    for [from, to] in [[paris, here.as_str()], [here.as_str(), paris]] {
        let mut command = tenant.command("mscp");
        command.args(["-q", from, to]).env_remove("AWS_REGION");
        finish(command.env("AWS_CONFIG_FILE", &aws)).prints("");
    }
}
