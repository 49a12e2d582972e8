use std::ffi::OsString;

use super::*;
use crate::plan::cache;
use crate::plan::cli::complete::lists::list_words;
use crate::plan::cli::grammar::Grammar;
use crate::plan::list::row::Row;
use crate::plan::target::instance::State;

fn list() -> Snapshot {
    let tagged = |id: &str, name: &str, tags: &[(&str, &str)]| Row {
        tags: tags
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        ..Row::example(id, name)
    };
    let rows = [
        tagged(
            "i-0000000a",
            "web-1",
            &[("role", "web"), (GROUP, "web-group")],
        ),
        tagged("i-0000000b", "web-2", &[("role", "web"), ("aws:x", "y")]),
        tagged("i-0000000c", "web-2", &[("role", "a b:c"), ("x=y", "z")]),
        Row {
            state: State::Stopped,
            ..tagged("i-0000000d", "db", &[("role", "db*"), ("\u{7}", "z")])
        },
        tagged("i-0000000e", "", &[]),
        tagged("i-0000000f", "My web $(reboot)", &[]),
        tagged("i-00000010", "10.0.0.1", &[]),
        tagged("i-00000011", "i-0000000a", &[]),
        tagged("i-00000012", "root@web", &[]),
        tagged("i-00000013", "-oProxyCommand=x", &[]),
        tagged("i-00000014", "a/b", &[]),
        tagged("i-00000015", "tag:role=web", &[]),
    ];
    let text = cache::text(&rows, 7).expect("short");
    Snapshot::parse(text).expect("a list")
}

fn words(program: Program, typed: &str) -> Vec<String> {
    let offers = targets(&list(), program, typed).into_iter();
    let mut words: Vec<String> = offers.map(|it| it.word).collect();
    words.sort();
    words
}

#[test]
fn names_come_first_and_ids_when_they_are_begun() {
    let all = words(Program::Ssh, "");
    let wanted = [
        "My web $(reboot)",
        "asg:",
        "db",
        "i-0000000e",
        "tag:",
        "web-1",
        "web-2",
    ];
    assert_eq!(all, wanted);
    assert_eq!(words(Program::Ssh, "WEB-"), ["web-1", "web-2"]);
    assert_eq!(words(Program::Ssh, "i").len(), 12);
    assert_eq!(words(Program::Ssh, "i-0000000b"), ["i-0000000b"]);
    assert_eq!(ids(&list(), "").len(), 12);
    assert!(words(Program::Ssh, "r").is_empty());
}

#[test]
fn tags_are_offered_by_key_and_value() {
    let keys = ["tag:Name=", "tag:role="];
    assert_eq!(words(Program::Ssh, "tag:"), keys);
    assert_eq!(words(Program::Ssh, "ta"), ["tag:"]);
    let aws = [&*format!("tag:{GROUP}="), "tag:aws:x="];
    assert_eq!(words(Program::Ssh, "tag:aws"), aws);
    let values = ["tag:role=a b:c", r"tag:role=db\*", "tag:role=web"];
    assert_eq!(words(Program::Ssh, "tag:role="), values);
    // The path would begin at its colon.
    assert_eq!(words(Program::Scp, "tag:role="), values[1..]);
    assert_eq!(words(Program::Ssh, "asg:"), ["asg:web-group"]);
    let names = words(Program::Ssh, "tag:Name=");
    assert!(names.contains(&"tag:Name=root@web".to_owned()), "{names:?}");
    assert!(names.contains(&"tag:Name=a/b".to_owned()), "{names:?}");
    assert!(words(Program::Ssh, "tag:none=").is_empty());
}

#[test]
fn a_description_says_which_instance_it_is() {
    let about = |typed| {
        let offers = targets(&list(), Program::Ssh, typed);
        offers[0].about.clone()
    };
    assert_eq!(about("web-1"), "i-0000000a");
    assert_eq!(about("web-2"), "2 instances");
    assert_eq!(about("db"), "i-0000000d, stopped");
    assert_eq!(about("i-0000000a"), "web-1");
    assert_eq!(about("i-0000000d"), "db, stopped");
    assert_eq!(about("tag:role=web"), "2 instances");
}

#[test]
fn the_list_is_that_of_the_words_before() {
    let of = |words: &[&str]| {
        let words: Vec<OsString> = words.iter().map(Into::into).collect();
        let grammar = Grammar::of(Program::Ssh);
        let list = list_words(Program::Ssh, grammar, &words)?;
        Some(list.join(OsStr::new(" ")).into_string().expect("text"))
    };
    for (words, list) in [
        (&["-v"][..], Some("--list")),
        (&["--instance-id"], Some("--list")),
        (
            &["--region=eu-west-1", "-u", "dev", "--via", "ssm"],
            Some("--list --region=eu-west-1 --profile=dev"),
        ),
        (
            &["--all-regions", "--no-cache"],
            Some("--list --all-regions --no-cache"),
        ),
        (&["-r", "a,b"], Some("--list --region=a,b")),
        (&["--none"], None),
    ] {
        assert_eq!(of(words).as_deref(), list, "{words:?}");
    }
}
