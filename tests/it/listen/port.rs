//! A running `mssh --listen`.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use super::listener;
use crate::lab::Caller;
use crate::sandbox::{PATIENCE, eventually, pid_of};

/// A running `mssh --listen`. Killed on drop.
pub(super) struct Port {
    pub(super) child: Child,
    lines: Receiver<String>,
    pub(super) address: SocketAddr,
    /// The target, as it reports it.
    pub(super) goal: String,
}

impl Port {
    /// Runs [`listener`] with these arguments.
    #[track_caller]
    pub(super) fn to(caller: &Caller<'_>, words: &[&str]) -> Self {
        Self::of(listener(caller).args(words))
    }

    /// Runs this command. Returns when it reports that it listens.
    #[track_caller]
    pub(super) fn of(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let (say, lines) = mpsc::channel();
        std::thread::spawn(move || {
            stderr
                .lines()
                .map_while(Result::ok)
                .try_for_each(|it| say.send(it))
        });
        let nowhere = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0);
        let mut port = Self {
            child,
            lines,
            address: nowhere,
            goal: String::new(),
        };
        let line = port.line();
        let places = line.strip_prefix("mssh: listening on ");
        let places = places.and_then(|it| it.split_once(", forwarding to "));
        let (address, goal) = places.unwrap_or_else(|| panic!("it says {line}"));
        port.address = address.parse().unwrap_or_else(|_| panic!("it says {line}"));
        goal.clone_into(&mut port.goal);
        port
    }

    /// The next line on standard error.
    #[track_caller]
    pub(super) fn line(&self) -> String {
        let line = self.lines.recv_timeout(PATIENCE);
        line.expect("a line")
    }

    pub(super) fn says_nothing_more(&self) {
        let line = self.lines.recv_timeout(Duration::from_millis(300));
        assert!(line.is_err(), "{line:?}");
    }

    #[track_caller]
    pub(super) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        stream.set_write_timeout(Some(PATIENCE)).expect("a socket");
        stream
    }

    pub(super) fn signal(&self, signal: Signal) {
        kill_process(pid_of(&self.child), signal).expect("a process of ours");
    }

    /// Ends it by a signal. Its exit status, how long it took, and what it has reported since.
    pub(super) fn end_by(mut self, signal: Signal) -> (Option<i32>, Duration, Vec<String>) {
        self.signal(signal);
        let began = Instant::now();
        let mut status = None;
        let ended = eventually(PATIENCE, || {
            status = self.child.try_wait().expect("a child");
            status.is_some()
        });
        assert!(ended, "it does not end");
        let code = status.and_then(|it| it.code());
        (code, began.elapsed(), self.lines.iter().collect())
    }

    /// Ends it, and asserts that it has reported nothing.
    #[track_caller]
    pub(super) fn ends_quietly(self) {
        let (code, _, said) = self.end_by(Signal::TERM);
        assert_eq!((code, said.as_slice()), (Some(0), &[] as &[String]));
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let said: Vec<String> = self.lines.iter().collect();
            println!("it has said: {said:#?}");
        }
    }
}
