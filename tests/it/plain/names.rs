//! `ssh NAME`: names that fit the user's patterns, unless they are hosts.

use std::fs;

use super::text;
use crate::lab::instances::{PRIVATE, TWIN1, TWIN2, WEB1, WEB2};
use crate::sandbox::{SshUser, config, finish_with, lab, look_ups, pushes};

const NAMES: &[&str] = &["--names", "web*,priv*,!web3", "--names", "tw?n"];

/// Prints the user and the address of the server.
const WHERE: &str = "set -- $SSH_CONNECTION; echo $USER@$3";

#[test]
fn ssh_logs_in_by_name() {
    let user = SshUser::installed("", NAMES);
    user.run("ssh", &["web1", WHERE])
        .prints("ec2-user@127.0.0.11\n");
    let outcome = user.run("ssh", &["-l", "root", "private", "exit 7"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(7), ""));
    // In the lab, an empty page comes first.
    user.cost(4, 2);
    assert_eq!(
        pushes(&user.caller),
        [format!("ec2-user@{WEB1}"), format!("root@{PRIVATE}")]
    );
    user.run("ssh", &[WEB1, "echo in"]).prints("in\n");
    user.is_clean();
}

#[test]
fn the_user_is_the_one_of_ssh_config() {
    let user = SshUser::installed("Host web*\n    User ubuntu\n", NAMES);
    user.run("ssh", &["web1", WHERE])
        .prints("ubuntu@127.0.0.11\n");
    assert_eq!(
        user.install(&[NAMES, &["-l", "root"]].concat()).code,
        Some(0)
    );
    user.run("ssh", &["private", WHERE])
        .prints("root@127.0.1.21\n");
    user.run("ssh", &["web1", WHERE])
        .prints("ubuntu@127.0.0.11\n");
}

#[test]
fn several_instances_are_an_error_that_lists_them() {
    let user = SshUser::installed("", NAMES);
    let outcome = user.run("ssh", &["twin", "true"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(255), ""));
    let lines: Vec<&str> = outcome.stderr.lines().take(4).collect();
    assert_eq!(
        lines,
        [
            "mssh: error: twin matches 2 instances",
            &format!("mssh:   {TWIN1} twin running us-east-1a 127.0.0.111"),
            &format!("mssh:   {TWIN2} twin running us-east-1a 127.0.0.112"),
            "mssh: hint: choose one by its ID, or add --newest, --oldest or --any",
        ]
    );
    assert!(pushes(&user.caller).is_empty());
    user.is_clean();
}

#[test]
fn a_name_that_no_instance_has_is_an_error_and_keeps_its_case() {
    let user = SshUser::installed("", NAMES);
    let outcome = user.run("ssh", &["WEB1", "true"]);
    let said = "mssh: error: there is no instance named WEB1 in us-east-1";
    assert!(outcome.stderr.starts_with(said), "{outcome:?}");
    assert_eq!(outcome.code, Some(255));
    user.is_clean();
}

#[test]
fn aws_is_not_asked_about_other_hosts() {
    let known = "Host web1\n    HostName 127.0.0.12\nHost alias\n    HostName private\n";
    let user = SshUser::installed(known, &[NAMES, &["--names", "10.*"]].concat());
    for (host, hostname) in [
        // Fits no pattern, or one that excludes it.
        ("other-1", "other-1"),
        ("web3", "web3"),
        // ssh_config has a HostName.
        ("web1", "127.0.0.12"),
        ("alias", "private"),
        // It resolves, or is an address.
        ("web2.lab", "web2.lab"),
        ("10.0.0.1", "10.0.0.1"),
    ] {
        let answer = user.run("ssh", &["-G", host]).stdout;
        let has = |line: &str| answer.lines().any(|it| it == line);
        assert!(has(&format!("hostname {hostname}")), "{host}: {answer}");
        assert!(!answer.contains("proxycommand"), "{host}: {answer}");
        assert!(!has("user ec2-user"), "{host}: {answer}");
        assert!(!has("identityfile none"), "{host}: {answer}");
    }
    let words = ["-G", "-o", "HostName=127.0.0.1", "private"];
    let answer = user.run("ssh", &words).stdout;
    assert!(!answer.contains("proxycommand"), "{answer}");
    let outcome = user.run("ssh", &["-oBatchMode=yes", "web3", "true"]);
    assert!(outcome.stderr.contains("resolve hostname"), "{outcome:?}");
    let answer = user.run("ssh", &["-G", "private"]).stdout;
    assert!(answer.contains("proxycommand"), "{answer}");
    assert!(answer.contains("user ec2-user\n"), "{answer}");
    user.cost(0, 0);
}

/// As without mssh: names that resolve still do.
#[test]
fn without_mssh_hosts_remain_hosts() {
    let user = SshUser::installed("", NAMES);
    let gone = text(&user.config()).replace("/bin/mssh ", "/bin/none ");
    assert!(gone.contains("/bin/none --takes-name"), "{gone}");
    fs::write(user.config(), gone).expect("a file");
    let answer = user.run("ssh", &["-G", "web1"]).stdout;
    assert!(!answer.contains("proxycommand"), "{answer}");
}

