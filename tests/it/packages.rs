//! The packages that `scripts/release` makes have the right files, in the right places.

mod files;
mod wheel;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::sandbox::{finish, skipped};

const NAME: &str = concat!(env!("CARGO_PKG_NAME"), "-", env!("CARGO_PKG_VERSION"));

/// A file of the project.
fn project(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Runs `scripts/release` with these parts.
fn release(programs: &Path, out: &Path, parts: &[&str]) -> Command {
    let mut command = Command::new(project("scripts/release"));
    command.arg("--quick").args(parts);
    command
        .arg("--programs")
        .arg(programs)
        .arg("--out")
        .arg(out);
    command
}

/// A directory with small programs in place of ours.
fn small_programs() -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for name in ["mssh", "msftp", "mscp"] {
        symlink(env!("CARGO_BIN_EXE_msftp"), directory.path().join(name)).expect("a link");
    }
    directory
}

/// A directory with packages of small programs, as far as their tools are installed.
fn packages() -> &'static Path {
    static PACKAGES: OnceLock<TempDir> = OnceLock::new();
    PACKAGES.get_or_init(|| packed("022", "UTC")).path()
}

/// Packs with this umask and time zone.
fn packed(umask: &str, zone: &str) -> TempDir {
    let out = tempfile::tempdir().expect("a directory");
    let programs = small_programs();
    let mut parts = vec!["tarball"];
    for (part, tool) in [("deb", "dpkg-deb"), ("rpm", "rpmbuild")] {
        if which::which(tool).is_ok() {
            parts.push(part);
        } else {
            skipped(&format!("the {part}: {tool} is not installed"));
        }
    }
    let pack = release(programs.path(), out.path(), &parts);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("umask {umask}; exec \"$@\""), "sh"]);
    shell.arg(pack.get_program()).args(pack.get_args());
    let outcome = finish(shell.env("TZ", zone));
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    out
}

/// The package whose name ends so, if there is one.
fn package(end: &str) -> Option<PathBuf> {
    let files = fs::read_dir(packages()).expect("a directory");
    let mut files = files.map(|entry| entry.expect("an entry").path());
    files.find(|file| file.to_string_lossy().ends_with(end))
}

#[test]
fn the_same_sources_give_the_same_bytes() {
    let again = packed("077", "Pacific/Auckland");
    let files: Vec<_> = fs::read_dir(packages()).expect("a directory").collect();
    assert!(!files.is_empty());
    for file in files {
        let file = file.expect("an entry");
        let second = fs::read(again.path().join(file.file_name())).expect("the same name");
        let first = fs::read(file.path()).expect("a package");
        assert!(first == second, "{:?} differs", file.file_name());
    }
}

#[test]
fn every_crate_in_the_programs_has_its_license_in_the_packages() {
    let file = package(".tar.gz").expect("a tarball");
    let mut tar = Command::new("tar");
    let outcome = finish(
        tar.args(["-xzOf"])
            .arg(file)
            .args(["--wildcards", "*/crates.txt"]),
    );
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    for crate_name in ["aws-sdk-ec2", "clap", "ring", "tokio"] {
        let entry = outcome
            .stdout
            .lines()
            .find(|line| line.starts_with(&format!("{crate_name} ")));
        assert!(
            entry.is_some_and(|line| line.contains(": ")),
            "{crate_name}: {entry:?}"
        );
    }
    assert!(
        outcome
            .stdout
            .contains("Permission is hereby granted, free of charge")
    );
}

#[test]
fn the_crate_has_what_users_install_and_no_tests() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["package", "--list", "--allow-dirty", "--locked"]);
    let outcome = finish(cargo.current_dir(project("")));
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let files: Vec<&str> = outcome.stdout.lines().collect();
    for file in [
        "Cargo.lock",
        "LICENSE",
        "README.md",
        "man/mssh.1",
        "completions/_mscp",
        "src/lib.rs",
    ] {
        assert!(files.contains(&file), "no {file}: {files:?}");
    }
    for folder in [
        ".ci",
        ".github",
        "benches",
        "examples",
        "packaging",
        "scripts",
        "tests",
    ] {
        let found = files
            .iter()
            .find(|it| it.starts_with(&format!("{folder}/")));
        assert_eq!(found, None);
    }
}
