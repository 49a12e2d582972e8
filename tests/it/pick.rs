//! The picker, in a terminal: what is typed filters, Enter logs in, and nothing of it is left.

mod names;
mod several;

use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::lab::instances::{IN_EU_WEST_1, STOPPED, WEB1, WEB2};
use crate::lab::{Caller, DESCRIBE_INSTANCES, Fault, Fleet, Trouble};
use crate::sandbox::{Pty, caller, files_below, finish, mode, pushes, run};

/// A user's cache and state.
fn home() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

/// Runs `line` in a terminal of this user.
fn open(caller: &Caller<'_>, home: &Path, line: &str) -> Pty {
    let mut script = caller.command("script");
    script
        .env("TERM", "xterm")
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_STATE_HOME", home.join("state"));
    Pty::of(script, line)
}

/// Fills the cache of this user.
fn list(caller: &Caller<'_>, home: &Path) {
    let mut mssh = caller.command("mssh");
    mssh.env("XDG_CACHE_HOME", home.join("cache"));
    assert_eq!(finish(mssh.arg("--list")).code, Some(0));
}

#[test]
fn what_is_chosen_is_logged_in_to_and_comes_first_the_next_time() {
    let (caller, home) = (caller(), home());
    let line = "mssh -o LogLevel=ERROR -tt --pick web echo hello from there";
    let mut pty = open(&caller, home.path(), line);
    pty.shows("web2");
    pty.types("2\r");
    assert_eq!(pty.end(), Some(0), "{}", pty.screen());
    pty.shows("\u{1b}[?1049l");
    let screen = pty.screen();
    let (_, after) = screen
        .split_once("\u{1b}[?1049l")
        .expect("the end of the picker");
    assert!(after.contains("hello from there"), "{screen}");
    assert_eq!(pushes(&caller).len(), 1);
    assert!(pushes(&caller)[0].starts_with(&format!("ec2-user@{WEB2}")));
    let files = files_below(&home.path().join("state"));
    let [picks] = files.as_slice() else {
        panic!("{files:?}");
    };
    assert_eq!(mode(picks), 0o600);
    let text = std::fs::read_to_string(picks).expect("text");
    assert!(
        text.starts_with(&format!("mssh picks 1\n{WEB2}\t1.00\t")),
        "{text}"
    );
    let mut pty = open(&caller, home.path(), "mssh");
    pty.shows("> web2");
    pty.types("\u{1b}");
    assert_eq!(pty.end(), Some(130));
}

#[test]
fn esc_ctrl_c_and_signals_leave_the_terminal_as_it_was() {
    let (caller, home) = (caller(), home());
    for (end, keys, status) in [
        ("mssh", "\u{1b}", "130"),
        ("mssh --pick", "\u{3}", "130"),
        ("timeout --foreground --preserve-status 2 mssh", "", "143"),
    ] {
        let line = format!("stty -g; {end}; echo status $?; stty -g");
        let mut pty = open(&caller, home.path(), &line);
        pty.shows("private");
        pty.types(keys);
        pty.shows(&format!("status {status}"));
        assert_eq!(pty.end(), Some(0));
        let screen = pty.screen();
        let is_mode = |c: char| c.is_ascii_hexdigit() || c == ':';
        let modes = screen
            .lines()
            .filter(|it| it.contains(':') && it.chars().all(is_mode));
        let modes: Vec<&str> = modes.collect();
        assert_eq!(modes.len(), 2, "{screen}");
        assert_eq!(modes[0], modes[1], "{end}");
        assert!(screen.contains("\u{1b}[?25h\u{1b}[?1049l"), "{screen}");
    }
    assert!(files_below(&home.path().join("state")).is_empty());
    assert!(pushes(&caller).is_empty());
}

#[test]
fn it_opens_with_the_cached_list_and_is_updated_by_aws() {
    let (caller, home) = (caller(), home());
    let names = |name: &str| vec![name.to_owned(), "other".to_owned()];
    caller.fleet(Fleet {
        size: 2,
        names: names("before"),
        ..Fleet::default()
    });
    list(&caller, home.path());
    caller.fleet(Fleet {
        size: 2,
        names: names("after"),
        ..Fleet::default()
    });
    let slow = Trouble::Latency(Duration::from_secs(3));
    caller.fault(Fault::new(slow).on(DESCRIBE_INSTANCES));
    let began = Instant::now();
    let mut pty = open(&caller, home.path(), "mssh");
    pty.shows("before");
    let frame = began.elapsed();
    assert!(frame < Duration::from_millis(2500), "{frame:?}");
    assert!(!pty.screen().contains("after"), "{}", pty.screen());
    pty.shows("after");
    pty.types("\u{3}");
    assert_eq!(pty.end(), Some(130));
}

