//! The lab as a program: `cargo run --example lab`.

mod recording;
mod shell;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::lab::cargo;
use crate::lab::instances::WEB1;
use crate::sandbox::{finish, write_script};

fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into())
}

/// Builds the example. Its path.
fn program() -> PathBuf {
    let test = env::current_exe().expect("a path");
    let directory = test.ancestors().nth(2).expect("below target");
    let mut build = cargo::build(&cargo(), cargo::profile_of(directory));
    let outcome = finish(build.arg("--quiet"));
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    directory.join("examples/lab")
}

/// A wrapper of Cargo that writes its JSON messages to the file `messages`.
fn telling_cargo(directory: &Path) -> PathBuf {
    let script = format!(
        "#!/bin/sh\nexec '{}' \"$@\" --message-format json >'{}'\n",
        cargo().display(),
        directory.join("messages").display()
    );
    let file = directory.join("cargo");
    write_script(&file, &script);
    file
}

#[test]
fn nothing_is_built_twice() {
    let program = program();
    let directory = tempfile::tempdir().expect("a directory");
    // The environment of a program that Cargo has started.
    let mut command = Command::new(program);
    command
        .env("CARGO", telling_cargo(directory.path()))
        .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
        .env("CARGO_PKG_NAME", env!("CARGO_PKG_NAME"))
        .args(["mssh", WEB1, "echo in; exit 7"]);
    let outcome = finish(&mut command);
    assert_eq!(
        (outcome.stdout.as_str(), outcome.code),
        ("in\n", Some(7)),
        "{outcome:?}"
    );
    let messages = fs::read_to_string(directory.path().join("messages")).expect("messages");
    let messages = messages.lines().map(serde_json::from_str::<Value>);
    let built: Vec<Value> = messages
        .map(|message| message.expect("JSON"))
        .filter(|message| message["reason"] == "compiler-artifact")
        .collect();
    assert!(built.len() > 100, "{built:?}");
    let anew = built.iter().filter(|it| it["fresh"] != true);
    let anew: Vec<&Value> = anew.map(|it| &it["target"]["name"]).collect();
    assert!(anew.is_empty(), "built anew: {anew:?}");
}
