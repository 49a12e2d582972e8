//! The wheel installs, logs in, and is removed as a whole.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{NAME, release};
use crate::lab::instances::WEB1;
use crate::sandbox::{caller, files_below, finish, skipped};

/// A fresh virtual environment, or None if this machine's Python makes none.
fn environment(directory: &Path) -> Option<PathBuf> {
    let place = directory.join("venv");
    let made = finish(Command::new("python3").args(["-m", "venv"]).arg(&place));
    if made.code == Some(0) {
        return Some(place);
    }
    skipped(&format!(
        "the wheel: python3 -m venv: {}{}",
        made.stdout, made.stderr
    ));
    None
}

/// Runs this environment's pip.
fn pip(environment: &Path, words: &[&str]) {
    let mut pip = Command::new(environment.join("bin/python"));
    let quiet = [
        "-m",
        "pip",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
    ];
    let outcome = finish(pip.args(quiet).args(words));
    assert_eq!(
        outcome.code,
        Some(0),
        "{words:?}: {}{}",
        outcome.stdout,
        outcome.stderr
    );
}

#[test]
fn an_installed_wheel_logs_in() {
    let directory = tempfile::tempdir().expect("a directory");
    let programs = Path::new(env!("CARGO_BIN_EXE_mssh"))
        .parent()
        .expect("a directory");
    let packed = finish(&mut release(programs, directory.path(), &["wheel"]));
    assert_eq!(packed.code, Some(0), "{}", packed.stderr);
    let wheel = packed.stdout.split_whitespace().nth(1).expect("a file");
    assert!(wheel.contains(&NAME.replace("ec2-", "ec2_")), "{wheel}");

    let Some(place) = environment(directory.path()) else {
        return;
    };
    let before = installed(&place);
    pip(&place, &["install", "--no-index", "--no-deps", wheel]);
    let caller = caller();
    for name in ["mssh", "msftp", "mscp"] {
        let version = finish(
            caller
                .command(place.join("bin").join(name))
                .arg("--version"),
        );
        let first = format!("{name} {}\n", env!("CARGO_PKG_VERSION"));
        assert!(version.stdout.starts_with(&first), "{version:?}");
        for file in [
            format!("man/man1/{name}.1"),
            format!("bash-completion/completions/{name}"),
            format!("zsh/site-functions/_{name}"),
            format!("fish/vendor_completions.d/{name}.fish"),
        ] {
            assert!(place.join("share").join(&file).is_file(), "{file}");
        }
    }
    let mssh = place.join("bin/mssh");
    finish(caller.command(mssh).args([WEB1, "echo in"])).prints("in\n");

    pip(&place, &["uninstall", "--yes", env!("CARGO_PKG_NAME")]);
    assert_eq!(installed(&place), before);
}

/// The files of an environment, without Python's caches.
fn installed(place: &Path) -> Vec<PathBuf> {
    let mut files = files_below(place);
    files.retain(|file| file.extension().is_none_or(|it| it != "pyc"));
    files.sort();
    files
}
