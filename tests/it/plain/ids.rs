//! `ssh i-…` reaches the instance or fails: the ID never gets to DNS, and no argument to a shell.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;

use super::text;
use crate::lab::instances::{PRIVATE, WEB1};
use crate::sandbox::{Outcome, SshUser, finish, lab, pushes, set_mode, write_script};

impl SshUser {
    /// Plain ssh with a DNS that resolves the instance ID, to detect queries.
    fn ssh_with_dns(&self, words: &[&str], shell: Option<&str>) -> Outcome {
        let hosts = self.home.join("hosts");
        let known = text(&lab().path().join("hosts"));
        fs::write(&hosts, format!("{known}127.0.0.11 {WEB1}\n")).expect("a file");
        let mut ssh = self.command("ssh");
        ssh.arg("-v").args(words).env("NSS_WRAPPER_HOSTS", &hosts);
        if let Some(shell) = shell {
            ssh.env("SHELL", shell);
        }
        finish(&mut ssh)
    }
}

/// What `ssh -v` prints when it connects to an address from DNS.
const CONNECTS: &str = "Connecting to i-";

#[track_caller]
fn fails_without_dns(outcome: &Outcome) {
    let connected = outcome.stderr.contains(CONNECTS);
    assert_eq!(
        (connected, outcome.code),
        (false, Some(255)),
        "{}",
        outcome.stderr
    );
    assert!(!outcome.stderr.contains("resolve"), "{}", outcome.stderr);
}

#[test]
fn without_the_block_ssh_asks_dns() {
    let user = SshUser::with("");
    let outcome = user.ssh_with_dns(&["-o", "BatchMode=yes", WEB1, "true"], None);
    assert!(outcome.stderr.contains(CONNECTS), "{}", outcome.stderr);
}

#[test]
fn without_mssh_ssh_fails() {
    for own_key in [&[][..], &["-i", "my"]] {
        let user = SshUser::installed("", own_key);
        let block = user.dot_ssh("mssh.conf");
        let ours = format!("{}/bin/mssh", lab().path().display());
        let gone = text(&block).replace(&ours, "/nowhere/mssh");
        assert!(gone.contains("/nowhere/mssh --skip-block"), "{gone}");
        fs::write(&block, gone).expect("a file");
        let outcome = user.ssh_with_dns(&[WEB1, "true"], None);
        fails_without_dns(&outcome);
        let said = "/nowhere/mssh: ";
        assert!(outcome.stderr.contains(said), "{}", outcome.stderr);
    }
}

#[test]
fn without_a_key_ssh_fails() {
    let user = SshUser::installed("", &[]);
    fs::create_dir(user.keys()).expect("a directory");
    set_mode(user.keys(), 0o755);
    fails_without_dns(&user.ssh_with_dns(&[WEB1, "true"], None));
    assert!(pushes(&user.caller).is_empty());
}

#[test]
fn with_an_unusable_shell_ssh_fails() {
    let user = SshUser::installed("", &[]);
    for shell in ["/bin/false", "/usr/sbin/nologin", "sh", "/nowhere/sh"] {
        fails_without_dns(&user.ssh_with_dns(&[WEB1, "true"], Some(shell)));
    }
    assert!(pushes(&user.caller).is_empty());
}

#[test]
fn the_block_applies_to_complete_instance_ids_only() {
    let user = SshUser::installed("", &[]);
    for host in [
        "i-bastion1",
        "i-0123456g",
        "i-012345-7",
        "i-012345.7",
        "i-0123456789abcdef",
        "i-0123456789abcdefg",
        "i-0123456789abcd.example",
        "xi-01234567",
    ] {
        let answer = user.run("ssh", &["-G", host]).stdout;
        assert!(!answer.contains("proxycommand"), "{host}: {answer}");
        assert!(!answer.contains("user ec2-user"), "{host}: {answer}");
    }
    let id = WEB1.to_uppercase();
    for host in [WEB1, "i-0abcdef0", &id] {
        let answer = user.run("ssh", &["-G", host]).stdout;
        assert!(answer.contains("proxycommand"), "{host}: {answer}");
        assert!(answer.contains("user ec2-user"), "{host}: {answer}");
    }
}