#[test]
fn without_aws_there_is_the_cached_list_or_an_error() {
    let (caller, home) = (caller(), home());
    list(&caller, home.path());
    caller.fault(Fault::new(Trouble::Denied).on(DESCRIBE_INSTANCES));
    let mut pty = open(&caller, home.path(), "mssh");
    pty.shows("not current: arn:aws:iam::123456789012:user/lab is not allowed ec2:Describe");
    pty.types("\u{1b}");
    assert_eq!(pty.end(), Some(130), "{}", pty.screen());
    let mut pty = open(&caller, home.path(), "mssh --no-cache");
    assert_eq!(pty.end(), Some(255));
    pty.shows("mssh: error: ");
    assert!(pty.screen().contains("\u{1b}[?1049l"), "{}", pty.screen());
}

#[test]
fn narrow_and_resized_terminals_and_those_without_colors_are_fine() {
    let (caller, home) = (caller(), home());
    let names = vec![
        "\u{9b}2Jevil\u{202e}".to_owned(),
        "a-very-long-name-indeed".to_owned(),
    ];
    caller.fleet(Fleet {
        size: 2,
        names,
        ..Fleet::default()
    });
    let line = "stty cols 20 rows 6; (sleep 2; stty cols 90 </dev/tty) & NO_COLOR=1 mssh";
    let mut pty = open(&caller, home.path(), line);
    pty.shows("a-very-lo");
    assert!(
        !pty.screen().contains("a-very-long-name"),
        "{}",
        pty.screen()
    );
    pty.shows("a-very-long-name-indeed");
    pty.types("\u{1b}");
    assert_eq!(pty.end(), Some(130));
    let screen = pty.screen();
    assert!(screen.contains("\\u{9b}2Jevil"), "{screen}");
    for absent in ["\u{9b}", "\u{202e}", "\u{1b}[7m", "\u{1b}[2m"] {
        assert!(!screen.contains(absent), "{absent:?}: {screen}");
    }
}

#[test]
fn keys_move_and_edit() {
    let (caller, home) = (caller(), home());
    let mut pty = open(&caller, home.path(), "stty cols 100; mssh --dry-run");
    pty.shows("web1");
    // Letter by letter, with a correction: both webs, then the second, then the first.
    pty.types("xyz\u{15}webx\u{7f}");
    pty.shows("2/");
    pty.types("\u{1b}[B");
    pty.shows("\u{1b}[7m> web2");
    pty.types("\u{10}\r");
    assert_eq!(pty.end(), Some(0), "{}", pty.screen());
    let screen = pty.screen();
    let (_, after) = screen
        .split_once("\u{1b}[?1049l")
        .expect("the end of the picker");
    assert!(after.contains("127.0.0.11"), "{after}");
    assert!(pushes(&caller).is_empty());
}

#[test]
fn the_login_tells_what_is_wrong_with_the_choice() {
    let (caller, home) = (caller(), home());
    let mut pty = open(&caller, home.path(), "mssh --pick stopped");
    pty.shows(STOPPED);
    pty.types("\r");
    assert_eq!(pty.end(), Some(255));
    pty.shows(&format!("mssh: error: instance {STOPPED} is stopped"));
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    run(&caller(), "mssh", ["--pick"]).fails(
        255,
        &[
            "mssh: error: --pick needs a terminal",
            "mssh: hint: name a target; `mssh --list` lists the instances",
        ],
    );
    let mut pty = open(
        &caller(),
        home().path(),
        "mssh --pick 2>&1 | cat; TERM=dumb mssh",
    );
    assert_eq!(pty.end(), Some(255));
    pty.shows("--pick needs a terminal");
    pty.shows("no target given");
    assert!(!pty.screen().contains(WEB1));
}

#[test]
fn the_login_goes_to_the_region_of_the_choice() {
    let (caller, home) = (caller(), home());
    let line = "mssh --region us-east-1,eu-west-1 --pick in-eu echo hello from there";
    let mut pty = open(&caller, home.path(), line);
    pty.shows("> in-eu-west-1");
    pty.types("\r");
    pty.shows("hello from there");
    assert_eq!(pty.end(), Some(0), "{}", pty.screen());
    assert!(
        pushes(&caller)[0].contains(IN_EU_WEST_1),
        "{:?}",
        pushes(&caller)
    );
}

#[test]
fn a_name_of_several_instances_is_a_question_on_a_terminal() {
    let (caller, home) = (caller(), home());
    let mut pty = open(&caller, home.path(), "mssh 'web*' echo hello from there");
    pty.shows("web* matches 2 instances");
    pty.types("\u{1b}[B\r");
    pty.shows("hello from there");
    assert_eq!(pty.end(), Some(0), "{}", pty.screen());
    assert!(pushes(&caller)[0].contains(WEB2), "{:?}", pushes(&caller));
    let line = "mssh 'tag:Name=web*' true; echo status $?; mssh -o BatchMode=yes 'web*' true";
    let mut pty = open(&caller, home.path(), line);
    pty.shows("> web2");
    pty.types("\u{3}");
    pty.shows("status 130");
    assert!(!pty.screen().contains("error"), "{}", pty.screen());
    pty.shows("mssh: error: web* matches 2 instances");
    assert_eq!(pty.end(), Some(255), "{}", pty.screen());
    assert_eq!(pushes(&caller).len(), 1);
}
