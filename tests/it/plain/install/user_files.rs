//! The files of the user are neither lost nor overwritten.

use std::fs;
use std::os::unix::fs::symlink;

use super::{THEIRS, text};
use crate::lab::instances::WEB1;
use crate::sandbox::{SshUser, finish};

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
    let away = user.home.join("away");
    fs::rename(&dotfiles, &away).expect("moved");
    let outcome = user.install(&[]);
    assert!(outcome.stderr.contains("No such file"), "{outcome:?}");
    fs::rename(&away, &dotfiles).expect("moved back");
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
