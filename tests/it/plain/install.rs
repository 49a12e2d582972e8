//! What `--ssh-config` prints, writes and removes.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::text;
use crate::lab::instances::WEB1;
use crate::sandbox::{SshUser, finish, mode};

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
        self.sets_up(&[&["--install", "--key-dir", &keys], words].concat())
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
        &["--ssh-config", "--profile", "a b", "--key-dir", "/k"],
    );
    let mssh = user.run("sh", &["-c", "command -v mssh"]).stdout;
    let none_of = "ghijklmnopqrstuvwxyz-._'\\".chars();
    let none_of: Vec<_> = none_of.map(|it| format!("!*i-*{it}*")).collect();
    let none_of = none_of.join(",");
    outcome.prints(&format!(
        "# Whole instance IDs only: 8 or 17 hexadecimal digits.\n\
         # A user with a quote would get out of the quotes below.\n\
         Match host \"i-????????,i-?????????????????,{none_of}\" user \"*'*\"\n    \
         ProxyCommand {0} --profile 'a b' --key-dir /k --proxy '%h' %p \"'\"\n\
         Match host \"i-????????,i-?????????????????,{none_of}\" \
         !exec \"exec {0} --skip-block /k '%h'\"\n    \
         ProxyCommand {0} --profile 'a b' --key-dir /k --proxy '%h' %p '%r'\n    \
         ProxyUseFdpass no\n    \
         IdentityFile \"/k/%h/key\"\n    \
         IdentitiesOnly yes\n    \
         AddKeysToAgent no\n    \
         CanonicalizeHostname no\n\
         Match host \"i-????????,i-?????????????????,{none_of}\"\n    \
         User ec2-user\n",
        mssh.trim_end()
    ));
    assert!(!user.dot_ssh("mssh.conf").exists());
    let outcome = user.run("mssh", &["--ssh-config"]);
    assert!(outcome.stdout.contains("--key-dir /dev/shm/mssh-"));
}

#[test]
fn the_block_is_installed_once_and_removed_again() {
    let user = SshUser::with(THEIRS);
    let before = text(&user.config());
    fs::set_permissions(user.config(), fs::Permissions::from_mode(0o640)).expect("its mode");
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

/// It may be the user's: users of the original may have one.
#[test]
fn a_user_file_with_the_name_of_ours_is_neither_overwritten_nor_deleted() {
    let user = SshUser::with(THEIRS);
    let (file, before) = (user.dot_ssh("mssh.conf"), text(&user.config()));
    fs::write(&file, "Host *.internal\n").expect("a file");
    let said = format!(
        "mssh: error: cannot change {}: mssh did not write it",
        file.display()
    );
    let hint = "mssh: hint: your files are intact; `mssh --ssh-config` prints what to add to them";
    user.install(&[]).fails(255, &[&said, hint]);
    user.uninstalls();
    assert_eq!(text(&file), "Host *.internal\n");
    assert_eq!(text(&user.config()), before);
}

/// The user's own copy may have the name of ours, and a link may point anywhere.
#[test]
fn a_user_file_with_the_name_of_a_copy_is_neither_overwritten_nor_deleted() {
    let user = SshUser::with(THEIRS);
    let backup = user.dot_ssh("config.before-mssh");
    let said = format!(
        "mssh: error: cannot change {}: it exists, and is no copy of {}",
        backup.display(),
        user.config().display()
    );
    let hint = "mssh: hint: your files are intact; `mssh --ssh-config` prints what to add to them";
    fs::write(&backup, "Host *.internal\n").expect("a file");
    let before = user.files();
    user.install(&[]).fails(255, &[&said, hint]);
    user.uninstalls();
    assert_eq!(user.files(), before);
    for target in ["Host *.internal\n", THEIRS] {
        let other = user.home.join("other");
        fs::write(&other, target).expect("a file");
        fs::remove_file(&backup).expect("a file");
        symlink(&other, &backup).expect("a link");
        user.install(&[]).fails(255, &[&said, hint]);
        user.uninstalls();
        assert!(backup.is_symlink());
        assert_eq!(text(&other), target);
        assert_eq!(text(&user.config()), THEIRS);
    }
    fs::remove_file(&backup).expect("a link");
    // Later changes do not overwrite the copy of the first version.
    user.installs(&[]);
    let changed = format!("{}Host later\n", text(&user.config()));
    fs::write(user.config(), &changed).expect("a file");
    user.uninstalls();
    user.install(&[]).fails(255, &[&said, hint]);
    assert_eq!(text(&backup), THEIRS);
}

#[test]
fn an_empty_ssh_config_stays() {
    let user = SshUser::with("");
    fs::write(user.config(), "").expect("a file");
    user.installs(&[]);
    user.installs(&["--region", "eu-west-1"]);
    user.uninstalls();
    assert_eq!(text(&user.config()), "");
    assert!(!user.dot_ssh("config.before-mssh").exists());
}

#[test]
fn later_changes_of_the_user_stay() {
    let user = SshUser::installed(THEIRS, &[]);
    let changed = format!("{}Host later\n", text(&user.config()));
    fs::write(user.config(), &changed).expect("a file");
    user.installs(&["--region", "eu-west-1"]);
    let ours = text(&user.dot_ssh("mssh.conf"));
    assert!(ours.contains("--region eu-west-1"), "{ours}");
    user.uninstalls();
    let left = text(&user.config());
    assert!(
        left.contains(THEIRS) && left.ends_with("Host later\n"),
        "{left}"
    );
    assert!(!left.contains("mssh"), "{left}");
}

#[test]
fn a_link_stays_a_link() {
    let user = SshUser::with(THEIRS);
    let dotfiles = user.home.join("dotfiles");
    fs::create_dir(&dotfiles).expect("a directory");
    fs::rename(user.config(), dotfiles.join("config")).expect("moved");
    symlink("../dotfiles/config", user.config()).expect("a link");
    user.installs(&[]);
    let link = fs::read_link(user.config()).expect("a link");
    assert_eq!(link.to_str(), Some("../dotfiles/config"));
    assert!(text(&dotfiles.join("config")).starts_with("# >>> mssh"));
    user.run("ssh", &[WEB1, "true"]).prints("");
}

/// With a limit on file sizes, which acts like a full disk.
#[test]
fn on_a_full_disk_nothing_is_lost() {
    let user = SshUser::with(THEIRS);
    let before = text(&user.config());
    let mut bash = user.command("bash");
    let line = "trap '' XFSZ; ulimit -f 0; exec mssh --ssh-config --install";
    let outcome = finish(bash.args(["-c", line]));
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(255), ""));
    assert!(outcome.stderr.contains("cannot change"), "{outcome:?}");
    assert_eq!(text(&user.config()), before);
    let names = fs::read_dir(user.dot_ssh("")).expect("a directory");
    let mut names: Vec<_> = names.flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    assert_eq!(names, ["config", "known_hosts"]);
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
            Some("only --region, --profile, --via, --key-dir, -i and -l go with it"),
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
