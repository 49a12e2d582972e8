use super::*;

fn read(words: &[&str]) -> Result<EachRequest, Usage> {
    let words: Vec<&str> = [&["--each"], words].concat();
    read_for(Program::Scp, &words)
}

/// The words for one instance.
fn words(words: &[&str], name: &str) -> Vec<OsString> {
    let request = read(words).expect("valid");
    request.words(&Row::example("i-0000000a", name))
}

#[test]
fn each_copy_has_its_instance_in_place_of_the_targets() {
    let region = "--region=us-east-1";
    let words = words(
        &["-rv", "--ssm", "--jobs", "4", "a", "b,c", "me@web-1,db:/x"],
        "web-1",
    );
    assert_eq!(
        words,
        [
            "-oBatchMode=yes",
            region,
            "--ssm",
            "-rv",
            "a",
            "b,c",
            "me@i-0000000a:/x"
        ]
    );
}

#[test]
fn files_of_the_instances_get_a_directory_each() {
    for (dir, own) in [
        ("logs", "logs/_._etc-i-0000000a/"),
        ("/tmp/", "/tmp/_._etc-i-0000000a/"),
        (".", "./_._etc-i-0000000a/"),
    ] {
        let words = words(&["--", "tag:role=web,db:~/x,y", dir], "../etc");
        let end = &words[words.len() - 3..];
        assert_eq!(end, ["--", "i-0000000a:~/x,y", own], "{dir}");
    }
    let dir = |words: &[&str]| {
        let request = read(words).expect("valid");
        request.dir_to_fill().map(Path::to_owned)
    };
    assert_eq!(dir(&["web-1:x", "logs"]), Some(PathBuf::from("logs")));
    assert_eq!(dir(&["--dry-run", "web-1:x", "logs"]), None);
    assert_eq!(dir(&["x", "web-1:"]), None);
}

#[test]
fn a_copy_needs_files_and_one_list_of_targets() {
    for words in [
        &[][..],
        &["a"],
        &["web-1:x"],
        &["a", "b"],
        &["web-1:x", "web-2:y"],
        &["a", "web-1:x", "web-2:y"],
        &["web-1:x", "a", "b"],
        &["a", "web-1:x", "b"],
        &["web-1:x", "web-2:x", "b"],
    ] {
        assert_eq!(read(words), Err(Usage::EachFiles), "{words:?}");
    }
}

#[test]
fn what_copies_for_many_cannot_have_is_refused() {
    let conflict = |what: &str| Usage::Conflict(what.to_owned(), Task::Each);
    for (words, error) in [
        (&["-D", "server", "a", "web-1:"][..], conflict("`-D`")),
        (&["-t", "a", "web-1:"], conflict("`-t`")),
        (&["-Z", "a", "web-1:"], conflict("`-Z`")),
        (
            &["a", "scp://web-1/x"],
            BadName::Host("scp://web-1/x".into()).into(),
        ),
        (
            &["a", "web-1,,web-2:"],
            Usage::ExtraComma("web-1,,web-2".into()),
        ),
        (
            &["--serial", "a", "web-1:"],
            Usage::WayConflict(crate::plan::way::Way::Serial, Task::Each),
        ),
    ] {
        assert_eq!(read(words), Err(error), "{words:?}");
    }
    for (program, option) in [
        (Program::Scp, "output"),
        (Program::Scp, "stdin"),
        (Program::Sftp, "each"),
    ] {
        let opt = crate::plan::cli::options::find_long(option).expect("an option");
        let words = [&format!("--{option}"), "a", "web-1:"];
        let error = read_for(program, &words);
        assert_eq!(error, Err(Usage::OfOthers(opt)), "{option}");
    }
}
