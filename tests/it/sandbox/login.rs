//! A session that a test can inspect while it lives.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command};

use rustix::process::{Pid, Signal, kill_process};

use super::processes::{Process, directory_of, listener_at, pid_of};
use super::{Outcome, outcome, spawn};
use crate::lab::Caller;
use crate::lab::instances::WEB1;

/// A login whose remote command prints `ready`, then echoes until it is ended.
pub(crate) struct Login {
    child: Option<Child>,
    stdin: Option<ChildStdin>,
}

impl Login {
    /// Logs in to [`WEB1`] with `mssh`.
    #[track_caller]
    pub(crate) fn of(caller: &Caller<'_>) -> Self {
        Self::open(caller.command("mssh").arg(WEB1))
    }

    /// Runs this command with the remote command appended. Returns when it is logged in.
    #[track_caller]
    pub(crate) fn open(command: &mut Command) -> Self {
        let mut child = spawn(command.arg("echo ready; exec cat"));
        let stdin = child.stdin.take();
        let mut session = Self {
            child: Some(child),
            stdin,
        };
        let ready = session.read(6);
        assert!(ready == b"ready\n", "no login: {:?}", session.end());
        session
    }

    /// The next `count` bytes of its output, fewer at its end.
    pub(crate) fn read(&mut self, count: u64) -> Vec<u8> {
        let child = self.child.as_mut().expect("a session");
        let stdout = child.stdout.as_mut().expect("a pipe");
        let mut heard = Vec::new();
        let _ = stdout.take(count).read_to_end(&mut heard);
        heard
    }

    /// Whether the remote command still echoes.
    pub(crate) fn answers(&mut self) -> bool {
        use std::io::Write;
        let mut stdin = self.stdin.as_ref().expect("a session");
        stdin.write_all(b"hello\n").is_ok() && self.read(6) == b"hello\n"
    }

    /// The process that started as `mssh`.
    pub(crate) fn pid(&self) -> Pid {
        pid_of(self.child.as_ref().expect("a session"))
    }

    /// The agent's directory, from ssh's command line.
    #[track_caller]
    pub(crate) fn directory(&self) -> PathBuf {
        directory_of(self.pid()).expect("an agent on ssh's command line")
    }

    /// The agent's socket.
    #[track_caller]
    pub(crate) fn socket(&self) -> PathBuf {
        self.directory().join("agent")
    }

    /// The agent's process.
    #[track_caller]
    pub(crate) fn agent(&self) -> Process {
        listener_at(&self.socket()).expect("an agent")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("a process of ours");
    }

    /// Closes its input, and waits for its end.
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
