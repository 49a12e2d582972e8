//! The report: on a terminal, in a pipe, and its status.

use std::time::Duration;

use super::{doctor, judged, verdicts};
use crate::lab::console_output::ConsoleOutput;
use crate::lab::instances::{STOPPED, WEB1};
use crate::lab::{Fault, Trouble};
use crate::sandbox::{Pty, caller, finish, no_key_is_left, pushes};

#[test]
fn a_good_instance_has_status_0_and_no_bad_finding() {
    let caller = caller();
    let (status, report) = judged(&mut doctor(&caller, &[WEB1]));
    assert_eq!(status, Some(0), "{report:#}");
    assert_eq!(report["works"], true);
    assert!(!report.to_string().contains("\"bad\""), "{report:#}");
    for check in [
        "versions", "identity", "clock", "region", "instance", "state", "push", "login",
    ] {
        assert_eq!(verdicts(&report, check), ["good"], "{check}: {report:#}");
    }
    assert!(no_key_is_left(&caller));
}

#[test]
fn a_console_without_text_is_skipped() {
    let caller = caller();
    let (_, report) = judged(&mut doctor(&caller, &[WEB1]));
    assert_eq!(verdicts(&report, "console"), ["skipped"]);
    caller.console(ConsoleOutput::of("web login: "));
    let (_, report) = judged(&mut doctor(&caller, &[WEB1]));
    assert_eq!(verdicts(&report, "console"), ["good"]);
}

#[test]
fn a_tag_has_no_host_name_before_it_is_looked_up() {
    let caller = caller();
    let (_, report) = judged(&mut doctor(&caller, &["tag:Name=web1"]));
    let line = "HostName INSTANCE-ID, Port ";
    assert!(report.to_string().contains(line), "{report:#}");
}

#[test]
fn a_dry_run_pushes_nothing() {
    let caller = caller();
    let (status, report) = judged(&mut doctor(&caller, &[WEB1, "--dry-run"]));
    assert_eq!(verdicts(&report, "push"), ["skipped"]);
    assert_eq!(verdicts(&report, "login"), ["skipped"]);
    assert_eq!((status, pushes(&caller).len()), (Some(0), 0));
}

#[test]
fn a_denied_check_is_skipped_with_its_permission() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Denied).on("DescribeInstanceStatus"));
    let (status, report) = judged(&mut doctor(&caller, &[WEB1]));
    assert_eq!(status, Some(0), "{report:#}");
    assert_eq!(verdicts(&report, "status-checks"), ["skipped"]);
    let permission = "not checked: it needs ec2:DescribeInstanceStatus";
    assert!(report.to_string().contains(permission), "{report:#}");
}

#[test]
fn a_pipe_gets_plain_lines_of_80_columns() {
    let caller = caller();
    for id in [WEB1, STOPPED] {
        let outcome = finish(&mut doctor(&caller, &[id]));
        assert_eq!(outcome.stderr, "");
        assert!(!outcome.stdout.contains('\x1b'));
        let mut lines = outcome.stdout.lines();
        // A command is in one piece, however long.
        assert!(
            lines.all(|line| line.chars().count() <= 80 || line.starts_with("  aws ")),
            "{}",
            outcome.stdout
        );
    }
}

#[test]
fn a_terminal_gets_colors_unless_the_user_wants_none() {
    let caller = caller();
    for (variable, colored) in [("NO_COLOR=", true), ("NO_COLOR=1", false)] {
        let line =
            format!("stty cols 80; env MSSH_CHECKIP_URL= {variable} mssh --doctor {STOPPED}");
        let mut pty = Pty::open(&caller, &line);
        assert_eq!(pty.end(), Some(255), "{}", pty.screen());
        pty.shows("First, about state:");
        let screen = pty.screen();
        assert_eq!(screen.contains("\x1b[31;1mBAD"), colored, "{screen}");
    }
}

#[test]
fn a_terminal_shows_what_is_waited_for() {
    let caller = caller();
    // Less than the time after which a login shows it.
    let latency = Trouble::Latency(Duration::from_millis(1500));
    caller.fault(Fault::new(latency).on("DescribeInstanceStatus"));
    let mut pty = Pty::open(&caller, &format!("mssh --doctor --dry-run {WEB1}"));
    pty.shows("waiting for DescribeInstanceStatus in us-east-1: slow");
    assert_eq!(pty.end(), Some(0), "{}", pty.screen());
    pty.shows("A login should work.");
}

#[test]
fn json_alone_is_a_mistake() {
    finish(caller().command("mssh").args(["--json", WEB1])).fails(
        255,
        &[
            "mssh: error: --json needs --doctor, --list or --show-config",
            "mssh: hint: add one of them, or leave out --json",
        ],
    );
}
