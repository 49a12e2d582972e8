//! Remote paths and programs: names with spaces, quotes, newlines and globs.

use std::fs;

use super::super::{NAMES, Places, costs, read, succeeds, write};
use super::rsync;
use crate::lab::instances::{ODD_PORT, WEB1};
use crate::sandbox::{caller, lab, write_script};

/// More names. They are not in NAMES since a batch of sftp cannot contain a newline.
const WORSE: &[&str] = &[
    "new\nline",
    "tab\there",
    "two  spaces",
    " edges ",
    "~",
    "$HOME",
    "[a]",
];

#[test]
fn a_copied_tree_may_hold_any_name() {
    let caller = caller();
    let places = Places::of(&caller);
    let names = || NAMES.iter().chain(WORSE);
    for name in names() {
        write(&places.here.join("odd names").join(name), name);
    }
    let there = places.remote(WEB1, "new dir/");
    succeeds(rsync(&caller, &places, "mssh").args(["-a", "odd names/", &there]));
    succeeds(rsync(&caller, &places, "mssh").args(["-a", &there, "back again/"]));
    for name in names() {
        assert_eq!(read(&places.there.join("new dir").join(name)), *name);
        assert_eq!(read(&places.here.join("back again").join(name)), *name);
    }
    for base in [&places.here, &places.there, &lab().remote()] {
        assert!(!base.join("PWNED").exists());
    }
}

/// `-s` keeps the remote shell from interpreting the path, in any release of rsync.
#[test]
fn a_copied_path_may_have_any_name() {
    let caller = caller();
    let places = Places::of(&caller);
    let names: Vec<&str> = NAMES.iter().chain(WORSE).copied().collect();
    // A glob is expanded with or without `-s`.
    let names = names
        .into_iter()
        .filter(|name| !name.contains(['*', '[', '\\']));
    for name in names {
        write(&places.here.join("from"), name);
        let there = places.remote(WEB1, name);
        succeeds(rsync(&caller, &places, "mssh").args(["-s", "from", &there])).prints("");
        assert_eq!(read(&places.there.join(name)), name);
        succeeds(rsync(&caller, &places, "mssh").args(["-s", &there, "back"])).prints("");
        assert_eq!(read(&places.here.join("back")), name);
        fs::remove_file(places.here.join("back")).expect("a file");
    }
    assert!(!places.there.join("PWNED").exists());
}

#[test]
fn a_glob_is_expanded_on_the_instance() {
    let caller = caller();
    let places = Places::of(&caller);
    for name in ["one.txt", "two.txt", "three.o"] {
        write(&places.there.join(name), name);
    }
    // No local file matches.
    let from = places.remote(WEB1, "t*.[a-t]*");
    succeeds(rsync(&caller, &places, "mssh").args([&from, "."])).prints("");
    let came = |name| places.here.join(name).exists();
    assert_eq!(
        ["one.txt", "two.txt", "three.o"].map(came),
        [false, true, true]
    );
    costs(&caller, 1);
}

#[test]
fn rsync_path_names_another_remote_program() {
    let caller = caller();
    let places = Places::of(&caller);
    let program = places.there.join("my rsync");
    write_script(
        &program,
        "#!/bin/sh\necho \"$MARK\" >> \"$0.log\"\nexec rsync \"$@\"\n",
    );
    write(&places.here.join("file"), "text\n");
    let path = format!("env MARK='it is used' '{}'", program.display());
    let there = places.remote(WEB1, "file");
    for words in [["file", &there], [&there, "back"]] {
        let mut rsync = rsync(&caller, &places, "mssh");
        succeeds(rsync.args(["-a", "--rsync-path", &path]).args(words)).prints("");
    }
    assert_eq!(read(&places.here.join("back")), "text\n");
    let log = read(&places.there.join("my rsync.log"));
    assert_eq!(log, "it is used\nit is used\n");
}

/// The keys in the environment are invalid: the profile's are used.
#[test]
fn the_remote_shell_may_have_a_profile_and_a_port() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.here.join("file"), "text\n");
    let config = format!(
        "[profile x]\nregion = us-east-1\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        caller.access_key(),
        crate::lab::SECRET
    );
    write(&places.here.join("config"), &config);
    let shell = format!("mssh --profile x -p {}", lab().odd_port());
    let there = places.remote(ODD_PORT, "file");
    for words in [["file", &there], [&there, "back"]] {
        let mut rsync = rsync(&caller, &places, &shell);
        rsync
            .env("AWS_CONFIG_FILE", places.here.join("config"))
            .env("AWS_ACCESS_KEY_ID", "AKIANOBODY0000000000")
            .env_remove("AWS_REGION");
        succeeds(rsync.arg("-t").args(words)).prints("");
    }
    assert_eq!(read(&places.here.join("back")), "text\n");
    costs(&caller, 2);
}
