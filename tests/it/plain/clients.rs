//! The real programs, with the block installed.

use std::fs;

use super::text;
use crate::lab::instances::{IN_EU_WEST_1, PRIVATE, STOPPED, WEB1, WEB2};
use crate::sandbox::{SshUser, finish_with, lab, pushes};

#[test]
fn ssh_logs_in_by_the_instance_id() {
    let user = SshUser::installed("", &[]);
    user.run("ssh", &[WEB1, "echo in"]).prints("in\n");
    let outcome = user.run("ssh", &[WEB1, "exit 7"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(7), ""));
    user.cost(2, 2);
    assert_eq!(pushes(&user.caller)[0], format!("ec2-user@{WEB1}"));
    user.is_clean();
}

#[test]
fn a_user_on_the_command_line_logs_in() {
    let config = format!("Host {WEB2}\n    User ubuntu\nHost db\n    HostName {PRIVATE}\n");
    let user = SshUser::installed(&config, &[]);
    for words in [
        &[WEB2, "true"][..],
        &[&format!("root@{WEB1}"), "true"],
        &["-l", "admin", WEB1, "true"],
        &["db", "true"],
        &[&WEB1.to_uppercase(), "true"],
    ] {
        user.run("ssh", words).prints("");
    }
    let whom = [
        format!("ubuntu@{WEB2}"),
        format!("root@{WEB1}"),
        format!("admin@{WEB1}"),
        format!("ec2-user@{PRIVATE}"),
        format!("ec2-user@{WEB1}"),
    ];
    assert_eq!(pushes(&user.caller), whom);
    user.cost(5, 5);
    user.is_clean();
}

#[test]
fn the_block_has_region_profile_route_and_user() {
    let words = ["--region", "eu-west-1", "--private", "-l", "ubuntu"];
    let user = SshUser::installed("", &words);
    let command = "echo $SSH_CONNECTION | cut -d' ' -f3";
    user.run("ssh", &[IN_EU_WEST_1, command])
        .prints("127.0.1.61\n");
    assert_eq!(pushes(&user.caller), [format!("ubuntu@{IN_EU_WEST_1}")]);
}

#[test]
fn scp_sftp_and_rsync_copy_both_ways() {
    let user = SshUser::installed("", &[]);
    let there = lab().remote().join(user.caller.access_key());
    fs::create_dir_all(&there).expect("a directory");
    fs::write(user.home.join("file"), "text\n").expect("a file");
    let at = |name: &str| format!("{WEB1}:{}", there.join(name).display());
    for (number, (program, options)) in [("scp", &["-q"][..]), ("rsync", &[]), ("scp", &["-O"])]
        .into_iter()
        .enumerate()
    {
        let (remote, back) = (at(&number.to_string()), format!("back{number}"));
        user.run(program, &[options, &["file", &remote]].concat())
            .prints("");
        user.run(program, &[options, &[&remote, &back]].concat())
            .prints("");
        assert_eq!(text(&user.home.join(back)), "text\n");
    }
    let mut sftp = user.command("sftp");
    let batch = format!("get {} got\n", there.join("0").display());
    let outcome = finish_with(sftp.args(["-q", "-b", "-", WEB1]), batch.as_bytes());
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    assert_eq!(text(&user.home.join("got")), "text\n");
    user.cost(7, 7);
    user.is_clean();
}

#[test]
fn git_clones() {
    let user = SshUser::installed("", &[]);
    let there = lab()
        .remote()
        .join(format!("{}.git", user.caller.access_key()));
    let there = there.to_str().expect("a path");
    user.run("git", &["init", "-q", "--bare", there]).prints("");
    let outcome = user.run("git", &["clone", "-q", &format!("{WEB1}:{there}"), "copy"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(user.home.join("copy/.git").exists());
    user.cost(1, 1);
    user.is_clean();
}

#[test]
fn other_hosts_are_not_affected() {
    let user = SshUser::installed("", &[]);
    let others = [
        "web1.lab",
        "127.0.0.11",
        "i-bastion",
        "mi-0123456789abcdef0",
    ];
    for host in others {
        let outcome = user.run("ssh", &["-G", host]);
        assert!(
            !outcome.stdout.contains("proxycommand"),
            "{}",
            outcome.stdout
        );
        assert!(!outcome.stdout.contains("identitiesonly yes"), "{host}");
    }
}

#[test]
fn a_failure_is_reported_once_and_ssh_fails() {
    let user = SshUser::installed("", &[]);
    let outcome = user.run("ssh", &[STOPPED, "true"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(255), ""));
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!(
        lines[0],
        format!("mssh: error: instance {STOPPED} is stopped")
    );
    assert!(lines[1].starts_with("mssh: hint: start it"), "{lines:?}");
    user.is_clean();
}

/// mssh runs `ssh -G`, and must not run itself in turn.
#[test]
fn mssh_works_as_before() {
    let user = SshUser::installed("", &[]);
    user.run("mssh", &[WEB1, "echo in"]).prints("in\n");
    user.cost(1, 1);
    let target = format!("ubuntu@{WEB1}:/etc/hostname");
    let outcome = user.run("mscp", &["-q", &target, "copied"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    user.cost(2, 2);
    let line = user.run("mssh", &["--dry-run", WEB1]);
    line.prints(
        "ssh -o IdentityAgent=AGENT_SOCKET -o IdentitiesOnly=yes -i EPHEMERAL_KEY ec2-user@127.0.0.11\n",
    );
    user.is_clean();
}

/// mssh uses the user's ProxyCommand, plain ssh the one in our block.
#[test]
fn mssh_uses_a_proxy_of_the_user() {
    let config = "Host i-*\n    ProxyCommand echo theirs >&2; nc 127.0.0.11 %p\n";
    let user = SshUser::installed(config, &[]);
    let outcome = user.run("ssh", &["-v", WEB1, "true"]);
    assert!(!outcome.stderr.contains("theirs"), "{}", outcome.stderr);
    let outcome = user.run("mssh", &["-G", WEB1]);
    assert!(outcome.stdout.contains("echo theirs"), "{}", outcome.stdout);
}
