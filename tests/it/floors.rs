//! Who may import whom: door → stories → world → plan, wire. A rule that no machine checks is a wish.

use std::fs;
use std::path::{Path, PathBuf};

/// What each part of `src/` must not name. The first that begins a file's path counts.
const RULES: &[(&str, &[&str])] = &[
    (
        "plan/",
        &[
            "tokio",
            "aws_config",
            "aws_credential_types",
            "aws_sdk_",
            "aws_smithy_",
            "aws_types",
            "rustix",
            "std::env",
            "std::fs",
            "std::process",
            "std::thread",
            "std::time",
            "TcpStream",
            "crate::connect",
            "crate::error",
            "crate::generate",
            "crate::listen",
            "crate::setup",
            "crate::shell",
            "crate::tunnel",
            "crate::wire",
            "crate::world",
        ],
    ),
    (
        "wire/",
        &[
            "tokio",
            "aws_",
            "rustix",
            "hyper",
            "std::env",
            "std::fs",
            "std::net",
            "std::process",
            "std::thread",
            "Instant",
            "SystemTime",
            "async ",
            "crate::world",
            "crate::connect",
            "crate::generate",
            "crate::plan",
            "crate::error",
        ],
    ),
    (
        "world/",
        &["crate::connect", "crate::generate", "super::super::connect"],
    ),
    ("error", &["crate::connect", "aws_", "tokio"]),
    (
        "tunnel",
        &["crate::connect", "crate::generate", "aws_", "rustix"],
    ),
    ("connect", &["crate::generate", "aws_", "rustix"]),
    (
        "setup",
        &["crate::connect", "crate::generate", "aws_", "tokio"],
    ),
    (
        "complete",
        &["crate::connect", "crate::generate", "aws_", "tokio"],
    ),
    (
        "generate",
        &["crate::connect", "crate::world", "aws_", "tokio"],
    ),
];

#[test]
fn nothing_imports_upward() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = vec![0; RULES.len()];
    for file in sources(&src) {
        let name = file
            .strip_prefix(&src)
            .expect("below src")
            .to_string_lossy();
        let Some(rule) = RULES.iter().position(|(part, _)| name.starts_with(part)) else {
            continue;
        };
        seen[rule] += 1;
        for line in code(&file).lines() {
            // What stands between quotes names no crate: `aws_access_key_id` is a key of a file.
            let names: String = line.split('"').step_by(2).collect();
            for forbidden in RULES[rule].1 {
                assert!(
                    !names.contains(forbidden),
                    "{name} must not name {forbidden}: {line}"
                );
            }
        }
    }
    assert!(!seen.contains(&0), "a part is gone: {seen:?}");
}

#[test]
fn standard_output_is_had_at_the_door_alone() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut owners: Vec<PathBuf> = sources(&src)
        .into_iter()
        .filter(|file| code(file).contains("stdout()"))
        .collect();
    owners.sort();
    // One gives it to tunnels, the other writes our own texts to it.
    assert_eq!(owners, ["for_ssh.rs", "lib.rs"].map(|file| src.join(file)));
}

/// A file up to its tests, without comments; of a file of tests, nothing.
fn code(file: &Path) -> String {
    if file.ends_with("tests.rs") {
        return String::new();
    }
    let text = fs::read_to_string(file).expect("a source file");
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn sources(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("a directory");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                sources(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
