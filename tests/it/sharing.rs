//! Connection sharing: over a running master connection, no key is made or pushed.

mod clients;
mod consoles;
mod masters;
mod paths;

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use tempfile::TempDir;

use crate::lab::Caller;
use crate::sandbox::{Outcome, lab, look_ups, pushes, run};

/// A directory for sockets. Their masters are ended on drop.
struct Sockets<'a> {
    directory: TempDir,
    caller: &'a Caller<'a>,
}

impl<'a> Sockets<'a> {
    fn of(caller: &'a Caller<'a>) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        Self { directory, caller }
    }

    /// A ControlPath of this form.
    fn path(&self, form: &str) -> String {
        let directory = self.directory.path().to_str().expect("a name");
        format!("{directory}/{form}")
    }

    /// The existing sockets.
    fn found(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.directory).expect("a directory");
        entries.flatten().map(|entry| entry.path()).collect()
    }

    /// A config file for `-F` with this text.
    fn config(&self, text: &str) -> String {
        let path = self.path("config");
        let known = lab().home().join(".ssh/known_hosts");
        let (known, port) = (known.display(), lab().port());
        let general = format!("Host *\n  UserKnownHostsFile {known}\n  Port {port}\n");
        fs::write(&path, format!("{text}\n{general}")).expect("written");
        path
    }

    /// Starts a master in the background.
    #[track_caller]
    fn master(&self, words: &[&str]) -> &Self {
        let words = ["-M", "-f", "-N"].iter().chain(words);
        run(self.caller, "mssh", words).prints("");
        self
    }
}

impl Drop for Sockets<'_> {
    fn drop(&mut self) {
        for socket in self.found() {
            let mut ssh = self.caller.command("ssh");
            ssh.args(["-O", "exit", "-S"]).arg(socket).arg("whoever");
            let _ = ssh.output();
        }
    }
}

/// The modification time of the caller's runtime directory.
fn touched(caller: &Caller<'_>) -> SystemTime {
    let metadata = fs::metadata(caller.run_dir()).expect("a directory");
    metadata.modified().expect("a time")
}

/// Runs a program, and counts look-ups and pushes. Asserts that without a push no key directory was
/// made.
#[track_caller]
fn counted(caller: &Caller<'_>, program: &str, words: &[&str]) -> (Outcome, [usize; 2]) {
    let calls = || [look_ups(caller), pushes(caller).len()];
    assert!(crate::sandbox::no_key_is_left(caller));
    let ([found, pushed], before) = (calls(), touched(caller));
    let outcome = run(caller, program, words);
    let after = calls();
    let more = [after[0] - found, after[1] - pushed];
    assert_eq!(
        touched(caller) == before,
        more[1] == 0,
        "a key dir: {words:?}"
    );
    (outcome, more)
}

/// Asserts that `mssh` logs in with these numbers of look-ups and pushes.
#[track_caller]
fn gets_in(caller: &Caller<'_>, words: &[&str], calls: [usize; 2]) {
    let (outcome, more) = counted(caller, "mssh", &[words, &["echo in"]].concat());
    outcome.prints("in\n");
    assert_eq!(more, calls, "look-ups and pushes of {words:?}");
}
