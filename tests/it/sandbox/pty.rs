//! A terminal, made by the `script` of util-linux.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};

use rustix::process::Pid;

use crate::lab::Caller;
use crate::sandbox::{PATIENCE, eventually};

/// A terminal in which a shell command runs.
pub(crate) struct Pty {
    child: Child,
    keyboard: ChildStdin,
    screen: Arc<Mutex<String>>,
}

impl Pty {
    /// Runs `line` in a new terminal.
    #[track_caller]
    pub(crate) fn open(caller: &Caller<'_>, line: &str) -> Self {
        Self::of(caller.command("script"), line)
    }

    /// The same with this `script` command, for its environment.
    #[track_caller]
    pub(crate) fn of(mut script: Command, line: &str) -> Self {
        let mut child = script
            .args(["-qec", line, "/dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("`script` is installed (package bsdutils or util-linux)");
        let keyboard = child.stdin.take().expect("a pipe");
        let mut shown = child.stdout.take().expect("a pipe");
        let screen = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = shown.read(&mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..count]);
                written.lock().expect("the screen").push_str(&text);
            }
        });
        Self {
            child,
            keyboard,
            screen,
        }
    }

    /// Types these keys.
    pub(crate) fn types(&mut self, keys: &str) {
        let typed = self.keyboard.write_all(keys.as_bytes());
        typed.and_then(|()| self.keyboard.flush()).expect("keys");
    }

    /// Everything shown so far.
    pub(crate) fn screen(&self) -> String {
        self.screen.lock().expect("the screen").clone()
    }

    /// Waits until this text has been shown.
    #[track_caller]
    pub(crate) fn shows(&self, text: &str) {
        let shown = eventually(PATIENCE, || self.screen().contains(text));
        assert!(shown, "no {text:?} in {:?}", self.screen());
    }

    /// The process that owns the terminal.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Waits for the end of the command. Its exit status.
    #[track_caller]
    pub(crate) fn end(&mut self) -> Option<i32> {
        let mut status = None;
        let ended = eventually(PATIENCE, || {
            status = self.child.try_wait().expect("a child");
            status.is_some()
        });
        assert!(ended, "still running: {:?}", self.screen());
        status.and_then(|status| status.code())
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command line for bash, which has job control and unusual redirections.
pub(crate) fn bash(caller: &Caller<'_>, line: &str) -> Command {
    let mut command = caller.command("bash");
    command.args(["-c", line]);
    command
}
