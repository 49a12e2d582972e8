//! Cargo, run by a program that Cargo has started.

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// What Cargo sets for the programs that it starts, besides `CARGO_PKG_*`. Build scripts (ring's)
/// depend on some of these: a Cargo that inherits them rebuilds such crates and their dependents,
/// and so does the next Cargo that does not.
const SET_BY_CARGO: &[&str] = &[
    "CARGO",
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_MAKEFLAGS",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_LINKS",
    "CARGO_MANIFEST_PATH",
    "CARGO_PRIMARY_PACKAGE",
    "CARGO_TARGET_TMPDIR",
    "OUT_DIR",
];

/// The command that builds `mssh`, `msftp`, `mscp` and the lab.
///
/// The lab is among the targets because Cargo then unifies features as it did for the lab's own
/// build. For the programs alone they differ, and much would be built a second time.
pub(crate) fn build(cargo: &OsStr, profile: &str) -> Command {
    let mut command = Command::new(cargo);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || SET_BY_CARGO.contains(&&*text) {
            command.env_remove(name);
        }
    }
    command
        .args(["build", "--bins", "--example", "lab", "--profile", profile])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// The profile that builds into this directory of `target`.
pub(crate) fn profile_of(directory: &Path) -> &str {
    match directory.file_name().and_then(|name| name.to_str()) {
        None | Some("debug") => "dev",
        Some(profile) => profile,
    }
}
