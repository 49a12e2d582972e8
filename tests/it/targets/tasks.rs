//! Names and tags for each task and program.

use crate::lab::instances::{WEB1, WEB2};
use crate::sandbox::{caller, finish, finish_with, pushes, run};

#[test]
fn files_are_copied_by_name() {
    let caller = caller();
    let home = tempfile::tempdir().expect("a directory");
    let here = home.path().join("here");
    std::fs::write(&here, "text").expect("written");
    for (there, back) in [
        ("web1:/tmp/by-name", "web1:/tmp/by-name"),
        ("tag:Name=web1:/tmp/by-tag", "[tag:a:b=c:d@e]:/tmp/by-tag"),
        ("twin:/tmp/by-pick", "asg:front:/tmp/by-pick"),
    ] {
        let copy = home.path().join("copy");
        let words = ["--any", here.to_str().expect("text"), there];
        finish(caller.command("mscp").args(["-q"]).args(words)).prints("");
        let words = ["-q", back, copy.to_str().expect("text")];
        finish(caller.command("mscp").args(words)).prints("");
        assert_eq!(std::fs::read_to_string(&copy).expect("a copy"), "text");
        std::fs::remove_file(&copy).expect("removed");
    }
}

#[test]
fn files_are_copied_between_names_and_by_msftp() {
    let caller = caller();
    let home = tempfile::tempdir().expect("a directory");
    let at = |name: &str| home.path().join(name).display().to_string();
    std::fs::write(at("one"), "text").expect("written");
    let words = [
        format!("web1:{}", at("one")),
        format!("tag:Name=web2:{}", at("two")),
    ];
    finish(caller.command("mscp").arg("-q").args(words)).prints("");
    assert_eq!(std::fs::read_to_string(at("two")).expect("a copy"), "text");
    let mut pushed = pushes(&caller);
    pushed.sort();
    assert_eq!(
        pushed,
        [format!("ec2-user@{WEB1}"), format!("ec2-user@{WEB2}")]
    );
    for target in ["web1", "tag:Name=web1", "ec2-user@we?1"] {
        let batch = format!("get {} {}", at("one"), at("three"));
        let mut msftp = caller.command("msftp");
        msftp.args(["-q", "-b", "-", target]);
        let outcome = finish_with(&mut msftp, batch.as_bytes());
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", Some(0)));
        std::fs::remove_file(at("three")).expect(target);
    }
}

/// Runs a program, which must succeed and print this among other things.
#[track_caller]
fn shows(program: &str, words: &[&str], text: &str) {
    let outcome = run(&caller(), program, words);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let shown = outcome.stdout.clone() + &outcome.stderr;
    assert!(shown.contains(text), "{text}: {outcome:?}");
}

#[test]
fn every_task_takes_names() {
    let tag = "tag:Name=web1";
    shows(
        "msftp",
        &["--dry-run", "tag:Name=web1:/tmp"],
        "127.0.0.11:/tmp",
    );
    for target in [tag, "web1"] {
        let with_port = format!("{target}:5432");
        shows(
            "mssh",
            &["--listen", "0", "--dry-run", &with_port],
            "127.0.0.11",
        );
        let proxy = [
            "--proxy",
            "--dry-run",
            "--agent-dir",
            "/tmp",
            target,
            "22",
            "root",
        ];
        shows("mssh", &proxy, "127.0.0.11");
        shows("mssh", &["--doctor", target], WEB1);
    }
    shows(
        "mssh",
        &["--ssm", "--dry-run", tag],
        &format!("ssm={WEB1},{WEB1}"),
    );
    shows(
        "mssh",
        &["--ssm", "--dry-run", "web1"],
        &format!("ssm=web1,{WEB1}"),
    );
    shows(
        "mssh",
        &["--serial", "--dry-run", tag],
        &format!("{WEB1}.port0@"),
    );
}

#[test]
fn rsync_takes_names_and_tags_in_brackets() {
    let home = tempfile::tempdir().expect("a directory");
    let here = home.path().join("here");
    std::fs::write(&here, "text").expect("written");
    let here = here.to_str().expect("text");
    for there in [
        "web1:/tmp/rsync-name",
        "privat?:/tmp/rsync-glob",
        "[tag:Name=web1]:/tmp/rsync-tag",
    ] {
        run(&caller(), "rsync", ["-e", "mssh", here, there]).prints("");
    }
}
