//! The packages that `scripts/release` makes have the right files, in the right places.

mod wheel;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::sandbox::{finish, skipped};

const NAME: &str = concat!(env!("CARGO_PKG_NAME"), "-", env!("CARGO_PKG_VERSION"));

/// Below a prefix: programs, man pages, completions and documents, in all packages.
const SHARED: [&str; 13] = [
    "755 bin/mscp",
    "755 bin/msftp",
    "755 bin/mssh",
    "644 share/bash-completion/completions/mscp",
    "644 share/bash-completion/completions/msftp",
    "644 share/bash-completion/completions/mssh",
    "644 share/doc/ec2-mssh/CHANGELOG.md",
    "644 share/doc/ec2-mssh/README.md",
    "644 share/doc/ec2-mssh/SECURITY.md",
    "644 share/doc/ec2-mssh/crates.txt",
    "644 share/fish/vendor_completions.d/mscp.fish",
    "644 share/fish/vendor_completions.d/msftp.fish",
    "644 share/fish/vendor_completions.d/mssh.fish",
];

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
    // All crates are there: they are in these tests.
    command.env("CARGO_NET_OFFLINE", "true");
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
    let outcome = finish(shell.env("CARGO_NET_OFFLINE", "true").env("TZ", zone));
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    out
}

/// The package whose name ends so, if there is one.
fn package(end: &str) -> Option<PathBuf> {
    let files = fs::read_dir(packages()).expect("a directory");
    let mut files = files.map(|entry| entry.expect("an entry").path());
    files.find(|file| file.to_string_lossy().ends_with(end))
}

/// The files of a listing like that of `tar -tv`: mode and path, sorted. All belong to root.
fn listed(mut command: Command, prefix: &str) -> Vec<String> {
    let outcome = finish(&mut command);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let lines = outcome.stdout.lines().filter(|line| line.starts_with('-'));
    let mut files: Vec<String> = lines
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert!(
                words[1] == "root/root" || words[2..4] == ["root", "root"],
                "{line}"
            );
            let path = words.last().and_then(|it| it.strip_prefix(prefix));
            format!("{} {}", octal(words[0]), path.expect(line))
        })
        .collect();
    files.sort();
    files
}

/// The mode of `-rwxr-xr-x`.
fn octal(letters: &str) -> String {
    let bits = letters[1..].chars().map(|it| u32::from(it != '-'));
    format!("{:o}", bits.fold(0, |mode, bit| mode * 2 + bit))
}

/// The names of the files in a directory of the project.
fn names(directory: &str) -> impl Iterator<Item = String> {
    let files = fs::read_dir(project(directory)).expect("a directory");
    files.filter_map(|entry| entry.expect("an entry").file_name().into_string().ok())
}

/// The expected files: the shared ones, with changes, and those of one package.
fn expected(change: impl Fn(&str) -> String, more: &[&str]) -> Vec<String> {
    let pages = names("docs").filter(|name| name.ends_with(".md"));
    let pages = pages.map(|name| format!("644 share/doc/ec2-mssh/docs/{name}"));
    let manual = names("man").map(|name| {
        let (_, section) = name.rsplit_once('.').expect("a section");
        change(&format!("644 share/man/man{section}/{name}"))
    });
    let shared = SHARED.iter().map(|it| change(it));
    let more = more.iter().map(|it| (*it).to_owned());
    let all = shared.chain(manual).chain(pages).chain(more);
    let mut all: Vec<String> = all.collect();
    all.sort();
    all
}

#[test]
fn the_tarball_unpacks_into_a_prefix() {
    let file = package(".tar.gz").expect("a tarball");
    let triple = file.file_name().expect("a name").to_string_lossy();
    let top = format!("{}/", triple.trim_end_matches(".tar.gz"));
    assert!(top.starts_with(&format!("{NAME}-")), "{top}");
    let mut tar = Command::new("tar");
    tar.arg("-tvzf").arg(&file);
    let more = [
        "644 share/doc/ec2-mssh/LICENSE",
        "644 share/zsh/site-functions/_mscp",
        "644 share/zsh/site-functions/_msftp",
        "644 share/zsh/site-functions/_mssh",
    ];
    assert_eq!(listed(tar, &top), expected(str::to_owned, &more));
}

#[test]
fn the_debian_package_follows_debians_policy() {
    let Some(file) = package(".deb") else { return };
    let mut dpkg = Command::new("dpkg-deb");
    dpkg.arg("--contents").arg(&file);
    let more = [
        "644 share/doc/ec2-mssh/changelog.gz",
        "644 share/doc/ec2-mssh/copyright",
        "644 share/zsh/vendor-completions/_mscp",
        "644 share/zsh/vendor-completions/_msftp",
        "644 share/zsh/vendor-completions/_mssh",
    ];
    let gzipped = ["/man/", "/CHANGELOG.md", "/crates.txt"];
    let change = |it: &str| {
        let gz = gzipped.iter().any(|part| it.contains(part));
        format!("{it}{}", if gz { ".gz" } else { "" })
    };
    assert_eq!(listed(dpkg, "./usr/"), expected(change, &more));
    let control = finish(Command::new("dpkg-deb").arg("--field").arg(&file)).stdout;
    // Debian's own package of the name mssh has another program /usr/bin/mssh.
    for line in [
        "Package: ec2-mssh\n",
        "Conflicts: mssh\n",
        "openssh-client (>= 1:8.4)",
    ] {
        assert!(control.contains(line), "{control}");
    }
}

#[test]
fn the_rpm_has_the_same_files() {
    let Some(file) = package(".rpm") else { return };
    let mut rpm = Command::new("rpm");
    rpm.args(["-qlvp"]).arg(&file);
    let more = [
        "644 share/doc/ec2-mssh/LICENSE",
        "644 share/zsh/site-functions/_mscp",
        "644 share/zsh/site-functions/_msftp",
        "644 share/zsh/site-functions/_mssh",
    ];
    let change = |it: &str| format!("{it}{}", if it.contains("/man/") { ".gz" } else { "" });
    assert_eq!(listed(rpm, "/usr/"), expected(change, &more));
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
    cargo.args([
        "package",
        "--list",
        "--allow-dirty",
        "--offline",
        "--locked",
    ]);
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