/// Before 9.6, ssh accepts such hosts and users, and passes them to a shell.
#[test]
fn no_argument_becomes_a_command() {
    let user = SshUser::installed("", &[]);
    let as_host = |host: &str| format!("HostName={host}");
    let injected = format!("x';touch pw;'@{WEB1}");
    let backquote = format!("x`touch pw`@{WEB1}");
    for words in [
        &["-o", &as_host("i-;id>pw;:"), "foo"][..],
        &["-o", &as_host("i-`id>pw`"), "foo"],
        &["-o", &as_host("i-$(id>pw)"), "foo"],
        &["-o", &as_host("i-';id>pw;'"), "foo"],
        &["-o", &as_host("i-';touch pw;:'a'"), "foo"],
        &["-o", &as_host("i-/../../x"), "foo"],
        &[&injected],
        &[&backquote],
    ] {
        let outcome = user.run(
            "ssh",
            &[&["-o", "BatchMode=yes"], words, &["true"]].concat(),
        );
        assert_eq!(outcome.code, Some(255), "{words:?}: {outcome:?}");
        assert!(!user.home.join("pw").exists(), "{words:?}: {outcome:?}");
    }
    assert!(pushes(&user.caller).is_empty());
    user.is_clean();
}

#[test]
fn other_shells_than_bourne_work() {
    let user = SshUser::installed("", &[]);
    let mut tried = 0;
    for shell in [
        "/bin/dash",
        "/bin/zsh",
        "/usr/bin/fish",
        "/bin/tcsh",
        "/bin/ksh",
    ] {
        if fs::exists(shell).expect("an answer") {
            let outcome = user.ssh_with_dns(&[WEB1, "echo in"], Some(shell));
            assert_eq!(outcome.stdout, "in\n", "{shell}: {}", outcome.stderr);
            tried += 1;
        } else {
            crate::sandbox::skipped(&format!("plain ssh under {shell}, which is not there"));
        }
    }
    assert_eq!(pushes(&user.caller).len(), tried);
    user.is_clean();
}

#[test]
fn an_id_is_not_canonicalized() {
    let canonical = "Host *\n    CanonicalizeHostname always\n    CanonicalDomains lab\n    \
                     CanonicalizeFallbackLocal no\n";
    let user = SshUser::installed(canonical, &[]);
    user.run("ssh", &[WEB1, "echo in"]).prints("in\n");
}

/// mssh execs ssh, whose ProxyCommand is another ssh, which mssh did not start.
#[test]
fn the_block_applies_to_an_ssh_in_the_users_proxy_command() {
    let proxy = format!("Host 127.0.1.21\n    ProxyCommand ssh -W %h:%p {WEB1}\n");
    let user = SshUser::installed(&proxy, &[]);
    user.run("mssh", &[PRIVATE, "echo in"]).prints("in\n");
    let there = format!("{PRIVATE}:{}", lab().remote().join("nothing").display());
    let outcome = user.run("mscp", &["-q", &there, "."]);
    assert!(outcome.stderr.contains("No such file"), "{outcome:?}");
    let mut pushed = pushes(&user.caller);
    pushed.sort();
    pushed.dedup();
    assert_eq!(
        pushed,
        [format!("ec2-user@{PRIVATE}"), format!("ec2-user@{WEB1}")]
    );
    user.is_clean();
}

#[test]
fn an_unsuitable_release_of_openssh_is_rejected() {
    let user = SshUser::with("");
    let bin = user.home.join("bin");
    DirBuilder::new()
        .mode(0o700)
        .create(&bin)
        .expect("a directory");
    let old = bin.join("ssh");
    write_script(&old, "#!/bin/sh\necho OpenSSH_7.4p1, OpenSSL 1.0.2k >&2\n");
    let mut mssh = user.command("mssh");
    let path = mssh.get_envs().find(|(name, _)| *name == "PATH");
    let path = path.and_then(|(_, value)| value).expect("a PATH");
    let path = format!("{}:{}", bin.display(), path.to_string_lossy());
    mssh.args(["--ssh-config", "--install"]).env("PATH", path);
    finish(&mut mssh).fails(
        255,
        &[
            "mssh: error: OpenSSH 7.4 is too old for this configuration",
            "mssh: hint: it needs OpenSSH 8.4 or later; mssh itself also works with older releases",
        ],
    );
    assert!(!user.dot_ssh("mssh.conf").exists());
}
