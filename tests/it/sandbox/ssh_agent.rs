//! The user's own agent, a real `ssh-agent`.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{PATIENCE, SshUser, eventually};
use crate::lab::instances::WEB1;

/// A real ssh-agent, killed on drop.
pub(crate) struct SshAgent {
    process: Child,
    pub(crate) socket: PathBuf,
}

impl SshAgent {
    /// An agent at `agent` in the user's home.
    pub(crate) fn of(user: &SshUser) -> Self {
        Self::at(user, user.home.join("agent"))
    }

    #[track_caller]
    pub(crate) fn at(user: &SshUser, socket: PathBuf) -> Self {
        let mut agent = user.command("ssh-agent");
        agent.args(["-D", "-a"]).arg(&socket).stdin(Stdio::null());
        let process = agent.stdout(Stdio::null()).spawn().expect("ssh-agent");
        assert!(eventually(PATIENCE, || socket.exists()));
        Self { process, socket }
    }

    /// Makes a key that logs in to [`WEB1`] for ten minutes, and that only this agent has. Returns its
    /// public half, which is at `mine.pub` in the user's home, too.
    #[track_caller]
    pub(crate) fn has_a_key(&self, user: &SshUser) -> String {
        let key = user.home.join("mine");
        let words = ["-q", "-t", "ed25519", "-N", "", "-C", "mine", "-f", "mine"];
        user.run("ssh-keygen", &words).prints("");
        user.caller.key_lifetime(Duration::from_mins(10));
        user.run("mssh", &["-i", "mine", WEB1, "true"]).prints("");
        user.caller.key_lifetime(Duration::from_mins(1));
        let mut add = self.command(user, "ssh-add");
        let added = add.args(["-q"]).arg(&key).status();
        assert!(added.is_ok_and(|it| it.success()));
        std::fs::remove_file(&key).expect("a key");
        std::fs::read_to_string(key.with_extension("pub")).expect("its public half")
    }

    /// A program of the user with this agent.
    pub(crate) fn command(&self, user: &SshUser, program: &str) -> Command {
        let mut command = user.command(program);
        command.env("SSH_AUTH_SOCK", &self.socket);
        command
    }
}

impl Drop for SshAgent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
