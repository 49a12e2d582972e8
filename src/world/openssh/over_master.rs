//! Commands over a master connection that is open.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::process::Stdio;

use super::run_ssh::run_ssh;
use crate::plan::argv::quote;

/// The options of an ssh that reads no file, and can connect by the master only: its ProxyCommand fails.
const OPTIONS: [&str; 11] = [
    "-F",
    "none",
    "-T",
    "-o",
    "ControlMaster=no",
    "-o",
    "ProxyCommand=false",
    "-o",
    "BatchMode=yes",
    "-o",
    "LogLevel=QUIET",
];

/// What a command prints on the host of the master at this socket, up to 4 MB; `None` if the master
/// does not answer, or it prints nothing.
pub(crate) async fn output(ssh: &Path, socket: &Path, command: OsString) -> Option<Vec<u8>> {
    let mut words: Vec<OsString> = OPTIONS.map(OsString::from).into();
    let socket = quote::doubled(socket.as_os_str().as_bytes());
    words.extend(["-S".into(), OsString::from_vec(socket)]);
    // The master knows the host.
    words.extend([OsStr::new("--"), OsStr::new("master")].map(OsString::from));
    words.push(command);
    let output = run_ssh(ssh, words, Stdio::null()).await.ok()?;
    // ls fails if it cannot read one of the names.
    Some(output.stdout).filter(|it| !it.is_empty())
}
