//! Which socket is meant: what a ControlPath tells, and what it costs to know it.

use std::time::Duration;

use super::{Sockets, counted, gets_in};
use crate::lab::instances::{PRIVATE, WEB1};
use crate::lab::{DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{caller, pushes, run};

#[test]
fn a_path_without_tokens_costs_no_call() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("a socket");
    gets_in(&caller, &["-S", &path, WEB1], [1, 1]);
    sockets.master(&["-S", &path, WEB1]);
    gets_in(&caller, &["-S", &path, WEB1], [0, 0]);
    let option = format!("ControlPath=\"{path}\"");
    gets_in(
        &caller,
        &["-o", &option, "-oControlMaster=auto", WEB1],
        [0, 0],
    );
    // As of ssh, which goes where that socket leads, whatever host is typed.
    gets_in(&caller, &["-S", &path, PRIVATE], [0, 0]);
    gets_in(&caller, &["-S", &path, "no-such.lab"], [0, 0]);
    gets_in(&caller, &["-S", "none", WEB1], [1, 1]);
}

#[test]
fn a_path_that_tells_the_address_costs_the_look_up_of_an_id_alone() {
    for form in ["%C", "%h", "%r@%h:%p", "%n", "%k", "%C-%r-%n"] {
        let caller = caller();
        let sockets = Sockets::of(&caller);
        let path = sockets.path(form);
        sockets.master(&["-S", &path, WEB1]);
        gets_in(&caller, &["-S", &path, WEB1], [1, 0]);
        gets_in(&caller, &["-S", &path, "127.0.0.11"], [0, 0]);
        gets_in(&caller, &["-S", &path, "--private", WEB1], [1, 1]);
        assert_eq!(pushes(&caller).len(), 2, "{form}");
    }
}

#[test]
fn who_names_a_way_does_not_go_where_the_typed_host_has_a_master() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("%h");
    sockets.master(&["-S", &path, "127.0.0.11"]);
    let words = ["-S", &path, "--via", "private", "-t", WEB1, "127.0.0.11"];
    gets_in(&caller, &words, [1, 1]);
    let untold = sockets.path("any");
    sockets.master(&["-S", &untold, WEB1]);
    gets_in(&caller, &["-S", &untold, "--private", WEB1], [1, 0]);
}

#[test]
fn a_dry_run_shows_what_a_run_becomes() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("%h");
    let words = ["--dry-run", "-S", &path, WEB1];
    assert!(run(&caller, "mssh", words).stdout.contains("EPHEMERAL_KEY"));
    sockets.master(&["-S", &path, WEB1]);
    let shown = run(&caller, "mssh", words).stdout;
    assert!(!shown.contains("EPHEMERAL_KEY"), "{shown}");
}

#[test]
fn an_address_or_a_name_is_known_without_a_call() {
    for host in [
        "127.0.0.11",
        "web1.lab",
        "ec2-127-0-0-11.compute-1.amazonaws.com",
    ] {
        let caller = caller();
        let sockets = Sockets::of(&caller);
        let path = sockets.path("%h");
        sockets.master(&["-S", &path, host]);
        gets_in(&caller, &["-S", &path, host], [0, 0]);
        gets_in(&caller, &["-S", &path, "-t", WEB1, host], [0, 0]);
        let hashed = sockets.path("%C");
        sockets.master(&["-S", &hashed, host]);
        gets_in(&caller, &["-S", &hashed, host], [0, 0]);
    }
}

#[test]
fn an_alias_is_known_by_its_name_or_by_a_look_up() {
    for (form, look_ups) in [("%n", 0), ("plain", 0), ("%h", 1), ("%C", 1)] {
        let caller = caller();
        let sockets = Sockets::of(&caller);
        let path = sockets.path(form);
        let block = format!("Host web\n  HostName {WEB1}\n  User ubuntu\n  ControlPath {path}");
        let file = sockets.config(&block);
        sockets.master(&["-F", &file, "web"]);
        gets_in(&caller, &["-F", &file, "web"], [look_ups, 0]);
        assert_eq!(pushes(&caller), [format!("ubuntu@{WEB1}")], "{form}");
    }
}

#[test]
fn another_user_or_port_has_another_socket_if_the_path_tells() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let told = sockets.path("%r-%p");
    sockets.master(&["-S", &told, "-l", "ubuntu", WEB1]);
    // The port, too, is one that ssh_config may have for the address.
    let (_, calls) = counted(
        &caller,
        "mssh",
        &["-S", &told, "-l", "ubuntu", WEB1, "true"],
    );
    assert_eq!(calls[1], 0);
    gets_in(&caller, &["-S", &told, WEB1], [1, 1]);
    let untold = sockets.path("any");
    sockets.master(&["-S", &untold, "-l", "ubuntu", WEB1]);
    run(&caller, "mssh", ["-S", &untold, WEB1, "echo $USER"]).prints("ubuntu\n");
    assert_eq!(pushes(&caller).len(), 3);
}

#[test]
fn a_block_for_addresses_or_for_ids_is_heeded_as_ssh_heeds_it() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("by-id");
    let by_id = sockets.config(&format!("Host i-*\n  ControlPath {path}"));
    // ssh gets the address, to which that block does not apply.
    gets_in(&caller, &["-F", &by_id, WEB1], [1, 1]);
    sockets.master(&["-S", &path, WEB1]);
    gets_in(&caller, &["-F", &by_id, WEB1], [0, 0]);
    let other = sockets.path("other");
    let both = format!("Host i-*\n  ControlPath {other}\nHost *\n  ControlPath {path}");
    let both = sockets.config(&both);
    gets_in(&caller, &["-F", &both, WEB1], [1, 0]);
    // A user that is set too late for this block to be in force.
    let late = format!("Match user ubuntu\n  ControlPath {path}\nHost *\n  User ubuntu");
    let late = sockets.config(&late);
    gets_in(
        &caller,
        &["-F", &late, "ubuntu@i-0face000000000001"],
        [0, 0],
    );
}

/// Whether AWS was asked for the push before it had answered the look-up.
fn at_the_same_time(form: &str) -> bool {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path(form);
    let slow = Duration::from_secs(3);
    caller.fault(Fault::new(Trouble::Latency(slow)).on(DESCRIBE_INSTANCES));
    gets_in(&caller, &["-S", &path, WEB1], [1, 1]);
    let at = |action| caller.calls_of(action)[0].at;
    at(SEND_SSH_PUBLIC_KEY) < at(DESCRIBE_INSTANCES) + slow
}

#[test]
fn the_first_connection_waits_for_the_look_up_only_if_the_path_tells_the_address() {
    assert!(at_the_same_time("plain"));
    assert!(at_the_same_time("%r"));
    assert!(!at_the_same_time("%p"));
    assert!(!at_the_same_time("%C"));
}
