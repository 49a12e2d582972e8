//! A session to look at while it lives.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::processes::{Process, keepers_below, key_of, pid_of};
use super::{Outcome, outcome};
use crate::lab::Caller;
use crate::lab::instances::WEB1;

/// A login that lasts until it is ended: the other side says it is ready, then echoes.
pub(crate) struct Login {
    child: Option<Child>,
    stdin: Option<ChildStdin>,
}

impl Login {
    /// One of `mssh` to [`WEB1`].
    #[track_caller]
    pub(crate) fn of(caller: &Caller<'_>) -> Self {
        Self::open(caller.command("mssh").arg(WEB1))
    }

    /// One of this command, to which the remote command is added. Returns when it is logged in.
    #[track_caller]
    pub(crate) fn open(command: &mut Command) -> Self {
        let mut child = command
            .arg("echo ready; exec cat")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdin = child.stdin.take();
        let mut session = Self {
            child: Some(child),
            stdin,
        };
        let ready = session.hear(6);
        assert!(ready == b"ready\n", "no login: {:?}", session.end());
        session
    }

    /// The next `count` bytes from the other side: fewer if it is gone.
    pub(crate) fn hear(&mut self, count: u64) -> Vec<u8> {
        let child = self.child.as_mut().expect("a session");
        let stdout = child.stdout.as_mut().expect("a pipe");
        let mut heard = Vec::new();
        let _ = stdout.take(count).read_to_end(&mut heard);
        heard
    }

    /// Whether the other side still answers.
    pub(crate) fn answers(&mut self) -> bool {
        use std::io::Write;
        let mut stdin = self.stdin.as_ref().expect("a session");
        stdin.write_all(b"hello\n").is_ok() && self.hear(6) == b"hello\n"
    }

    /// The process that was `mssh`.
    pub(crate) fn pid(&self) -> Pid {
        pid_of(self.child.as_ref().expect("a session"))
    }

    /// Its key, as its command line names it.
    #[track_caller]
    pub(crate) fn key(&self) -> PathBuf {
        key_of(self.pid()).expect("a key on ssh's command line")
    }

    /// Its keeper.
    #[track_caller]
    pub(crate) fn keeper(&self) -> Process {
        let room = self.key().parent().map(Path::to_owned).expect("a parent");
        let mut keepers = keepers_below(&room);
        assert_eq!(keepers.len(), 1, "{keepers:?}");
        keepers.remove(0)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("a process of ours");
    }

    /// Hangs up on the other side, and waits for the end.
    pub(crate) fn end(&mut self) -> Outcome {
        self.stdin.take();
        outcome(self.child.take().expect("a session"))
    }
}

impl Drop for Login {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
