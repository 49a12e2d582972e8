//! `--list`: all instances, sorted, for people and for programs.

mod places;

use std::time::Duration;

use serde_json::Value;

use crate::lab::instances::{IN_EU_WEST_1, TERMINATED, WEB1};
use crate::lab::{Caller, DESCRIBE_INSTANCES, Fault, Fleet, Trouble};
use crate::sandbox::{Pty, caller, files_below, finish, look_ups, mode, run};

/// A caller with this many instances.
fn fleet(size: usize) -> Caller<'static> {
    let caller = caller();
    let names = Vec::new();
    caller.fleet(Fleet {
        size,
        names,
        ..Fleet::default()
    });
    caller
}

#[test]
fn a_pipe_gets_whole_lines_sorted_by_name() {
    let caller = caller();
    let outcome = run(&caller, "mssh", ["--list"]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", Some(0)));
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    let head = "NAME ID STATE ZONE TYPE PRIVATE PUBLIC AGE REACH";
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words(lines[0]), head);
    let web1 = lines
        .iter()
        .find(|it| it.starts_with("web1 "))
        .expect("web1");
    let begin = format!("web1 {WEB1} running us-east-1a t3.micro 127.0.1.11 127.0.0.11 ");
    assert!(words(web1).starts_with(&begin), "{web1}");
    assert!(web1.ends_with(" direct"), "{web1}");
    let names: Vec<&str> = lines[1..]
        .iter()
        .filter_map(|it| it.split(' ').next())
        .collect();
    assert!(names.is_sorted(), "{names:?}");
    assert!(names.len() > 20, "{names:?}");
    for absent in [TERMINATED, IN_EU_WEST_1] {
        assert!(!outcome.stdout.contains(absent), "{}", outcome.stdout);
    }
}

#[test]
fn programs_get_json_or_lines_with_tabs() {
    let caller = fleet(3);
    let json = run(&caller, "mssh", ["--list", "--json"]);
    let list: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(list[0]["id"], Fleet::id(0));
    assert_eq!(list[0]["public_address"], "198.18.0.0");
    assert_eq!(list[1]["reach"], "tunnel");
    assert_eq!(list[2]["tags"]["role"], "web");
    let time = "2026-01-01T00:00:00Z";
    let tsv = run(&caller, "mssh", ["--list", "--tsv", "web-0"]);
    tsv.prints(&format!(
        "web-0\t{}\trunning\tus-east-1\tus-east-1a\tt3.micro\t10.0.0.0\t198.18.0.0\t\t{time}\t\
         direct\t\n",
        Fleet::id(0)
    ));
    let both = run(&caller, "mssh", ["--list", "--tsv", "--json"]);
    both.fails(
        255,
        &[
            "mssh: error: --json cannot be used with --tsv",
            "mssh: hint: leave out --json or --tsv",
        ],
    );
}

#[test]
fn thousands_of_instances_come_page_by_page() {
    let caller = fleet(2500);
    let outcome = run(&caller, "mssh", ["--list"]);
    assert_eq!(outcome.stdout.lines().count(), 2501);
    assert_eq!(look_ups(&caller), 3);
    for call in caller.calls_of(DESCRIBE_INSTANCES) {
        assert_eq!(call.parameter("MaxResults"), Some("1000"));
    }
}

#[test]
fn a_name_cannot_move_the_cursor() {
    let caller = caller();
    let names = vec!["a\u{202e}\u{9b}2J\nb".to_owned(), "<&>".to_owned()];
    caller.fleet(Fleet {
        size: 2,
        names,
        ..Fleet::default()
    });
    for format in [&["--list"][..], &["--list", "--tsv"], &["--list", "--json"]] {
        let stdout = run(&caller, "mssh", format).stdout;
        assert!(stdout.is_ascii(), "{stdout}");
        assert!(stdout.contains("<&>"), "{stdout}");
    }
    let table = run(&caller, "mssh", ["--list"]).stdout;
    assert!(table.contains("a\\u{202e}\\u{9b}2J\\nb  i-"), "{table}");
}

#[test]
fn no_instance_is_no_error() {
    let caller = fleet(5);
    let outcome = run(&caller, "mssh", ["--list", "db-*"]);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", Some(0)));
    let line = "mssh: there is no instance whose name matches db-* in us-east-1\n";
    assert_eq!(outcome.stderr, line);
    run(&caller, "mssh", ["--list", "--json", "db-*"]).prints("[]\n");
}

