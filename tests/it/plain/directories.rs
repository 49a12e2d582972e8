//! The directory of plain ssh's keys: its owner, its contents, and what is deleted in it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::lab::instances::WEB1;
use crate::sandbox::{PATIENCE, SshUser, eventually, mode, pushes, set_mode};

/// A private directory with these files, and then this mode.
fn private(path: &Path, mode: u32, files: &[&str]) {
    fs::create_dir_all(path).expect("a directory");
    for file in files {
        fs::write(path.join(file), "old").expect("a file");
        set_mode(path.join(file), mode);
    }
    set_mode(path, 0o700);
}

/// The same with the sticky bit, which marks directories that mssh has made.
fn made(path: &Path, mode: u32, files: &[&str]) {
    private(path, mode, files);
    set_mode(path, 0o1700);
}

#[test]
fn leftovers_of_killed_keepers_are_removed() {
    let user = SshUser::installed("", &[]);
    made(&user.keys(), 0o600, &[]);
    let left = user.keys().join("i-0abcdef0");
    made(&left, 0o600, &["key", "key.4711"]);
    user.run("ssh", &[WEB1, "true"]).prints("");
    user.is_clean();
}

#[test]
fn a_directory_that_the_user_made_is_used_and_kept() {
    let user = SshUser::with("");
    private(&user.keys(), 0o600, &[]);
    assert_eq!(user.install(&[]).code, Some(0));
    user.run("ssh", &[WEB1, "true"]).prints("");
    let empty = || fs::read_dir(user.keys()).is_ok_and(|mut it| it.next().is_none());
    assert!(eventually(PATIENCE, empty));
    user.run("ssh", &[WEB1, "true"]).prints("");
    assert!(eventually(PATIENCE, empty));
    assert_eq!(mode(&user.keys()), 0o700);
}

/// A directory counts as ours only if names, modes and files all match.
#[test]
fn what_only_looks_like_a_key_directory_is_not_removed() {
    let user = SshUser::installed("", &[]);
    made(&user.keys(), 0o600, &[]);
    for (name, mode, files) in [
        ("i-0abcdef0", 0o600, &["key", "notes"][..]),
        ("i-0abcdef1", 0o600, &["key.pem"]),
        ("i-0abcdef2", 0o600, &["keyring"]),
        ("i-0abcdef3", 0o644, &["key"]),
        ("i-0abcdef4x", 0o600, &["key"]),
        ("I-0abcdef5", 0o600, &["key"]),
        ("prod", 0o600, &["key"]),
    ] {
        made(&user.keys().join(name), mode, files);
    }
    private(&user.keys().join("i-0abcdef8"), 0o600, &["key"]);
    fs::write(user.keys().join("i-0abcdef6"), "").expect("a file");
    let outside = user.home.join("outside");
    made(&outside, 0o600, &["key"]);
    let link = user.keys().join("i-0abcdef7");
    std::os::unix::fs::symlink(&outside, link).expect("a link");
    let before = tree(&user.keys());
    user.run("ssh", &[WEB1, "true"]).prints("");
    // Its own key directory is removed with its keeper.
    eventually(PATIENCE, || tree(&user.keys()) == before);
    assert_eq!(tree(&user.keys()), before);
    assert!(outside.join("key").exists());
}

/// Everything below a directory, without following links.
fn tree(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    // A keeper may remove a directory while this reads it.
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|it| it.is_dir()) {
            found.extend(tree(&entry.path()));
        }
        found.push(entry.path());
    }
    found.sort();
    found
}

