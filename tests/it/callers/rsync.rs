//! rsync over `mssh`. The arguments of its server begin with a cluster such as `-tre.iLsfxCIvu`,
//! from which the original took a region, an instance or a profile.
//!
//! - here: both directions, and the short options of the original
//! - `options`: every short option of rsync, alone and in clusters
//! - `names`: paths, programs and options of the remote shell

mod names;
mod options;

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use super::{Places, program, pushes, read, succeeds, write};
use crate::lab::Caller;
use crate::lab::instances::{ODD_PORT, WEB1};
use crate::sandbox::{caller, lab};

/// rsync with this remote shell: `mssh`, with or without options.
fn rsync(caller: &Caller<'_>, places: &Places, shell: &str) -> Command {
    let mut rsync = program(caller, places, "rsync");
    rsync.args(["-e", shell]);
    rsync
}

/// A time in the past, in whole seconds.
fn long_ago() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)
}

#[track_caller]
fn make_old(path: &Path) {
    let file = File::open(path).expect("a file");
    file.set_modified(long_ago()).expect("its time");
}

#[track_caller]
fn is_old(path: &Path) -> bool {
    let metadata = fs::metadata(path).expect("a file");
    metadata.modified().expect("its time") == long_ago()
}

/// `tree/a.txt` and `tree/deep/b.txt`, both old.
#[track_caller]
fn make_tree(base: &Path) {
    for (name, text) in [("a.txt", "first\n"), ("deep/b.txt", "second\n")] {
        let path = base.join("tree").join(name);
        write(&path, text);
        make_old(&path);
    }
}

/// Asserts that the tree is at `base`.
#[track_caller]
fn has_tree(base: &Path, with_times: bool) {
    for (name, text) in [("a.txt", "first\n"), ("deep/b.txt", "second\n")] {
        let path = base.join(name);
        assert_eq!(read(&path), text);
        assert_eq!(is_old(&path), with_times, "the time of {}", path.display());
    }
}

#[test]
fn a_tree_is_copied_both_ways() {
    let caller = caller();
    let places = Places::of(&caller);
    make_tree(&places.here);
    let there = places.remote(WEB1, "copy/");
    let mut to = rsync(&caller, &places, "mssh");
    succeeds(to.args(["-a", "tree/", &there])).prints("");
    has_tree(&places.there.join("copy"), true);
    let mut back = rsync(&caller, &places, "mssh");
    succeeds(back.args(["-a", &there, "back/"])).prints("");
    has_tree(&places.here.join("back"), true);
    pushes(&caller, 2);
}

/// With each option of the original first in the cluster, in both directions.
#[test]
fn no_option_of_rsync_is_taken_for_ours() {
    let caller = caller();
    let places = Places::of(&caller);
    make_tree(&places.here);
    make_tree(&places.there);
    let clusters = [
        "-r", "-rt", "-ur", "-urt", "-tr", "-zr", "-dr", "-rtz", "-rtvz",
    ];
    for cluster in clusters {
        let with_times = cluster.contains('t');
        let name = format!("to{cluster}");
        let mut to = rsync(&caller, &places, "mssh");
        succeeds(to.args([cluster, "tree/", &places.remote(WEB1, &name)]));
        has_tree(&places.there.join(&name), with_times);
        let mut back = rsync(&caller, &places, "mssh");
        let from = places.remote(WEB1, "tree/");
        succeeds(back.args([cluster, &from, &format!("from{cluster}")]));
        has_tree(&places.here.join(format!("from{cluster}")), with_times);
    }
    pushes(&caller, 2 * clusters.len());
}

/// Without `-r`, the cluster of the server begins with these options themselves.
#[test]
fn a_single_file_is_copied_with_any_first_letter() {
    let caller = caller();
    let places = Places::of(&caller);
    make_tree(&places.here);
    for cluster in ["-d", "-t", "-u", "-z", "-dt", "-ut", "-tz", "-uz"] {
        let name = format!("file{cluster}");
        let mut to = rsync(&caller, &places, "mssh");
        succeeds(to.args([cluster, "tree/a.txt", &places.remote(WEB1, &name)]));
        let path = places.there.join(&name);
        assert_eq!(read(&path), "first\n");
        assert_eq!(is_old(&path), cluster.contains('t'), "{cluster}");
    }
}

#[test]
fn with_d_alone_a_directory_is_copied_without_subdirectories() {
    let caller = caller();
    let places = Places::of(&caller);
    make_tree(&places.here);
    let mut to = rsync(&caller, &places, "mssh");
    succeeds(to.args(["-d", "tree/", &places.remote(WEB1, "flat")]));
    assert_eq!(read(&places.there.join("flat/a.txt")), "first\n");
    assert!(!places.there.join("flat/deep/b.txt").exists());
}

#[test]
fn with_u_newer_remote_files_stay() {
    let caller = caller();
    let places = Places::of(&caller);
    make_tree(&places.here);
    write(&places.there.join("copy/a.txt"), "newer\n");
    let mut to = rsync(&caller, &places, "mssh");
    succeeds(to.args(["-urt", "tree/", &places.remote(WEB1, "copy/")]));
    assert_eq!(read(&places.there.join("copy/a.txt")), "newer\n");
    assert_eq!(read(&places.there.join("copy/deep/b.txt")), "second\n");
}

#[test]
fn the_remote_shell_may_have_options_of_mssh_and_ssh() {
    let caller = caller();
    let places = Places::of(&caller);
    make_tree(&places.here);
    let port = lab().odd_port();
    for (shell, name) in [
        (format!("mssh --region us-east-1 -p {port}"), "long/"),
        (
            format!("mssh -r us-east-1 -p{port} -o Compression=no"),
            "short/",
        ),
        (format!("mssh -r us-east-1 -oPort={port}"), "option/"),
    ] {
        let mut to = rsync(&caller, &places, &shell);
        let to = to.args(["-az", "--delete", "tree/"]);
        succeeds(to.arg(places.remote(&format!("ubuntu@{ODD_PORT}"), name)));
        has_tree(&places.there.join(name), true);
    }
    pushes(&caller, 3);
}

#[test]
fn a_megabyte_of_random_bytes_arrives_unchanged() {
    let caller = caller();
    let places = Places::of(&caller);
    let mut bytes = vec![0; 1 << 20];
    fastrand::fill(&mut bytes);
    fs::write(places.here.join("random"), &bytes).expect("a file");
    let mut to = rsync(&caller, &places, "mssh");
    succeeds(to.args(["-az", "random", &places.remote(WEB1, "random")]));
    let arrived = fs::read(places.there.join("random")).expect("a file");
    assert!(arrived == bytes, "changed on the way");
}