#[test]
fn a_file_of_the_command_line_counts() {
    let user = SshUser::installed("", NAMES);
    let ours = text(&user.config());
    let (_directory, file) = config(&format!("{ours}Host web1\n  HostName 127.0.0.12\n"));
    for (host, is_ours) in [("web1", false), ("private", true)] {
        let answer = user.run("ssh", &["-F", &file, "-G", host]).stdout;
        assert_eq!(answer.contains("proxycommand"), is_ours, "{answer}");
    }
}

#[test]
fn scp_sftp_rsync_and_git_take_names() {
    let user = SshUser::installed("", NAMES);
    let there = lab().remote().join(user.caller.access_key());
    fs::create_dir_all(&there).expect("a directory");
    fs::write(user.home.join("file"), "text\n").expect("a file");
    let at = |name: &str| format!("web1:{}", there.join(name).display());
    user.run("scp", &["-q", "file", &at("0")]).prints("");
    user.run("rsync", &["file", &at("1")]).prints("");
    user.run("rsync", &[&at("0"), "back"]).prints("");
    assert_eq!(text(&user.home.join("back")), "text\n");
    let mut sftp = user.command("sftp");
    let batch = format!("get {} got\n", there.join("1").display());
    let outcome = finish_with(sftp.args(["-q", "-b", "-", "web1"]), batch.as_bytes());
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    assert_eq!(text(&user.home.join("got")), "text\n");
    let repository = there.join("x.git").display().to_string();
    user.run("git", &["init", "-q", "--bare", &repository])
        .prints("");
    let from = format!("ec2-user@web1:{repository}");
    let outcome = user.run("git", &["clone", "-q", &from, "copy"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(user.home.join("copy/.git").exists());
    assert_eq!(pushes(&user.caller).len(), 5);
    user.is_clean();
}

/// mssh runs `ssh -G`, for which the lines do not apply.
#[test]
fn mssh_works_as_before() {
    let user = SshUser::installed("", NAMES);
    user.run("mssh", &["web1", WHERE])
        .prints("ec2-user@127.0.0.11\n");
    user.run("mssh", &[WEB2, WHERE])
        .prints("ec2-user@127.0.0.12\n");
    assert_eq!((look_ups(&user.caller), pushes(&user.caller).len()), (3, 2));
    user.is_clean();
}

/// Before 9.6, ssh accepts such hosts and users, and passes them to a shell.
#[test]
fn no_argument_becomes_a_command() {
    let user = SshUser::installed("", NAMES);
    for host in [
        "web';touch pw;'",
        "web`touch pw`",
        "web$(touch pw)",
        "web\\';touch pw;:'",
        "x';touch pw;'@web1",
        "x`touch pw`@web1",
    ] {
        let outcome = user.run("ssh", &["-o", "BatchMode=yes", host, "true"]);
        assert_eq!(outcome.code, Some(255), "{host}: {outcome:?}");
        assert!(!user.home.join("pw").exists(), "{host}: {outcome:?}");
    }
    assert!(pushes(&user.caller).is_empty());
    user.is_clean();
}

#[test]
fn names_are_installed_changed_and_removed() {
    let user = SshUser::with("Host a\n    Port 7");
    let before = text(&user.config());
    user.install(NAMES);
    assert!(text(&user.config()).contains("originalhost \"web*,priv*,!web3,tw?n,"));
    let answer = user.run("ssh", &["-G", "a"]).stdout;
    assert!(answer.contains("port 7\n"), "{answer}");
    let outcome = user.install(&["--names", "db-*"]);
    let hint = "mssh: now try `ssh INSTANCE-ID` or `ssh NAME`; --uninstall takes it out again\n";
    assert!(outcome.stderr.ends_with(hint), "{outcome:?}");
    let now = text(&user.config());
    assert!(now.contains("db-*") && !now.contains("priv*"), "{now}");
    user.install(&[]);
    assert!(!text(&user.config()).contains("originalhost"));
    user.install(NAMES);
    let outcome = user.run("mssh", &["--ssh-config", "--uninstall"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert_eq!(text(&user.config()), before);
}

#[test]
fn patterns_that_make_no_sense_are_errors() {
    let user = SshUser::with("");
    let hint = "mssh: hint: write names, with `*` and `?` for any text and one character, and commas \
                between: --names 'web-*,!web-db' takes all but one; a pattern needs more than wildcards";
    for (names, bad) in [
        ("*", "*"),
        ("web 1", "web 1"),
        ("web,#db", "#db"),
        ("web,!", "!"),
        ("u@web", "u@web"),
    ] {
        let error = format!("mssh: error: `{bad}` is not a valid pattern for --names");
        user.run("mssh", &["--ssh-config", "--names", names])
            .fails(255, &[&error, hint]);
    }
    user.run("mssh", &["--ssh-config", "--names", "!web"])
        .fails(
            255,
            &["mssh: error: --names has only patterns to exclude", hint],
        );
    user.run("mssh", &["--ssh-config", "--names", ""])
        .fails(255, &["mssh: error: the value of --names is empty"]);
    let comma = "mssh: hint: write one between two, and none at the ends";
    user.run("mssh", &["--ssh-config", "--names", "web,"])
        .fails(255, &["mssh: error: `web,` has a comma too many", comma]);
    user.run("mssh", &["--names", "web*", WEB1]).fails(
        255,
        &[
            "mssh: error: --names needs --ssh-config",
            "mssh: hint: add --ssh-config, or leave out --names",
        ],
    );
}
