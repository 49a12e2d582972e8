//! Unusual machines, on which plain ssh works.

use std::process::Command;

use crate::lab::instances::{PRIVATE, WEB1};
use crate::sandbox::{SshUser, finish, lab, leaves_nothing, skipped};

/// A command of the user, run by a wrapper.
fn under(user: &SshUser, wrapper: &[&str], words: &[&str]) -> Command {
    let mut command = user.command(wrapper[0]);
    command.args(&wrapper[1..]).args(words);
    command
}

#[test]
fn a_small_stack_is_enough() {
    let user = SshUser::with("");
    let port = format!("-p{}", lab().port());
    let small = ["bash", "-c", "ulimit -s 512 && exec \"$@\"", "bash"];
    for words in [
        &["mssh", WEB1, "echo in"][..],
        &["mssh", "--ssm", &port, WEB1, "echo in"],
        &["mssh", "-J", WEB1, PRIVATE, "echo in"],
    ] {
        finish(&mut under(&user, &small, words)).prints("in\n");
    }
    leaves_nothing(&user.caller);
}

#[test]
fn proc_is_not_needed() {
    let user = SshUser::with("");
    let hidden = "mount -t tmpfs none /proc && exec \"$@\"";
    let without = ["unshare", "-m", "sh", "-c", hidden, "sh"];
    if finish(&mut under(&user, &without, &["true"])).code != Some(0) {
        skipped("a machine without /proc, which is root's to make");
        return;
    }
    let port = format!("-p{}", lab().port());
    let us = finish(user.command("id").arg("-un")).stdout;
    let config = format!("Host other\n  User {us}Host *\n  Port {}\n", lab().port());
    let file = user.home.join("c");
    std::fs::write(&file, config).expect("a file");
    let file = file.to_str().expect("text");
    let known = format!(
        "UserKnownHostsFile={}/.ssh/known_hosts",
        user.home.display()
    );
    for words in [
        &["mssh", WEB1, "echo in"][..],
        &["mssh", "-F", file, "-o", &known, WEB1, "echo in"],
        &["mssh", "--ssm", &port, WEB1, "echo in"],
        &["mssh", "-J", WEB1, PRIVATE, "echo in"],
    ] {
        finish(&mut under(&user, &without, words)).prints("in\n");
    }
    leaves_nothing(&user.caller);
}

/// When it ends, all other processes of the container end, including the keeper.
#[test]
fn the_first_process_of_a_container_leaves_no_key() {
    let user = SshUser::with("");
    let first = ["unshare", "--pid", "--fork"];
    if finish(&mut under(&user, &first, &["true"])).code != Some(0) {
        skipped("being the first process, which is root's to arrange");
        return;
    }
    for words in [
        &["mssh", WEB1, "echo in; exit 7"][..],
        &["mssh", "-J", WEB1, PRIVATE, "echo in; exit 7"],
    ] {
        finish(&mut under(&user, &first, words)).ends(7, "in\n");
        let left = std::fs::read_dir(user.caller.run_dir()).expect("a directory");
        assert_eq!(left.count(), 0, "{words:?}");
    }
}
