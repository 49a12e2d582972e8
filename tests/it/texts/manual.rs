//! The man pages are complete, and open on a terminal.

use std::process::Command;

use super::{PROGRAMS, printed};
use crate::sandbox::{Pty, finish};

/// The section of a page with this heading, in roff.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, rest) = page
        .split_once(&format!("\n.SH {heading}\n"))
        .expect("a section");
    rest.split_once("\n.SH ")
        .map_or(rest, |(section, _)| section)
}

#[test]
fn the_man_pages_describe_every_route_and_option() {
    for program in PROGRAMS {
        let page = printed(program, &["--man"]);
        let (ways, options) = (section(&page, "WAYS"), section(&page, "OPTIONS"));
        let values = printed(program, &["--complete", "--via", ""]);
        let values: Vec<&str> = values.lines().skip(1).collect();
        assert_eq!(values.len(), if program == "mssh" { 8 } else { 7 });
        let has_serial = values.contains(&"serial");
        assert_eq!(has_serial, program == "mssh", "{program}");
        for way in values {
            let term = format!("\n\\fB{}\\fR\n", way.replace('-', "\\-"));
            assert!(ways.contains(&term), "{program}: {way}");
        }
        assert_eq!(ways.contains("serial"), has_serial, "{program}");
        for rare in ["eice\\-endpoint", "max\\-tunnel\\-duration", "key\\-type"] {
            assert!(options.contains(rare), "{program}: {rare}");
        }
        let has = |option: &str| options.contains(option);
        // -t has another meaning for scp.
        assert_eq!(has("\\fB\\-t\\fR"), program != "mscp", "{program}");
        assert_eq!(has("agent\\-dir"), program == "mssh", "{program}");
        assert_eq!(has("\\-\\-serial"), program == "mssh", "{program}");
    }
}

/// Runs `mssh --man` in a terminal, with this PATH and a pager that marks its lines.
fn manual_in_terminal(path: &str) -> String {
    let mut script = Command::new("script");
    script
        .env_clear()
        .env("PATH", path)
        .env("TERM", "dumb")
        .env("LC_ALL", "C.UTF-8")
        .env("MANPAGER", "sed s/^/PAGER:/");
    let mssh = env!("CARGO_BIN_EXE_mssh");
    let mut pty = Pty::of(script, &format!("exec '{mssh}' --man"));
    assert_eq!(pty.end(), Some(0), "{}", pty.screen());
    pty.screen()
}

#[test]
fn on_a_terminal_man_opens_the_page_in_a_pager() {
    let path = std::env::var("PATH").expect("a PATH");
    let shown = manual_in_terminal(&path);
    assert!(
        shown.contains("PAGER:") && !shown.contains(".SH NAME"),
        "{shown}"
    );
    // Without man(1), the page itself is printed.
    let bare = tempfile::tempdir().expect("a directory");
    for program in ["script", "sh"] {
        let found = which(program);
        std::os::unix::fs::symlink(found, bare.path().join(program)).expect("a link");
    }
    let shown = manual_in_terminal(bare.path().to_str().expect("a name"));
    assert!(shown.contains(".SH NAME"), "{shown}");
}

/// The path of a program.
fn which(program: &str) -> String {
    let found = finish(Command::new("sh").args(["-c", &format!("command -v {program}")]));
    found.stdout.trim_end().to_owned()
}