#[test]
fn a_terminal_gets_lines_of_its_width_and_slow_pages_one_by_one() {
    let caller = fleet(2001);
    let slow = Trouble::Latency(Duration::from_millis(700));
    caller.fault(Fault::new(slow).on(DESCRIBE_INSTANCES));
    let mut pty = Pty::open(&caller, "stty cols 60; mssh --list | cat; mssh --list");
    assert_eq!(pty.end(), Some(0), "{}", pty.screen());
    let screen = pty.screen();
    assert!(
        screen.contains("waiting for instances: 1000 so far"),
        "{screen}"
    );
    let (piped, shown) = screen.rsplit_once("NAME").expect("two tables");
    assert!(
        piped.contains("REACH") && !shown.contains("REACH"),
        "{screen}"
    );
    let lines = shown
        .lines()
        .map(|line| line.rsplit('\r').find(|it| !it.is_empty()).unwrap_or(""));
    let lines: Vec<&str> = lines.filter(|it| it.starts_with("web-")).collect();
    assert_eq!(lines.len(), 2001);
    assert!(
        lines.iter().all(|line| line.chars().count() <= 60),
        "{lines:?}"
    );
    // Those of the first page first.
    let of_first = |line: &&str| line.contains(&Fleet::id(999)) || line.contains(&Fleet::id(1000));
    let both: Vec<usize> = (0..lines.len())
        .filter(|at| of_first(&lines[*at]))
        .collect();
    assert!(both[0] < 1000 && both[1] >= 1000, "{both:?}");
}

#[test]
fn a_pattern_is_any_form_of_a_target() {
    let caller = fleet(30);
    for (pattern, lines) in [
        ("web-1?", 10),
        ("web-3", 1),
        ("tag:role=db", 15),
        ("198.18.0.3", 1),
        ("10.0.0.29", 1),
        (Fleet::id(7).as_str(), 1),
        ("asg:none", 0),
    ] {
        let outcome = run(&caller, "mssh", ["--list", "--tsv", pattern]);
        assert_eq!(
            outcome.stdout.lines().count(),
            lines,
            "{pattern}: {outcome:?}"
        );
    }
    run(&caller, "mssh", ["--list", "a", "b"]).fails(
        255,
        &[
            "mssh: error: a second pattern cannot be used with --list",
            "mssh: hint: only --region, --profile, --json, --tsv and one pattern go with it; quote \
             its wildcards: --list 'web-*'",
        ],
    );
    run(&caller, "mssh", ["--list", "--ssm"]).fails(
        255,
        &[
            "mssh: error: --via ssm cannot be used with --list",
            "mssh: hint: leave out --via: nothing is connected to",
        ],
    );
}

#[test]
fn a_whole_list_is_cached_for_its_owner_alone() {
    let caller = fleet(3);
    let base = tempfile::tempdir().expect("a directory");
    let mssh = |words: &[&str]| {
        let mut command = caller.command("mssh");
        command.env("XDG_CACHE_HOME", base.path()).args(words);
        assert_eq!(finish(&mut command).code, Some(0), "{words:?}");
        files_below(base.path())
    };
    assert!(mssh(&["--list", "--no-cache"]).is_empty());
    assert!(mssh(&["--list", "web-1"]).is_empty());
    assert!(mssh(&[WEB1, "true"]).is_empty());
    let files = mssh(&["--list"]);
    let [file] = files.as_slice() else {
        panic!("one file: {files:?}");
    };
    let directory = file.parent().expect("a directory");
    assert_eq!(directory, base.path().join("mssh"));
    assert_eq!((mode(directory), mode(file)), (0o700, 0o600));
    let text = std::fs::read_to_string(file).expect("text");
    assert!(text.starts_with("mssh instances 1 "), "{text}");
    let line = format!("\nweb-0\t{}\trunning\tus-east-1a\t", Fleet::id(0));
    assert!(text.contains(&line), "{text}");
    assert!(!file.to_string_lossy().contains(caller.access_key()));
    assert_eq!(mssh(&["--list"]), files);
    assert_eq!(mssh(&["--list", "--region", "eu-west-1"]).len(), 2);
}
