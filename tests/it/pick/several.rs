//! `--pick --each`: several instances are marked in the picker, and the command runs on these.

use std::time::Duration;

use super::{home, list, open};
use crate::lab::instances::{WEB1, WEB2};
use crate::lab::{DESCRIBE_INSTANCES, Fault, Fleet, Trouble};
use crate::sandbox::{caller, files_below, pushes, run};

/// What leaves the picker's screen.
const LEAVE: &str = "\u{1b}[?1049l";

#[test]
fn the_command_runs_on_all_that_are_marked() {
    let (caller, home) = (caller(), home());
    let line = "mssh --pick --each ec2-user@web -- 'echo hello from there'";
    let mut pty = open(&caller, home.path(), line);
    pty.shows("web2");
    pty.types("\t");
    pty.shows("\u{1b}[1m *web1");
    pty.shows("1 marked, ");
    pty.types("\t\r");
    assert_eq!(pty.end(), Some(0), "{}", pty.screen());
    for name in ["web1", "web2"] {
        pty.shows(&format!("{name}\u{1b}[0m | hello from there"));
    }
    pty.shows("mssh: 2 ok");
    let users = pushes(&caller);
    assert_eq!(users.len(), 2);
    assert!(
        users.iter().all(|it| it.starts_with("ec2-user@")),
        "{users:?}"
    );
    let picks = files_below(&home.path().join("state"));
    let text = std::fs::read_to_string(&picks[0]).expect("text");
    assert!(text.contains(WEB1) && text.contains(WEB2), "{text}");
}

#[test]
fn without_a_mark_it_runs_on_the_one_under_the_cursor() {
    let (caller, home) = (caller(), home());
    let mut pty = open(&caller, home.path(), "mssh --pick --each web -- echo hello");
    pty.shows("web2");
    // The second is marked, and not any more; then up to the first.
    pty.types("\u{1b}[B\t\u{1b}[Z\r");
    pty.shows("mssh: 1 ok");
    assert_eq!(pty.end(), Some(0), "{}", pty.screen());
    // Without --each, nothing is marked.
    let mut pty = open(&caller, home.path(), "mssh --pick web echo bye");
    pty.shows("web2");
    pty.types("\t\u{1b}[B\t\r");
    pty.shows("bye");
    assert_eq!(pty.end(), Some(0), "{}", pty.screen());
    assert!(!pty.screen().contains("*web"), "{}", pty.screen());
    let (first, second) = (&pushes(&caller)[0], &pushes(&caller)[1]);
    assert!(
        first.contains(WEB1) && second.contains(WEB2),
        "{first} {second}"
    );
}

#[test]
fn marks_are_seen_without_colors_in_a_narrow_terminal_and_stay_when_filtered() {
    let (caller, home) = (caller(), home());
    let line = "stty cols 24 rows 6; NO_COLOR=1 mssh --pick --each --dry-run -- uptime";
    let mut pty = open(&caller, home.path(), line);
    pty.shows("1/");
    pty.types("web1");
    pty.shows("> web1 ");
    pty.types("\t");
    pty.shows(">*web1 ");
    pty.types("\u{15}web2\t\u{15}nothing");
    pty.shows("none matches");
    pty.types("\u{15}web");
    pty.shows(" *web2 ");
    pty.types("\u{15}private\r");
    assert_eq!(pty.end(), Some(0), "{}", pty.screen());
    let screen = pty.screen();
    let (picker, after) = screen.split_once(LEAVE).expect("the end of the picker");
    assert!(after.contains("mssh: 2 ok"), "{screen}");
    assert!(
        after.contains("127.0.0.11") && after.contains("127.0.0.12"),
        "{screen}"
    );
    for absent in ["\u{1b}[7m", "\u{1b}[1m", "\u{1b}[2m"] {
        assert!(!picker.contains(absent), "{absent:?}: {screen}");
    }
    assert!(pushes(&caller).is_empty());
}

#[test]
fn what_is_gone_or_stopped_meanwhile_is_told_and_gets_no_command() {
    let (caller, home) = (caller(), home());
    let size = |size| Fleet {
        size,
        ..Fleet::default()
    };
    caller.fleet(size(3));
    list(&caller, home.path());
    caller.fleet(size(2));
    let slow = Trouble::Latency(Duration::from_secs(3));
    let stops = Trouble::Replaced("<name>running", b"<name>stopped");
    caller.fault(Fault::new(slow).on(DESCRIBE_INSTANCES).first(1));
    caller.fault(Fault::new(stops).on(DESCRIBE_INSTANCES).first(1));
    let line = "stty cols 100; mssh --pick --each -- uptime";
    let mut pty = open(&caller, home.path(), line);
    pty.shows("3/3 …");
    pty.types("\t\t\t");
    pty.shows("3 marked, 3/3 …");
    pty.shows("web-0 is stopped, web-2 is gone: no longer marked; press Enter to go on");
    pty.shows("1 marked, 2/2");
    pty.types("\r");
    // Details again; and nothing was chosen.
    let after = |text: &str| {
        let screen = pty.screen();
        let (_, after) = screen.rsplit_once("press Enter to go on").expect("told");
        after.contains(text)
    };
    assert!(crate::sandbox::eventually(crate::sandbox::PATIENCE, || {
        after("t3.micro, ")
    }));
    assert!(!after(LEAVE), "{}", pty.screen());
    pty.types("\r");
    assert_eq!(pty.end(), Some(255));
    let screen = pty.screen();
    let (_, after) = screen.split_once(LEAVE).expect("the end of the picker");
    assert!(after.contains("web-1 unreachable: "), "{screen}");
    assert!(after.contains("mssh: 0 ok, 1 unreachable"), "{screen}");
    assert!(
        !after.contains("web-0") && !after.contains("web-2"),
        "{screen}"
    );
}

#[test]
fn a_command_is_needed_before_anything_is_asked() {
    let words = ["--pick", "--each", "web"];
    run(&caller(), "mssh", words).fails(
        255,
        &[
            "mssh: error: no command given",
            "mssh: hint: write `mssh --pick --each -- COMMAND`",
        ],
    );
}
