//! What `--ssh-config` prints, writes and removes.

mod user_files;

use std::ffi::OsString;
use std::fs;

use super::text;
use crate::lab::instances::WEB1;
use crate::sandbox::{SshUser, mode, set_mode};

impl SshUser {
    /// Asserts success with nothing on stdout. Returns the lines on stderr.
    #[track_caller]
    fn sets_up(&self, words: &[&str]) -> Vec<String> {
        let outcome = self.run("mssh", &[&["--ssh-config"], words].concat());
        assert_eq!(
            (outcome.stdout.as_str(), outcome.code),
            ("", Some(0)),
            "{outcome:?}"
        );
        outcome.stderr.lines().map(str::to_owned).collect()
    }

    #[track_caller]
    fn installs(&self, words: &[&str]) -> Vec<String> {
        let keys = self.keys().display().to_string();
        self.sets_up(&[&["--install", "--agent-dir", &keys], words].concat())
    }

    #[track_caller]
    fn uninstalls(&self) -> Vec<String> {
        self.sets_up(&["--uninstall"])
    }

    /// Everything in `~/.ssh`, with its contents.
    fn files(&self) -> Vec<(OsString, Vec<u8>)> {
        let entries = fs::read_dir(self.dot_ssh("")).expect("a directory");
        let files = entries.flatten().map(|it| {
            let content = fs::read(it.path()).expect("a file");
            (it.file_name(), content)
        });
        let mut files: Vec<_> = files.collect();
        files.sort();
        files
    }
}

const THEIRS: &str = "# mine\nHost *\n    ServerAliveInterval 30\n";

#[test]
fn it_prints_the_block_and_writes_nothing() {
    let user = SshUser::with("");
    let outcome = user.run(
        "mssh",
        &["--ssh-config", "--profile", "a b", "--agent-dir", "/k"],
    );
    let mssh = user.run("sh", &["-c", "command -v mssh"]).stdout;
    let none_of = "ghijklmnopqrstuvwxyz-._'\\".chars();
    let none_of: Vec<_> = none_of.map(|it| format!("!*i-*{it}*")).collect();
    let none_of = none_of.join(",");
    outcome.prints(&format!(
        "# Whole instance IDs only: 8 or 17 hexadecimal digits.\n\
         # A user with a quote would get out of the quotes below.\n\
         Match host \"i-????????,i-?????????????????,{none_of}\" user \"*'*\"\n    \
         ProxyCommand {0} --profile 'a b' --agent-dir /k --proxy '%h' %p \"'\"\n\
         Match host \"i-????????,i-?????????????????,{none_of}\" \
         !exec \"exec {0} --skip-block '%h'\"\n    \
         ProxyCommand {0} --profile 'a b' --agent-dir /k --proxy '%h' %p '%r'\n    \
         ProxyUseFdpass no\n    \
         IdentityAgent \"/k/%h.%p.%r\"\n    \
         IdentityFile none\n    \
         IdentitiesOnly no\n    \
         CanonicalizeHostname no\n\
         Match host \"i-????????,i-?????????????????,{none_of}\"\n    \
         User ec2-user\n",
        mssh.trim_end()
    ));
    assert!(!user.dot_ssh("mssh.conf").exists());
    let outcome = user.run("mssh", &["--ssh-config"]);
    assert!(outcome.stdout.contains("--agent-dir /dev/shm/mssh-agent-"));
}

#[test]
fn the_block_is_installed_once_and_removed_again() {
    let user = SshUser::with(THEIRS);
    let before = text(&user.config());
    set_mode(user.config(), 0o640);
    user.installs(&[]);
    let once = text(&user.config());
    assert!(once.starts_with("# >>> mssh"), "{once}");
    assert!(once.contains(THEIRS), "{once}");
    user.installs(&[]);
    assert_eq!(text(&user.config()), once);
    assert_eq!(text(&user.dot_ssh("config.before-mssh")), before);
    assert_eq!(mode(&user.config()), 0o640);
    assert_eq!(mode(&user.dot_ssh("mssh.conf")), 0o600);
    user.run("ssh", &[WEB1, "true"]).prints("");
    user.uninstalls();
    assert_eq!(text(&user.config()), before);
    for gone in ["mssh.conf", "config.before-mssh"] {
        assert!(!user.dot_ssh(gone).exists(), "{gone}");
    }
    user.uninstalls();
    assert_eq!(text(&user.config()), before);
}

