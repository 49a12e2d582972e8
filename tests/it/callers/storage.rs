//! Programs that store remote files: tar, borg, rclone, sshfs.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{NAMES, Places, costs, program, read, succeeds, write};
use crate::lab::Caller;
use crate::lab::instances::WEB1;
use crate::sandbox::{bash, caller, finish, leaves_nothing, skipped};

/// Makes a local tree, with a file for each of [`NAMES`].
fn make_tree(places: &Places) {
    for name in NAMES {
        write(&places.here.join("tree").join(name), name);
    }
}

/// Asserts that the whole tree of [`make_tree`] is at `base`.
#[track_caller]
fn has_tree(base: &Path) {
    for name in NAMES {
        assert_eq!(read(&base.join(name)), *name);
    }
}

#[test]
fn tar_is_piped_both_ways() {
    let caller = caller();
    let places = Places::of(&caller);
    make_tree(&places);
    let there = places.there.display();
    let lines = [
        format!("tar -cf - tree | mssh {WEB1} tar -xf - -C '{there}'"),
        format!("mkdir back; mssh {WEB1} tar -cf - -C '{there}' tree | tar -xf - -C back"),
    ];
    for line in lines {
        let mut both = bash(&caller, &format!("set -eo pipefail; {line}"));
        finish(both.current_dir(&places.here)).prints("");
    }
    has_tree(&places.there.join("tree"));
    has_tree(&places.here.join("back/tree"));
    costs(&caller, 2);
    leaves_nothing(&caller);
}

fn borg(caller: &Caller<'_>, places: &Places) -> Command {
    let mut borg = program(caller, places, "borg");
    let there = places.there.join("a borg").display().to_string();
    let there = there.replace(' ', "%20");
    borg.env("BORG_RSH", "mssh --region us-east-1")
        .env("BORG_BASE_DIR", places.here.join("borg"))
        .env("BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK", "yes")
        .env("BORG_REPO", format!("ssh://ubuntu@{WEB1}{there}"));
    borg
}

#[test]
fn borg_creates_and_extracts_an_archive() {
    let caller = caller();
    let places = Places::of(&caller);
    make_tree(&places);
    succeeds(borg(&caller, &places).args(["init", "-e", "none"]));
    succeeds(borg(&caller, &places).args(["create", "::one", "tree"]));
    fs::rename(places.here.join("tree"), places.here.join("lost")).expect("a tree");
    succeeds(borg(&caller, &places).args(["extract", "::one"])).prints("");
    has_tree(&places.here.join("tree"));
    costs(&caller, 3);
    leaves_nothing(&caller);
}

/// rclone splits the value at spaces, and appends the remote command or `-s sftp`.
#[test]
fn rclone_copies_both_ways() {
    let caller = caller();
    let places = Places::of(&caller);
    make_tree(&places);
    let known = caller.lab().home().join(".ssh/known_hosts");
    let rclone = |words: &[&str]| {
        let mut rclone = program(&caller, &places, "rclone");
        rclone
            .args(["--config", "/dev/null", "--sftp-known-hosts-file"])
            .arg(&known)
            .args(["--sftp-ssh", &format!("mssh -l ubuntu {WEB1}")]);
        succeeds(rclone.args(words));
    };
    let there = format!(":sftp:{}", places.there.join("a copy").display());
    rclone(&["copy", "tree", &there]);
    has_tree(&places.there.join("a copy"));
    rclone(&["check", "tree", &there]);
    rclone(&["copy", &there, "back"]);
    has_tree(&places.here.join("back"));
    leaves_nothing(&caller);
}

/// A mounted file system, until dropped.
struct Mount(PathBuf);

impl Drop for Mount {
    fn drop(&mut self) {
        let fusermount = Command::new("fusermount3").arg("-u").arg(&self.0).status();
        if !fusermount.is_ok_and(|status| status.success()) {
            let _ = Command::new("umount").arg(&self.0).status();
        }
    }
}

#[test]
fn sshfs_mounts_a_directory() {
    let device = File::options().read(true).write(true).open("/dev/fuse");
    if let Err(cause) = device {
        skipped(&format!(
            "sshfs: this machine has no FUSE: /dev/fuse: {cause}"
        ));
        return;
    }
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.there.join("from there"), "there\n");
    let mount = Mount(places.here.join("mount"));
    fs::create_dir_all(&mount.0).expect("a directory");
    let mut sshfs = program(&caller, &places, "sshfs");
    sshfs.args([
        "-o",
        "ssh_command=mssh",
        &places.remote(&format!("ubuntu@{WEB1}"), ""),
    ]);
    succeeds(sshfs.arg(&mount.0)).prints("");
    assert_eq!(read(&mount.0.join("from there")), "there\n");
    write(&mount.0.join("from here"), "here\n");
    assert_eq!(read(&places.there.join("from here")), "here\n");
    drop(mount);
    costs(&caller, 1);
    leaves_nothing(&caller);
}
