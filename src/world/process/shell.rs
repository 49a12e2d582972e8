//! The shell in which ssh runs ProxyCommand and LocalCommand: the one that SHELL names.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

/// The environment variable that names the shell.
pub(crate) const VARIABLE: &str = "SHELL";

/// The shell that every system has.
const USUAL: &str = "/bin/sh";

/// Shells that understand POSIX quoting (XCU 2.2).
const KNOWN: [&str; 14] = [
    "ash", "bash", "dash", "fish", "ksh", "ksh93", "loksh", "mksh", "oksh", "pdksh", "posh", "sh",
    "yash", "zsh",
];

/// Another shell for our ProxyCommand, if the user's cannot run it: it runs nothing (nologin(8),
/// false(1)), does not exist, has no absolute path, or quotes differently. Otherwise SHELL stays, for
/// the user's own LocalCommand and ProxyCommand.
#[must_use]
pub(crate) fn instead() -> Option<&'static str> {
    let theirs = env::var_os(VARIABLE).filter(|name| !name.is_empty())?;
    let path = Path::new(&theirs);
    let name = path.file_name().and_then(|name| name.to_str());
    let known = name.is_some_and(|name| KNOWN.contains(&name));
    let runs = path.is_absolute() && access(path, Access::EXEC_OK).is_ok();
    (!known || !runs).then_some(USUAL)
}

/// Whether the user's shell runs a ProxyCommand without reading a startup file, which would take time,
/// and could print something where ssh expects a descriptor. And whether ssh starts it: with
/// ProxyUseFdpass, ssh takes an empty SHELL for the name of a shell.
#[must_use]
pub(crate) fn reads_no_file() -> bool {
    let Some(theirs) = env::var_os(VARIABLE) else {
        return true;
    };
    let name = Path::new(&theirs).file_name().and_then(OsStr::to_str);
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let reads = match name {
        None | Some("fish") => true,
        Some("bash") => is_set("BASH_ENV"),
        Some("zsh") => zshenv().iter().any(|file| file.exists()),
        Some("sh" | "dash" | "ash" | "yash" | "posh") => false,
        // The Korn shells; some releases read it for scripts, too.
        Some(_) => is_set("ENV"),
    };
    !reads && instead().is_none()
}

/// The files that zsh reads before anything else (STARTUP/SHUTDOWN FILES in zsh(1)).
fn zshenv() -> [PathBuf; 3] {
    let home = env::var_os("ZDOTDIR").or_else(|| env::var_os("HOME"));
    let home = PathBuf::from(home.unwrap_or_default());
    [
        "/etc/zshenv".into(),
        "/etc/zsh/zshenv".into(),
        home.join(".zshenv"),
    ]
}
