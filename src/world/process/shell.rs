//! The shell in which ssh runs ProxyCommand and LocalCommand: the one that SHELL names.

use std::env;
use std::path::Path;

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
