//! Names that are no XML, or that a terminal would obey: in the list, its cache, the picker and
//! completion.

use std::path::Path;

use super::{home, list, open};
use crate::lab::{Caller, DESCRIBE_INSTANCES, Fault, Fleet, Trouble};
use crate::sandbox::{Outcome, caller, files_below, finish};

/// Three instances, `web-0` to `web-2`. In answers, these bytes stand for the name of the second.
fn named(caller: &Caller<'_>, name: &'static [u8]) {
    let trouble = Trouble::Replaced("web-1", name);
    caller.fault(Fault::new(trouble).on(DESCRIBE_INSTANCES));
}

fn three() -> Caller<'static> {
    let caller = caller();
    caller.fleet(Fleet {
        size: 3,
        ..Fleet::default()
    });
    caller
}

fn mssh(caller: &Caller<'_>, home: &Path, words: &[&str]) -> Outcome {
    let mut mssh = caller.command("mssh");
    mssh.env("XDG_CACHE_HOME", home.join("cache"));
    finish(mssh.args(words))
}

/// The lines of the cached list, without its head.
fn cached(home: &Path) -> Vec<String> {
    let files = files_below(&home.join("cache"));
    let mut lists = files
        .iter()
        .filter(|it| it.extension().is_some_and(|it| it == "tsv"));
    let list = lists.next().expect("a list");
    let text = std::fs::read_to_string(list).expect("text");
    text.split('\n').skip(1).map(str::to_owned).collect()
}

#[test]
fn an_answer_that_is_no_xml_is_one_error_and_no_shorter_list() {
    for name in [
        &b"\x1b[2J"[..],
        b"a\x01",
        b"a\0b",
        b"\xff\xfe",
        b"a & b",
        b"&#xd800;",
        b"a<b",
    ] {
        let (caller, home) = (three(), home());
        list(&caller, home.path());
        let before = cached(home.path());
        assert_eq!(before.len(), 4, "{before:?}");
        named(&caller, name);
        for format in [&["--list"][..], &["--list", "--tsv"], &["--list", "--json"]] {
            mssh(&caller, home.path(), format).fails(
                255,
                &[
                    "mssh: error: the answer to ec2:DescribeInstances from ec2 in us-east-1 (set by \
                     AWS_REGION) is not valid",
                    "mssh: hint: is there a proxy or another server in front of AWS? --debug tells \
                     more",
                ],
            );
        }
        let mut pty = open(&caller, home.path(), "stty cols 100; mssh; mssh --no-cache");
        pty.shows("not current: ");
        pty.types("\u{1b}");
        pty.shows("mssh: error: the answer to ");
        assert_eq!(pty.end(), Some(255), "{}", pty.screen());
        for name in ["web-0", "web-1", "web-2", "3/3"] {
            assert!(pty.screen().contains(name), "{name}: {}", pty.screen());
        }
        let words = mssh(&caller, home.path(), &["--complete", "web-"]).stdout;
        assert_eq!(words.lines().count(), 4, "{words}");
        assert_eq!(cached(home.path()), before);
    }
}

#[test]
fn control_characters_in_a_name_hide_no_instance() {
    for (name, shown) in [
        (&b"&#27;[2J"[..], "\\u{1b}[2J"),
        (b"a&#10;b&#9;c&#13;d", "a\\nb\\tc\\rd"),
        (b"&#x0;&#1;", "\\u{0}\\u{1}"),
        (b"\xc2\x85\xe2\x80\xa8", "\\u{85}\\u{2028}"),
    ] {
        let (caller, home) = (three(), home());
        named(&caller, name);
        let table = mssh(&caller, home.path(), &["--list"]).stdout;
        assert_eq!(table.lines().count(), 4, "{table}");
        assert!(table.contains(&format!("{shown}  ")), "{table}");
        assert_eq!(cached(home.path()).len(), 4, "{:?}", cached(home.path()));
        let words = mssh(&caller, home.path(), &["--complete", "web-"]).stdout;
        assert_eq!(words.lines().count(), 3, "{words}");
        let words = mssh(&caller, home.path(), &["--complete", "i-"]).stdout;
        assert_eq!(words.lines().count(), 4, "{words}");
        let mut pty = open(&caller, home.path(), "stty cols 100; mssh");
        // From the cache, while AWS is asked.
        pty.shows("3/3 …");
        let screen = pty.screen();
        for name in [shown, "web-0", "web-2"] {
            assert!(screen.contains(name), "{name}: {screen}");
        }
        pty.types("\u{1b}");
        assert_eq!(pty.end(), Some(130));
    }
}
