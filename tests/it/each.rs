//! `--each`: one command on each of several instances, or one copy.

mod copy;
mod lines;
mod many;
mod places;
mod stop;
mod usage;

use std::fs;
use std::process::Command;

use crate::lab::instances::{ODD_NAME, PUSH_DENIED, STOPPED, TWIN1, TWIN2, WEB1, WEB2};
use crate::lab::{Caller, DESCRIBE_INSTANCES, Fleet};
use crate::sandbox::{Pty, caller, finish, finish_with, leaves_nothing, pushes, run};

/// mssh with `--each` and these words.
fn each(caller: &Caller<'_>, words: &[&str]) -> Command {
    let mut mssh = caller.command("mssh");
    mssh.arg("--each").args(words);
    mssh
}

/// The lines, sorted.
fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn lines_stand_behind_the_name_of_their_instance() {
    let caller = caller();
    let command = "echo one; printf two; echo oops >&2";
    let outcome = finish(&mut each(
        &caller,
        &["web1,ec2-user@twin,web?", "--", command],
    ));
    let expected = ["web1", "web2", TWIN1, TWIN2].map(|name| {
        let before = format!("{name:19} | ");
        (
            before.clone() + "one",
            before.clone() + "two",
            before + "oops",
        )
    });
    let mut stdout: Vec<&str> = expected
        .iter()
        .flat_map(|(one, two, _)| [one.as_str(), two])
        .collect();
    let mut stderr: Vec<&str> = expected.iter().map(|it| it.2.as_str()).collect();
    stderr.push("mssh: 4 ok");
    stdout.sort_unstable();
    stderr.sort_unstable();
    assert_eq!(sorted(&outcome.stdout), stdout, "{outcome:?}");
    assert_eq!(sorted(&outcome.stderr), stderr);
    assert_eq!(outcome.code, Some(0));
    assert!(outcome.stdout.ends_with('\n'));
    // One for all names, page by page, and one for each login.
    let calls = caller.calls_of(DESCRIBE_INSTANCES).into_iter();
    let look_ups = calls.filter(|it| it.parameter("NextToken").is_none());
    assert_eq!(look_ups.count(), 5);
    assert_eq!(pushes(&caller).len(), 4);
    leaves_nothing(&caller);
}

#[test]
fn the_highest_status_counts_and_the_summary_says_what_went_wrong() {
    let caller = caller();
    let targets = format!("web1,{WEB2},stopped,{PUSH_DENIED}");
    let command = "test \"$SSH_CONNECTION\" = \"${SSH_CONNECTION#*127.0.0.11 }\" || exit 3";
    let outcome = finish(&mut each(&caller, &[&targets, command]));
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", Some(255)));
    let summary: Vec<&str> = outcome.stderr.lines().rev().take(4).collect();
    assert_eq!(
        summary[0], "mssh: 1 ok, 1 failed, 2 unreachable",
        "{outcome:?}"
    );
    let stopped = format!("mssh: stopped unreachable: instance {STOPPED} is stopped");
    assert_eq!(summary[2], stopped);
    assert_eq!(summary[1], "mssh: web1 failed with status 3");
    assert!(
        summary[3].starts_with("mssh: push-denied unreachable: "),
        "{}",
        summary[3]
    );
    let line = format!("stopped     | mssh: error: instance {STOPPED} is stopped");
    assert!(outcome.stderr.lines().any(|it| it == line), "{outcome:?}");

    let status = |words: &[&str]| finish(&mut each(&caller, words)).code;
    assert_eq!(status(&["web1,web2", "--jobs", "1", "exit 7"]), Some(7));
    leaves_nothing(&caller);
}

/// 255 is also what ssh ends with if there is no login.
#[test]
fn a_command_that_ends_with_255_has_failed() {
    let caller = caller();
    let outcome = finish(&mut each(&caller, &["web1", "exit 255"]));
    let stderr = ["mssh: web1 failed with status 255", "mssh: 0 ok, 1 failed"];
    outcome.fails(255, &stderr);
    // The parent is the sshd of this login.
    let outcome = finish(&mut each(&caller, &["web1", "kill -9 $PPID"]));
    let summary: Vec<&str> = outcome.stderr.lines().rev().take(2).collect();
    assert_eq!(summary[0], "mssh: 0 ok, 1 unreachable", "{outcome:?}");
    let reason = "mssh: web1 unreachable: Connection to ";
    assert!(summary[1].starts_with(reason), "{outcome:?}");
}

