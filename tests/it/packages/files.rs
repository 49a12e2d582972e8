//! Each package has the same files, where its system looks for them.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{NAME, package, project};
use crate::sandbox::finish;

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
    let pages =
        names("docs").filter(|name| Path::new(name).extension().is_some_and(|it| it == "md"));
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