/// `~/.ssh` is private, too, and full of keys.
#[test]
fn a_directory_with_other_files_is_rejected_and_not_touched() {
    let user = SshUser::with("Host *\n");
    let dot_ssh = user.dot_ssh("");
    private(&user.dot_ssh("prod"), 0o600, &["key.pem", "key", "key.1"]);
    private(&user.dot_ssh("i-0abcdef0"), 0o600, &["key"]);
    private(&dot_ssh, 0o600, &["key", "id_ed25519"]);
    let before = tree(&dot_ssh);
    let path = dot_ssh.display().to_string();
    let path = path.trim_end_matches('/');
    let said = format!(
        "mssh: error: cannot keep keys in {path}: mssh did not make it, and it holds other things"
    );
    let hint = "mssh: hint: name another with --key-dir in `mssh --ssh-config --install`";
    for words in [&["--ssh-config"][..], &["--ssh-config", "--install"]] {
        let words = [words, &["--key-dir", path]].concat();
        user.run("mssh", &words).fails(255, &[&said, hint]);
    }
    // As if the block had been installed anyway.
    let printed = user.run("mssh", &["--ssh-config", "--key-dir", "/nowhere"]);
    let config = printed.stdout.replace("/nowhere", path);
    let file = user.home.join("c");
    fs::write(&file, config).expect("a file");
    let file = file.display().to_string();
    user.run("ssh", &["-G", "-F", &file, WEB1]);
    let outcome = user.run("ssh", &["-F", &file, WEB1, "true"]);
    assert_eq!(outcome.code, Some(255));
    assert_eq!(outcome.stderr.matches(&said).count(), 1, "{outcome:?}");
    let proxy = ["--proxy", "--key-dir", path, WEB1, "22", "ec2-user"];
    user.run("mssh", &proxy).fails(255, &[&said, hint]);
    assert_eq!(tree(&dot_ssh), before);
    assert!(pushes(&user.caller).is_empty());
}

/// A key for each instance, named after its ID, as ours are.
#[test]
fn keys_of_the_user_named_after_instances_are_neither_used_nor_deleted() {
    let user = SshUser::with("");
    let keys = user.home.join("keys");
    for id in [WEB1, "i-0abcdef0"] {
        private(&keys.join(id), 0o600, &["key"]);
    }
    private(&keys, 0o600, &[]);
    let path = keys.display().to_string();
    let said = format!(
        "mssh: error: cannot keep keys in {path}: mssh did not make it, and it holds other things"
    );
    let hint = "mssh: hint: name another with --key-dir in `mssh --ssh-config --install`";
    let setup = ["--ssh-config", "--key-dir", &path];
    user.run("mssh", &setup).fails(255, &[&said, hint]);
    let asked = user.run("mssh", &["--skip-block", &path, WEB1]);
    assert_eq!(asked.code, Some(1), "{asked:?}");
    let proxy = ["--proxy", "--key-dir", &path, WEB1, "22", "ec2-user"];
    user.run("mssh", &proxy).fails(255, &[&said, hint]);
    for id in [WEB1, "i-0abcdef0"] {
        let key = fs::read_to_string(keys.join(id).join("key"));
        assert_eq!(key.expect("a key"), "old", "{id}");
    }
    // Not even in a directory of ours.
    private(&user.home.join("made").join(WEB1), 0o600, &["key"]);
    made(&user.home.join("made"), 0o600, &[]);
    let made = user.home.join("made").display().to_string();
    user.run("mssh", &["--skip-block", &made, WEB1]);
    let key = fs::read_to_string(user.home.join("made").join(WEB1).join("key"));
    assert_eq!(key.expect("a key"), "old");
}

#[test]
fn a_directory_that_others_can_enter_gets_no_key() {
    let user = SshUser::installed("", &[]);
    fs::create_dir(user.keys()).expect("a directory");
    set_mode(user.keys(), 0o755);
    let outcome = user.run("ssh", &[WEB1, "true"]);
    assert_eq!(outcome.code, Some(255));
    let said = format!(
        "mssh: error: cannot keep keys in {}: it is not a directory of yours alone\n",
        user.keys().display()
    );
    assert!(outcome.stderr.starts_with(&said), "{}", outcome.stderr);
    assert!(pushes(&user.caller).is_empty());
}