#[test]
fn an_instance_that_several_targets_mean_gets_one_login() {
    let caller = caller();
    let targets = format!("web1,web*,{WEB1},tag:Name=web1,127.0.0.11,web1");
    let outcome = finish(&mut each(&caller, &[&targets, "echo hi"]));
    assert_eq!(sorted(&outcome.stdout), ["web1 | hi", "web2 | hi"]);
    assert_eq!(pushes(&caller).len(), 2, "{outcome:?}");
}

#[test]
fn files_of_output_that_cannot_be_made_are_an_error_before_any_login() {
    let caller = caller();
    let base = tempfile::tempdir().expect("a directory");
    let file = base.path().join("file");
    fs::write(&file, "").expect("written");
    for path in [file.join("dir"), file] {
        let words = ["--output", path.to_str().expect("text"), "web1", "true"];
        let outcome = finish(&mut each(&caller, &words));
        let error = format!("mssh: error: cannot make {}: ", path.display());
        assert!(outcome.stderr.starts_with(&error), "{outcome:?}");
        assert_eq!(outcome.code, Some(255));
    }
    assert!(pushes(&caller).is_empty());
}

#[test]
fn a_target_without_an_instance_is_an_error_before_any_login() {
    let caller = caller();
    let outcome = finish(&mut each(&caller, &["web1,none-*", "true"]));
    assert!(
        outcome.stderr.starts_with(
            "mssh: error: there is no instance whose name matches none-* in us-east-1"
        ),
        "{outcome:?}"
    );
    assert_eq!(outcome.code, Some(255));
    let places = &["--region", "us-east-1,eu-west-1", "none", "true"];
    let outcome = finish(&mut each(&caller, places));
    let line = "mssh: error: there is no instance named none in us-east-1 and eu-west-1\n";
    assert!(outcome.stderr.starts_with(line), "{outcome:?}");
    assert!(pushes(&caller).is_empty());
    run(&caller, "mssh", ["--each", "web1"]).fails(
        255,
        &[
            "mssh: error: no command given",
            "mssh: hint: write `mssh --each TARGET,TARGET,... -- COMMAND`",
        ],
    );
}

#[test]
fn each_instance_of_several_regions_is_reached_in_its_own() {
    let caller = caller();
    let words = &["--region", "us-east-1,eu-west-1", "twin", "echo hi"];
    let outcome = finish(&mut each(&caller, words));
    assert_eq!(outcome.stderr, "mssh: 3 ok\n", "{outcome:?}");
    assert_eq!(outcome.stdout.lines().count(), 3);
}

#[test]
fn a_terminal_gets_colors_and_nothing_that_moves_its_cursor() {
    let caller = caller();
    let command = "printf 'a\\tb\\033[2J\\n'";
    let line = format!("mssh --each {ODD_NAME},web1 \"{command}\"");
    let mut pty = Pty::open(&caller, &line);
    assert_eq!(pty.end(), Some(0), "{}", pty.screen());
    let screen = pty.screen();
    assert!(screen.contains("\x1b[33mweb1\x1b[0m"), "{screen}");
    assert!(screen.contains(" | a\tb\\u{1b}[2J"), "{screen}");
    assert!(!screen.contains("\x1b[2J"), "{screen}");
    let mut pty = Pty::open(&caller, "NO_COLOR=1 mssh --each web1 echo hi");
    assert_eq!(pty.end(), Some(0), "{}", pty.screen());
    pty.shows("web1 | hi");
    assert!(!pty.screen().contains('\x1b'), "{}", pty.screen());
    // A pipe gets the bytes.
    let outcome = finish(&mut each(&caller, &["web1", command]));
    assert_eq!(outcome.stdout, "web1 | a\tb\x1b[2J\n");
}

