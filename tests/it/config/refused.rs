//! Mistakes, permissions, and what a missing file costs.

use std::fs;
use std::os::unix::fs::chown;

use crate::lab::instances::WEB1;
use crate::sandbox::{SshUser, finish, set_mode, skipped};

#[test]
fn a_mistake_is_told_with_line_and_column_for_each_program() {
    let user = SshUser::configured("[defaults]\nregoin = \"eu-west-1\"\n");
    let place = format!("{}:2:1", user.configuration().display());
    let remote = format!("{WEB1}:/tmp/");
    for words in [
        &["mssh", WEB1][..],
        &["msftp", WEB1],
        &["mscp", "file", &remote],
        &["mssh", "--shell", WEB1],
        &["mssh", "--doctor", WEB1],
        &["mssh", "--show-config", WEB1],
    ] {
        user.run(words[0], &words[1..]).fails(
            255,
            &[
                &format!("{}: error: {place}: unknown key `regoin`", words[0]),
                &format!("{}: hint: did you mean `region`?", words[0]),
            ],
        );
    }
    assert!(user.caller.calls().is_empty());
    // What has no destination needs no configuration.
    for words in [&["--version"][..], &["-V"], &["--ssh-config"]] {
        assert_eq!(user.run("mssh", words).code, Some(0), "{words:?}");
    }
}

#[test]
fn a_file_that_others_may_write_to_is_refused() {
    let user = SshUser::configured("[defaults]\nregion = \"us-east-1\"\n");
    let path = user.configuration();
    for (mode, is_refused) in [(0o644, false), (0o664, true), (0o646, true), (0o400, false)] {
        set_mode(&path, mode);
        let outcome = user.run("mssh", &["--show-config", WEB1]);
        if !is_refused {
            assert_eq!(outcome.code, Some(0), "{outcome:?}");
            continue;
        }
        let path = path.display();
        outcome.fails(
            255,
            &[
                &format!("mssh: error: others may write to the configuration {path}"),
                &format!("mssh: hint: `chmod go-w {path}`"),
            ],
        );
    }
    if chown(&path, Some(12345), None).is_err() {
        skipped("only root can give a file away");
        return;
    }
    let outcome = user.run("mssh", &[WEB1]);
    let error = format!(
        "the configuration {} belongs to another user",
        path.display()
    );
    assert!(outcome.stderr.contains(&error), "{outcome:?}");
}

#[test]
fn what_is_no_file_or_too_long_is_refused() {
    let user = SshUser::configured("");
    let path = user.configuration();
    let error = || user.run("mssh", &[WEB1]).stderr;
    fs::write(&path, "#".repeat((1 << 20) + 1)).expect("a file");
    assert!(error().contains("is longer than 1 MB"), "{}", error());
    fs::remove_file(&path).expect("a file");
    user.run("mkfifo", &[path.to_str().expect("a path")])
        .prints("");
    assert!(error().contains("is no file"), "{}", error());
    fs::write(user.home.join("text"), "[defaults\n").expect("a file");
    let named = |value: &str| {
        let mut mssh = user.command("mssh");
        finish(mssh.env("MSSH_CONFIG", value).args(["--dry-run", WEB1]))
    };
    let unclosed = named("text");
    assert!(
        unclosed.stderr.contains("error: text:1:10: "),
        "{unclosed:?}"
    );
    let missing = named("/nowhere");
    missing.fails(
        255,
        &[
            "mssh: error: cannot read the configuration /nowhere: No such file or directory",
            "mssh: hint: MSSH_CONFIG names it",
        ],
    );
    assert_eq!(named("/dev/null").code, Some(0));
}

#[test]
fn a_missing_file_costs_one_failed_open() {
    let user = SshUser::with("");
    let log = user.home.join("strace");
    let mut strace = user.command("strace");
    strace.args(["-f", "-e", "trace=%file", "-o"]).arg(&log);
    let outcome = finish(strace.args(["mssh", WEB1, "true"]));
    let log = fs::read_to_string(log).expect("a log");
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let of_config = log.lines().filter(|it| it.contains(".config"));
    let of_config: Vec<&str> = of_config.collect();
    let [open] = of_config[..] else {
        panic!("{of_config:?}");
    };
    assert!(open.contains("open") && open.contains("ENOENT"), "{open}");
}

#[test]
fn two_destinations_with_different_settings_are_an_error() {
    let user = SshUser::configured("[host.a]\nvia = \"private\"\n");
    user.run("mscp", &["a:x", "b:y"]).fails(
        255,
        &[
            "mscp: error: the configuration has another `via` for a than for b",
            "mscp: hint: choose one for both: --via",
        ],
    );
}
