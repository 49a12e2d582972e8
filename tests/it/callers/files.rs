//! `msftp` and `mscp`: sftp and scp to instances.

use std::process::Command;

use super::{NAMES, Places, program, pushes, read, succeeds, write};
use crate::lab::Caller;
use crate::lab::instances::{IPV6_ONLY, ODD_PORT, WEB1, WEB2};
use crate::sandbox::{caller, finish, finish_with, lab, leaves_nothing, set_mode};

fn mscp(caller: &Caller<'_>, places: &Places) -> Command {
    program(caller, places, "mscp")
}

fn msftp(caller: &Caller<'_>, places: &Places) -> Command {
    program(caller, places, "msftp")
}

#[test]
fn msftp_runs_a_batch() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.here.join("file"), "text\n");
    let there = places.there.display();
    let batch = format!("put file {there}/put\nget {there}/put got\n");
    write(&places.here.join("batch"), &batch);
    succeeds(msftp(&caller, &places).args(["-b", "batch", WEB1]));
    assert_eq!(read(&places.there.join("put")), "text\n");
    assert_eq!(read(&places.here.join("got")), "text\n");
    pushes(&caller, 1);
    leaves_nothing(&caller);
}

#[test]
fn msftp_has_the_exit_status_of_sftp() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.here.join("batch"), "get nonexistent\n");
    let outcome = finish(msftp(&caller, &places).args(["-b", "batch", WEB1]));
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    leaves_nothing(&caller);
}

#[test]
fn msftp_reads_commands_from_stdin() {
    let caller = caller();
    let places = Places::of(&caller);
    let outcome = finish_with(msftp(&caller, &places).args(["-q", WEB1]), b"pwd\nbye\n");
    let home = lab().remote();
    let told = format!("Remote working directory: {}", home.display());
    assert!(outcome.stdout.contains(&told), "{outcome:?}");
    assert_eq!(outcome.code, Some(0));
}

#[test]
fn msftp_gets_a_file_by_its_name() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.there.join("a:b"), "text\n");
    write(&places.there.join("b bin"), "spaced\n");
    let get = |from: &str, to: &str| {
        let from = places.remote(&format!("root@{WEB1}"), from);
        succeeds(msftp(&caller, &places).args(["-q", "-C", &from, to]));
    };
    get("a:b", "plain");
    // Quoted for sftp, which treats the path as a pattern.
    get("b\\ bin", "quoted");
    assert_eq!(read(&places.here.join("plain")), "text\n");
    assert_eq!(read(&places.here.join("quoted")), "spaced\n");
}

#[test]
fn msftp_gets_a_tree_from_another_port() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.there.join("tree/deep/file"), "text\n");
    let port = lab().odd_port().to_string();
    let from = places.remote(ODD_PORT, "tree");
    succeeds(msftp(&caller, &places).args(["-q", "-r", "-P", &port, &from, "got"]));
    assert_eq!(read(&places.here.join("got/deep/file")), "text\n");
}

#[test]
fn msftp_runs_no_command_in_a_name() {
    let caller = caller();
    let places = Places::of(&caller);
    let from = format!("{WEB1}:$(touch PWNED)");
    let outcome = finish(msftp(&caller, &places).args(["-q", &from, "got"]));
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    for base in [&places.here, &lab().remote()] {
        assert!(!base.join("PWNED").exists());
    }
}

#[test]
fn mscp_copies_both_ways() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.here.join("file"), "text\n");
    let there = places.remote(WEB1, "file");
    succeeds(mscp(&caller, &places).args(["file", &there])).prints("");
    succeeds(mscp(&caller, &places).args([&there, "back"])).prints("");
    assert_eq!(read(&places.here.join("back")), "text\n");
    pushes(&caller, 2);
    leaves_nothing(&caller);
}

#[test]
fn mscp_copies_trees_and_modes() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.here.join("tree/run"), "text\n");
    let run = places.here.join("tree/run");
    set_mode(&run, 0o751);
    succeeds(mscp(&caller, &places).args(["-rp", "tree", &places.remote(WEB1, "copy")]));
    let copy = places.there.join("copy/run");
    assert_eq!(crate::sandbox::mode(&copy), 0o751);
    succeeds(mscp(&caller, &places).args(["-r", &places.remote(WEB1, "copy"), "back"]));
    assert_eq!(read(&places.here.join("back/run")), "text\n");
}

#[test]
fn mscp_copies_from_one_instance_to_another() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.there.join("from"), "text\n");
    let mut mscp = mscp(&caller, &places);
    succeeds(mscp.args([places.remote(WEB1, "from"), places.remote(WEB2, "to")]));
    assert_eq!(read(&places.there.join("to")), "text\n");
    pushes(&caller, 2);
    leaves_nothing(&caller);
}

#[test]
fn mscp_copies_several_files_from_one_instance_with_one_push() {
    let caller = caller();
    let places = Places::of(&caller);
    for name in ["one", "two"] {
        write(&places.there.join(name), name);
    }
    let from = ["one", "two"].map(|name| places.remote(WEB1, name));
    succeeds(mscp(&caller, &places).args(from).arg("."));
    assert_eq!(read(&places.here.join("two")), "two");
    pushes(&caller, 1);
}

/// Each by its own name. As a source, a name is a pattern.
#[test]
fn mscp_keeps_odd_names() {
    let caller = caller();
    let places = Places::of(&caller);
    for name in NAMES {
        write(&places.here.join(name), name);
    }
    let words = NAMES.iter().map(|name| format!("./{name}"));
    let mut to = mscp(&caller, &places);
    succeeds(to.args(words).arg(places.remote(WEB1, "")));
    for name in NAMES {
        assert_eq!(read(&places.there.join(name)), *name);
    }
    for name in ["a file.txt", "it's", "say \"hi\"", "$(touch PWNED)"] {
        let mut back = mscp(&caller, &places);
        succeeds(back.args([&places.remote(WEB1, name), "back"]));
        assert_eq!(read(&places.here.join("back")), name);
    }
    for base in [&places.here, &places.there, &lab().remote()] {
        assert!(!base.join("PWNED").exists());
    }
}

#[test]
fn mscp_reaches_an_instance_with_ipv6_only() {
    if !lab().has_ipv6() {
        eprintln!("not tested: this machine has no ::1");
        return;
    }
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.here.join("file"), "text\n");
    succeeds(mscp(&caller, &places).args(["file", &places.remote(IPV6_ONLY, "file")]));
    assert_eq!(read(&places.there.join("file")), "text\n");
}

#[test]
fn a_dry_run_of_a_local_copy_copies_nothing() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.here.join("a"), "text\n");
    let mut mscp = caller.command("mscp");
    mscp.current_dir(&places.here);
    let outcome = finish(mscp.args(["--dry-run", "-r", "a", "b"]));
    outcome.prints("scp -r a b\n");
    assert!(!places.here.join("b").exists());
}