#[test]
fn a_name_is_escaped_wherever_it_is_shown() {
    let caller = caller();
    let names = vec!["a\u{202e}\u{9b}2J\nb".to_owned()];
    caller.fleet(Fleet {
        size: 1,
        names,
        ..Fleet::default()
    });
    let outcome = finish(&mut each(&caller, &["tag:role=web", "true"]));
    let name = "a\\u{202e}\\u{9b}2J\\nb";
    for begin in [
        format!("{name} | mssh: error: there is no instance i-"),
        format!("mssh: {name} unreachable: there is no instance i-"),
    ] {
        let mut lines = outcome.stderr.lines();
        assert!(lines.any(|it| it.starts_with(&begin)), "{outcome:?}");
    }
    assert!(outcome.stderr.is_ascii(), "{outcome:?}");
}

#[test]
fn a_dry_run_shows_the_command_for_each() {
    let caller = caller();
    let outcome = finish(&mut each(&caller, &["--dry-run", "web1,web2", "true"]));
    assert_eq!(outcome.stderr, "mssh: 2 ok\n", "{outcome:?}");
    for (line, name) in sorted(&outcome.stdout).iter().zip(["web1", "web2"]) {
        assert!(line.starts_with(&format!("{name} | ")), "{outcome:?}");
        assert!(line.ends_with(" true"), "{outcome:?}");
    }
    assert!(pushes(&caller).is_empty());
}

#[test]
fn output_is_kept_in_a_file_for_each_and_replaces_none() {
    let caller = caller();
    let base = tempfile::tempdir().expect("a directory");
    let dir = base.path().join("a/b");
    let targets = format!("web1,{ODD_NAME},{STOPPED}");
    let path = dir.to_str().expect("text");
    let words = ["--output", path, &targets, "printf out; echo err >&2"];
    let outcome = finish(&mut each(&caller, &words));
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", Some(255)));
    let summary = outcome.stderr.lines().last();
    assert_eq!(summary, Some("mssh: 2 ok, 1 unreachable"), "{outcome:?}");
    let reason = format!("stopped unreachable: instance {STOPPED} is stopped");
    assert!(outcome.stderr.contains(&reason), "{outcome:?}");
    let read = |name: &str| fs::read_to_string(dir.join(name)).expect(name);
    assert_eq!(read(&format!("web1-{WEB1}.out")), "out");
    assert_eq!(read(&format!("web1-{WEB1}.err")), "err\n");
    let mut names: Vec<String> = fs::read_dir(&dir)
        .expect("a directory")
        .map(|it| {
            it.expect("an entry")
                .file_name()
                .into_string()
                .expect("text")
        })
        .collect();
    names.sort();
    assert_eq!(names.len(), 6, "{names:?}");
    assert!(names[0].starts_with("_Büro_"), "{names:?}");
    let logins = pushes(&caller).len();
    let again = finish(&mut each(&caller, &["--output", path, "web1", "true"]));
    let file = dir.join(format!("web1-{WEB1}.out"));
    let error = format!("mssh: error: {} is there already", file.display());
    again.fails(
        255,
        &[&error, "mssh: hint: remove it, or name another directory"],
    );
    assert_eq!(pushes(&caller).len(), logins);
}

#[test]
fn standard_input_goes_to_each_only_if_asked_for() {
    let caller = caller();
    let input = "x".repeat(100_000) + "\n";
    let mut without = each(&caller, &["web1,web2", "wc -c"]);
    let outcome = finish_with(&mut without, input.as_bytes());
    assert_eq!(
        sorted(&outcome.stdout),
        ["web1 | 0", "web2 | 0"],
        "{outcome:?}"
    );
    let temporary = tempfile::tempdir().expect("a directory");
    let mut with = each(&caller, &["--stdin", "web1,web2", "wc -c"]);
    with.env("TMPDIR", temporary.path());
    let outcome = finish_with(&mut with, input.as_bytes());
    let lines = ["web1 | 100001", "web2 | 100001"];
    assert_eq!(sorted(&outcome.stdout), lines, "{outcome:?}");
    let left = fs::read_dir(temporary.path()).expect("a directory").count();
    assert_eq!(left, 0);
}
