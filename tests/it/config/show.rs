//! What tells about the configuration: `--show-config`, `--init-config`, `--debug`, `--doctor`.

use std::fs;

use serde_json::Value;

use crate::lab::instances::WEB1;
use crate::sandbox::{SshUser, finish, mode};

#[test]
fn show_config_tells_each_value_and_its_origin() {
    let user = SshUser::configured("[host.web-1]\nregion = \"eu-west-1\"\nlogin = \"ubuntu\"\n");
    let path = user.configuration();
    let path = path.to_str().expect("a path");
    let shown = |words: &[&str]| {
        let mut mssh = user.command("mssh");
        mssh.env_remove("AWS_ACCESS_KEY_ID")
            .env("AWS_PROFILE", "dev");
        finish(mssh.args(words))
    };
    let table = shown(&["--show-config", "--ssm", "web-1"]).stdout;
    let row = |key: &str| {
        let row = table.lines().find(|it| it.split(' ').next() == Some(key));
        let words = row.unwrap_or_default().split_whitespace().skip(1);
        words.collect::<Vec<_>>().join(" ")
    };
    for (key, text) in [
        ("file", &*format!("{path} default")),
        ("profile", "dev AWS_PROFILE"),
        ("region", "us-east-1 AWS_REGION"),
        (
            "login",
            &format!("ubuntu {path}:3, unless ssh_config has a User"),
        ),
        ("via", "ssm --ssm"),
        ("host-key-alias", "auto default"),
    ] {
        assert_eq!(row(key), text, "{table}");
    }
    let json = shown(&["--show-config", "--json", "me@web-1"]).stdout;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["file"], path);
    assert_eq!(json["settings"][2]["value"], "me");
    assert_eq!(json["settings"][2]["from"], "user@");
    fs::remove_file(path).expect("a file");
    let table = shown(&["--show-config", "web-1"]).stdout;
    assert!(table.contains("default: not there"), "{table}");
    assert!(user.caller.calls().is_empty());
}

#[test]
fn a_target_is_needed_and_escapes_are_not_shown() {
    let user = SshUser::with("");
    let outcome = user.run("mssh", &["--show-config"]);
    assert!(outcome.stderr.contains("no target given"), "{outcome:?}");
    let outcome = user.run("mssh", &["--show-config", "-u", "\x1b[31m", "web"]);
    assert!(!outcome.stdout.contains('\x1b'), "{outcome:?}");
    let both = user.run("mssh", &["--show-config", "--doctor", "web"]);
    assert_eq!(both.code, Some(255), "{both:?}");
}

#[test]
fn init_config_writes_the_example_of_the_documentation_once() {
    let user = SshUser::with("");
    let path = user.configuration();
    let outcome = user.run("mssh", &["--init-config"]);
    let line = format!("mssh: wrote {}\n", path.display());
    assert_eq!((outcome.stderr, outcome.code), (line, Some(0)));
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
    let page = fs::read_to_string(page).expect("a page");
    let block = page.split("\n```toml\n").nth(1).expect("a block");
    let block = block.split_once("\n```").map(|(block, _)| block);
    let written = fs::read_to_string(&path).expect("a file");
    assert_eq!(block, Some(written.trim_end()));
    assert_eq!(mode(&path), 0o600);
    user.run("mssh", &["--dry-run", WEB1]);
    let again = user.run("mssh", &["--init-config"]);
    let error = format!("mssh: error: the configuration {} exists", path.display());
    assert_eq!(again.stderr.lines().next(), Some(&*error));
    let target = user.run("mssh", &["--init-config", WEB1]);
    let error = "a target cannot be used with --init-config";
    assert!(target.stderr.contains(error), "{target:?}");
}

#[test]
fn debug_and_the_doctor_tell_what_is_from_the_file() {
    let user = SshUser::configured("[defaults]\nlogin = \"ubuntu\"\n");
    let path = user.configuration();
    let setting = format!("login is ubuntu by {}:2", path.display());
    let debug = user.run("mssh", &["--debug", "--dry-run", WEB1]);
    assert!(debug.stderr.contains(&setting), "{debug:?}");
    let mut doctor = user.command("mssh");
    doctor.env("MSSH_CHECKIP_URL", "");
    let report = finish(doctor.args(["--doctor", "--json", "--dry-run", WEB1])).stdout;
    assert!(report.contains(&setting), "{report}");
    let read = report.lines().find(|it| it.contains("read: "));
    let read = read.unwrap_or_default();
    assert!(read.contains(path.to_str().expect("a path")), "{report}");
}
