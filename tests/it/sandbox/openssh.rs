//! OpenSSH without mssh: ssh_config files, and plain ssh with a key of the user.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::{finish, lab};
use crate::lab::Caller;
use crate::lab::instances::WEB1;

/// An ssh_config file, in a directory that is removed when the first value is dropped.
pub(crate) fn config(text: &str) -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("ssh config");
    let known: PathBuf = lab().home().join(".ssh/known_hosts");
    let port = lab().port();
    let text = format!(
        "{text}\nHost *\n  UserKnownHostsFile {}\n  Port {port}\n",
        known.display()
    );
    fs::write(&path, text).expect("written");
    (directory, path.to_str().expect("a name").to_owned())
}

/// A ProxyCommand that connects to this address.
pub(crate) fn proxy(address: &str) -> String {
    let port = lab().port();
    format!("bash -c 'exec 3<>/dev/tcp/{address}/{port}; cat <&3 & cat >&3; kill $!'")
}

/// Plain ssh to [`WEB1`], with a key of the user that `mssh -i` has pushed.
///
/// `mssh` must treat arguments, signals and exit status in the same way.
#[track_caller]
pub(crate) fn plain_ssh(caller: &Caller<'_>) -> Command {
    let key = lab().path().join(format!("{}.key", caller.access_key()));
    if !key.exists() {
        let mut keygen = caller.command("ssh-keygen");
        keygen.args(["-q", "-t", "ed25519", "-N", "", "-f"]);
        finish(keygen.arg(&key)).prints("");
    }
    caller.key_lifetime(Duration::from_mins(10));
    let mut push = caller.command("mssh");
    finish(push.arg("-i").arg(&key).args([WEB1, "true"])).prints("");
    let mut ssh = caller.command("ssh");
    ssh.args(["-o", "IdentitiesOnly=yes", "-i"]).arg(&key);
    ssh.arg("ec2-user@127.0.0.11");
    ssh
}
