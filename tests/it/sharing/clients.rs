//! sftp and scp over masters, for each destination separately.

use std::fs;

use super::{Sockets, counted};
use crate::lab::instances::{PRIVATE, WEB1};
use crate::sandbox::{caller, finish_with, lab, look_ups, pushes};

#[test]
fn sftp_uses_the_master() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("%h");
    sockets.master(&["-S", &path, WEB1]);
    let option = format!("ControlPath={path}");
    let mut msftp = caller.command("msftp");
    msftp.args(["-q", "-b", "-", "-o", &option, WEB1]);
    let outcome = finish_with(&mut msftp, b"pwd\n");
    assert!(
        outcome.stdout.contains("Remote working directory"),
        "{outcome:?}"
    );
    assert_eq!([look_ups(&caller), pushes(&caller).len()], [2, 1]);
}

#[test]
fn scp_uses_the_master_in_both_directions() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("socket");
    sockets.master(&["-S", &path, WEB1]);
    let option = format!("ControlPath={path}");
    let here = sockets.path("here");
    fs::write(lab().remote().join("shared-there"), "text").expect("written");
    for words in [
        ["-q", "-o", &option, &format!("{WEB1}:shared-there"), &here],
        ["-q", "-o", &option, &here, &format!("{WEB1}:shared-back")],
    ] {
        let (outcome, calls) = counted(&caller, "mscp", &words);
        outcome.prints("");
        assert_eq!(calls, [0, 0]);
    }
    let back = fs::read_to_string(lab().remote().join("shared-back"));
    assert_eq!(back.expect("a copy"), "text");
}

#[test]
fn of_two_destinations_only_one_without_a_master_gets_a_key() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("%h");
    sockets.master(&["-S", &path, WEB1]);
    fs::write(lab().remote().join("shared-from"), "text").expect("written");
    let option = format!("ControlPath={path}");
    let from = format!("{WEB1}:shared-from");
    let to = format!("{PRIVATE}:shared-to");
    let (outcome, calls) = counted(&caller, "mscp", &["-q", "-o", &option, &from, &to]);
    outcome.prints("");
    assert_eq!(calls, [2, 1]);
    assert_eq!(pushes(&caller)[1], format!("ec2-user@{PRIVATE}"));
    sockets.master(&["-S", &path, PRIVATE]);
    let (outcome, calls) = counted(&caller, "mscp", &["-q", "-o", &option, &from, &to]);
    outcome.prints("");
    assert_eq!(calls, [2, 0]);
}
