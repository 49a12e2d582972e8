//! sftp and scp over masters, each destination by itself.

use std::fs;

use super::{Sockets, counted};
use crate::lab::instances::{DB1, WEB1};
use crate::sandbox::{finish_with, lab, look_ups, pushes, tenant};

#[test]
fn sftp_goes_by_the_master() {
    let tenant = tenant();
    let sockets = Sockets::of(&tenant);
    let path = sockets.path("%h");
    sockets.master(&["-S", &path, WEB1]);
    let option = format!("ControlPath={path}");
    let mut msftp = tenant.command("msftp");
    msftp.args(["-q", "-b", "-", "-o", &option, WEB1]);
    let outcome = finish_with(&mut msftp, b"pwd\n");
    assert!(
        outcome.stdout.contains("Remote working directory"),
        "{outcome:?}"
    );
    assert_eq!([look_ups(&tenant), pushes(&tenant).len()], [2, 1]);
}

#[test]
fn scp_goes_by_the_master_in_both_directions() {
    let tenant = tenant();
    let sockets = Sockets::of(&tenant);
    let path = sockets.path("socket");
    sockets.master(&["-S", &path, WEB1]);
    let option = format!("ControlPath={path}");
    let here = sockets.path("here");
    fs::write(lab().remote().join("shared-there"), "text").expect("written");
    for words in [
        ["-q", "-o", &option, &format!("{WEB1}:shared-there"), &here],
        ["-q", "-o", &option, &here, &format!("{WEB1}:shared-back")],
    ] {
        let (outcome, calls) = counted(&tenant, "mscp", &words);
        outcome.prints("");
        assert_eq!(calls, [0, 0]);
    }
    let back = fs::read_to_string(lab().remote().join("shared-back"));
    assert_eq!(back.expect("a copy"), "text");
}

#[test]
fn of_two_destinations_only_the_one_without_a_master_gets_a_key() {
    let tenant = tenant();
    let sockets = Sockets::of(&tenant);
    let path = sockets.path("%h");
    sockets.master(&["-S", &path, WEB1]);
    fs::write(lab().remote().join("shared-from"), "text").expect("written");
    let option = format!("ControlPath={path}");
    let from = format!("{WEB1}:shared-from");
    let to = format!("{DB1}:shared-to");
    let (outcome, calls) = counted(&tenant, "mscp", &["-q", "-o", &option, &from, &to]);
    outcome.prints("");
    assert_eq!(calls, [2, 1]);
    assert_eq!(pushes(&tenant)[1], format!("ec2-user@{DB1}"));
    sockets.master(&["-S", &path, DB1]);
    let (outcome, calls) = counted(&tenant, "mscp", &["-q", "-o", &option, &from, &to]);
    outcome.prints("");
    assert_eq!(calls, [2, 0]);
}