#[test]
fn uninstalling_removes_files_that_did_not_exist_before() {
    let user = SshUser::with("");
    let _ = fs::remove_dir_all(user.dot_ssh(""));
    user.installs(&[]);
    assert_eq!(mode(&user.dot_ssh("")), 0o700);
    assert_eq!(mode(&user.config()), 0o600);
    user.uninstalls();
    let left = fs::read_dir(user.dot_ssh("")).expect("a directory");
    assert_eq!(left.count(), 0);
}

#[test]
fn it_reports_what_it_writes_where_the_copy_is_and_what_to_try() {
    let user = SshUser::with(THEIRS);
    let [config, ours, backup] = ["config", "mssh.conf", "config.before-mssh"]
        .map(|name| user.dot_ssh(name).display().to_string());
    let hint = "mssh: now try `ssh INSTANCE-ID`; --uninstall takes it out again";
    assert_eq!(
        user.installs(&[]),
        [
            format!("mssh: wrote {ours}"),
            format!("mssh: copied {config} to {backup}"),
            format!("mssh: wrote {config}"),
            hint.to_owned(),
        ]
    );
    assert_eq!(user.installs(&[]), ["mssh: nothing to change", hint]);
    assert_eq!(
        user.uninstalls(),
        [
            format!("mssh: wrote {config}"),
            format!("mssh: removed {backup}"),
            format!("mssh: removed {ours}"),
        ]
    );
    assert_eq!(user.uninstalls(), ["mssh: nothing to change"]);
}

#[test]
fn a_dry_run_says_what_it_would_write_and_writes_nothing() {
    let user = SshUser::with(THEIRS);
    let before = user.files();
    let [config, ours, backup] = ["config", "mssh.conf", "config.before-mssh"]
        .map(|name| user.dot_ssh(name).display().to_string());
    user.run("mssh", &["--ssh-config", "--dry-run", "--install"])
        .prints(&format!(
            "write {ours}\ncopy {config} to {backup}\nwrite {config}\n"
        ));
    assert_eq!(user.files(), before);
    user.installs(&[]);
    let before = user.files();
    user.run("mssh", &["--ssh-config", "--uninstall", "--dry-run"])
        .prints(&format!("write {config}\nremove {backup}\nremove {ours}\n"));
    assert_eq!(user.files(), before);
}

#[test]
fn usage_errors_are_reported() {
    let user = SshUser::with("");
    for (words, said, hint) in [
        (
            &["--ssh-config", WEB1][..],
            "a target cannot be used with --ssh-config",
            Some(
                "only --region, --profile, --via, --names, --key-type, --agent-dir, -i and -l go \
                 with it; patterns need quotes: --names 'web-*'",
            ),
        ),
        (
            &["--install"],
            "--install needs --ssh-config",
            Some("add --ssh-config, or leave out --install"),
        ),
        (
            &["--ssh-config", "--install", "--uninstall"],
            "--install cannot be used with --uninstall",
            Some("leave out --install or --uninstall"),
        ),
        (
            &["--ssh-config", "--zone", "us-east-1a"],
            "--zone cannot be used with --ssh-config",
            Some("leave out --zone or --ssh-config"),
        ),
        (
            &["--ssh-config", "--proxy"],
            "--proxy cannot be used with --ssh-config",
            Some("leave out --proxy or --ssh-config"),
        ),
        (
            &["--ssh-config", "-i", "a\"b"],
            &format!(
                "ssh_config cannot express the path `{}`",
                user.home.join("a\"b").display()
            ),
            Some("use a path without quotes, `${` and line breaks"),
        ),
    ] {
        let mut lines = vec![format!("mssh: error: {said}")];
        lines.extend(hint.map(|hint| format!("mssh: hint: {hint}")));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        user.run("mssh", words).fails(255, &lines);
    }
    let outcome = user.run("mscp", &["--ssh-config"]);
    assert!(outcome.stderr.contains("only mssh has"), "{outcome:?}");
}
