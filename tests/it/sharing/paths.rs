//! ControlPath: which socket is used, and which calls are needed to know it.

use std::time::Duration;

use super::{Sockets, counted, gets_in};
use crate::lab::instances::{PRIVATE, WEB1};
use crate::lab::{DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{caller, pushes, run};

#[test]
fn a_path_without_tokens_takes_no_call() {
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
    // Like ssh, which uses that socket whatever host is typed.
    gets_in(&caller, &["-S", &path, PRIVATE], [0, 0]);
    gets_in(&caller, &["-S", &path, "no-such.lab"], [0, 0]);
    gets_in(&caller, &["-S", "none", WEB1], [1, 1]);
}

#[test]
fn a_path_with_the_address_takes_the_look_up_of_an_id_only() {
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
fn a_named_route_does_not_use_a_master_of_the_typed_host() {
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
fn a_dry_run_shows_what_a_run_execs() {
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
fn the_path_of_an_address_or_name_takes_no_call() {
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
fn the_path_of_an_alias_is_known_by_its_name_or_by_a_look_up() {
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
fn a_path_with_user_or_port_has_a_socket_for_each() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let told = sockets.path("%r-%p");
    sockets.master(&["-S", &told, "-l", "ubuntu", WEB1]);
    // ssh_config may set the port for the address, too.
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
fn a_block_for_addresses_or_ids_applies_as_in_ssh() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("by-id");
    let by_id = sockets.config(&format!("Host i-*\n  ControlPath {path}"));
    // ssh gets the address, and the block does not apply to it.
    gets_in(&caller, &["-F", &by_id, WEB1], [1, 1]);
    sockets.master(&["-S", &path, WEB1]);
    gets_in(&caller, &["-F", &by_id, WEB1], [0, 0]);
    let other = sockets.path("other");
    let both = format!("Host i-*\n  ControlPath {other}\nHost *\n  ControlPath {path}");
    let both = sockets.config(&both);
    gets_in(&caller, &["-F", &both, WEB1], [1, 0]);
    // The user is set too late for this block to match.
    let late = format!("Match user ubuntu\n  ControlPath {path}\nHost *\n  User ubuntu");
    let late = sockets.config(&late);
    gets_in(
        &caller,
        &["-F", &late, "ubuntu@i-0face000000000001"],
        [0, 0],
    );
}

/// Whether the push was requested before the look-up was answered.
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
fn the_first_connection_waits_for_the_look_up_only_if_the_path_has_the_address() {
    assert!(at_the_same_time("plain"));
    assert!(at_the_same_time("%r"));
    assert!(!at_the_same_time("%p"));
    assert!(!at_the_same_time("%C"));
}
