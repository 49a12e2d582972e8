use super::*;
use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::options::Task;
use crate::plan::cli::{Request, parse};

mod copy;

fn read(words: &[&str]) -> Result<EachRequest, Usage> {
    read_for(Program::Ssh, words)
}

fn read_for(program: Program, words: &[&str]) -> Result<EachRequest, Usage> {
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    match parse(program, Grammar::of(program), &words)? {
        Request::Each(request) => Ok(*request),
        other => panic!("{other:?}"),
    }
}

fn stopped(id: &str, name: &str) -> Row {
    Row {
        state: State::Stopped,
        ..Row::example(id, name)
    }
}

#[test]
fn a_login_has_all_words_but_those_for_many() {
    let words = |words: &[&str]| {
        let request = read(words).expect("valid");
        request.words(&Row::example("i-0000000a", "web-1"))
    };
    assert_eq!(
        words(&[
            "--each",
            "-p",
            "22",
            "me@web-1,db",
            "-v",
            "--jobs",
            "4",
            "-i",
            "key",
            "--ssm",
            "--",
            "ls",
            "--each",
            "$HOME"
        ]),
        [
            "-oBatchMode=yes",
            "--region=us-east-1",
            "--ssm",
            "-p",
            "22",
            "me@i-0000000a",
            "-v",
            "-i",
            "key",
            "--",
            "ls",
            "--each",
            "$HOME"
        ]
    );
    assert_eq!(
        words(&[
            "--each",
            "-u",
            "dev",
            "-r",
            "us-east-1,eu-west-1",
            "web-*",
            "true"
        ]),
        [
            "-oBatchMode=yes",
            "--profile=dev",
            "--region=us-east-1",
            "i-0000000a",
            "true"
        ]
    );
}

#[test]
fn an_instance_is_reached_once_and_with_the_first_profile_that_sees_it() {
    let words = ["--each", "-u", "b,a", "-r", "us-east-1", "web-*", "true"];
    let request = read(&words).expect("valid");
    let seen_by = |profile: &str, id: &str, name: &str| Row {
        profile: profile.to_owned(),
        ..Row::example(id, name)
    };
    let chosen = request.choose(vec![
        seen_by("a", "i-0000000a", "web-1"),
        seen_by("a", "i-0000000b", "web-2"),
        seen_by("b", "i-0000000a", "web-1"),
    ]);
    let words: Vec<Vec<OsString>> = chosen
        .expect("instances")
        .iter()
        .map(|row| request.words(row))
        .collect();
    let login = |profile: &str, id: &str| {
        ["-oBatchMode=yes", profile, "--region=us-east-1", id, "true"].map(OsString::from)
    };
    assert_eq!(
        words,
        [
            login("--profile=b", "i-0000000a"),
            login("--profile=a", "i-0000000b")
        ]
    );
}

#[test]
fn what_one_login_alone_can_have_is_refused() {
    let conflict = |what: &str| Usage::Conflict(what.to_owned(), Task::Each);
    assert_eq!(read(&["--each"]), Err(Usage::NoTarget));
    assert_eq!(read(&["--each", "web-1"]), Err(Usage::NoCommand));
    for (words, error) in [
        (&["--each", "-N", "web-1", "true"][..], conflict("`-N`")),
        (&["--each", "-L80:a:80", "web-1", "true"], conflict("`-L`")),
        (
            &["--each", "--serial", "web-1", "true"],
            Usage::WayConflict(crate::plan::way::Way::Serial, Task::Each),
        ),
        (
            &["--each", "web-1,,web-2", "true"],
            Usage::ExtraComma("web-1,,web-2".into()),
        ),
        (
            &["--each", "--jobs", "0", "web-1", "true"],
            Usage::BadJobs("0".into()),
        ),
        (
            &["--each", "--doctor", "web-1", "true"],
            Usage::Against("doctor", "each"),
        ),
        (
            &["--each", "ssh://web-1:22", "true"],
            BadName::Host("ssh://web-1:22".into()).into(),
        ),
    ] {
        assert_eq!(read(words), Err(error), "{words:?}");
    }
}

#[test]
fn targets_of_one_kind_are_looked_up_at_once() {
    let lookups = |targets: &str| {
        let request = read(&["--each", targets, "true"]).expect("valid");
        let lookups = request.lookups().into_iter();
        lookups
            .map(|it| format!("{}={}", it.filter.name, it.filter.values.join(",")))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        lookups("web-1,i-0000000a,tag:role=db,web-*,i-0000000b,tag:role=web,web-1"),
        [
            "tag:Name=web-1,web-*",
            "instance-id=i-0000000a,i-0000000b",
            "tag:role=db,web"
        ]
    );
    let many: Vec<String> = (0..450).map(|it| format!("web-{it}")).collect();
    assert_eq!(lookups(&many.join(",")).len(), 3);
}

#[test]
fn instances_that_run_are_meant_or_all_of_a_target() {
    let chosen = |targets: &str| {
        let request = read(&["--each", targets, "true"]).expect("valid");
        let found = vec![
            Row::example("i-0000000b", "web-2"),
            Row::example("i-0000000a", "web-1"),
            stopped("i-0000000c", "web-3"),
            stopped("i-0000000d", "db-1"),
            Row::example("i-0000000a", "web-1"),
        ];
        let chosen = request.choose(found);
        let ids = |rows: Vec<Row>| {
            rows.iter()
                .map(|row| row.id.to_string())
                .collect::<Vec<_>>()
        };
        chosen.map(ids).map_err(|wanted| wanted.pattern.what())
    };
    let ids = |ids: &[&str]| Ok(ids.iter().map(ToString::to_string).collect());
    assert_eq!(chosen("web-*"), ids(&["i-0000000a", "i-0000000b"]));
    assert_eq!(chosen("db-*,web-1"), ids(&["i-0000000d", "i-0000000a"]));
    assert_eq!(chosen("i-0000000c"), ids(&["i-0000000c"]));
    assert_eq!(chosen("web-1,no"), Err("named no".to_owned()));
}
