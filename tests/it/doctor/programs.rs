//! Other programs and other ways than `mssh` with an address.

use super::{judged, read, verdicts};
use crate::lab::instances::WEB1;
use crate::lab::{Fault, Trouble};
use crate::sandbox::{caller, finish, no_key_is_left};

const SEND_SERIAL_KEY: &str = "SendSerialConsoleSSHPublicKey";

#[test]
fn a_copy_is_examined_as_a_login() {
    for (program, words) in [
        ("msftp", vec![format!("{WEB1}:/tmp")]),
        ("mscp", vec!["no-such-file".to_owned(), format!("{WEB1}:")]),
        ("mscp", vec![format!("{WEB1}:no-such-file"), ".".to_owned()]),
    ] {
        let caller = caller();
        let mut command = caller.command(program);
        let outcome = finish(command.args(["--doctor", "--json"]).args(words));
        let report = read(&outcome);
        assert_eq!(outcome.code, Some(0), "{program}: {report:#}");
        assert_eq!(report["target"], WEB1);
        assert_eq!(verdicts(&report, "login"), ["good"], "{report:#}");
        assert!(no_key_is_left(&caller));
    }
}

#[test]
fn a_serial_console_gets_a_key_and_no_login() {
    let caller = caller();
    let (status, report) = judged(caller.command("mssh").args(["--serial", "--doctor", WEB1]));
    assert_eq!(status, Some(0), "{report:#}");
    assert_eq!(verdicts(&report, "push"), ["good"], "{report:#}");
    assert_eq!(verdicts(&report, "login"), ["skipped"], "{report:#}");
    assert_eq!(verdicts(&report, "port"), [""; 0], "{report:#}");
    assert_eq!(caller.calls_of(SEND_SERIAL_KEY).len(), 1);
    caller.fault(Fault::new(Trouble::Denied).on(SEND_SERIAL_KEY));
    let (status, report) = judged(caller.command("mssh").args(["--serial", "--doctor", WEB1]));
    assert_eq!(status, Some(255), "{report:#}");
    assert_eq!(report["first"]["check"], "push", "{report:#}");
}
