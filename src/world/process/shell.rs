//! The shell that ssh gives its ProxyCommand to, and its LocalCommand: the one that SHELL names.

use std::env;
use std::path::Path;

use rustix::fs::{Access, access};

/// The variable that names it.
pub const VARIABLE: &str = "SHELL";

/// What every system has.
const USUAL: &str = "/bin/sh";

/// The shells that read our quotes as POSIX has them (XCU 2.2).
const KNOWN: [&str; 14] = [
    "ash", "bash", "dash", "fish", "ksh", "ksh93", "loksh", "mksh", "oksh", "pdksh", "posh", "sh",
    "yash", "zsh",
];

/// The shell for a ProxyCommand of ours, where the user's is not for that: it runs nothing
/// (nologin(8), false(1)), is not there, is named without its path, or quotes in another way. Else
/// theirs stays, for their LocalCommand and for hops of theirs that have a ProxyCommand.
#[must_use]
pub fn instead() -> Option<&'static str> {
    let theirs = env::var_os(VARIABLE).filter(|name| !name.is_empty())?;
    let path = Path::new(&theirs);
    let name = path.file_name().and_then(|name| name.to_str());
    let known = name.is_some_and(|name| KNOWN.contains(&name));
    let runs = path.is_absolute() && access(path, Access::EXEC_OK).is_ok();
    (!known || !runs).then_some(USUAL)
}
