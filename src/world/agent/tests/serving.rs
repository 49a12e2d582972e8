//! An agent that serves in a thread, one of the user's, and connections to them.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread::JoinHandle;
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::UnixListener;
use tokio::sync::{oneshot, watch};

use super::super::*;
use crate::plan::key_type::KeyType;
use crate::wire::agent::{self, AgentIdentity};
use crate::wire::agent::{HostKeyAnswer, HostKeyQuestion};
use crate::world::key::ephemeral::EphemeralKey;

/// An agent.
pub(super) struct Running {
    pub socket: PathBuf,
    /// The public half of its key.
    pub line: String,
    pushed: watch::Sender<Option<bool>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _directory: TempDir,
}

pub(super) struct TestHooks {
    pub client: u32,
    pub user: &'static [u8],
    pub credentials: Option<Vec<u8>>,
    /// Given to who asks for a host of the name `host`.
    pub connection: Mutex<Option<OwnedFd>>,
    pushed: watch::Receiver<Option<bool>>,
}

impl Hooks for TestHooks {
    fn is_client(&self, pid: u32) -> bool {
        pid == self.client
    }

    async fn may_list(&self) -> bool {
        let mut pushed = self.pushed.clone();
        let pushed = pushed.wait_for(Option::is_some).await;
        pushed.is_ok_and(|it| *it == Some(true))
    }

    fn is_user(&self, user: &[u8]) -> bool {
        user == self.user
    }

    async fn credentials(&self) -> Option<Vec<u8>> {
        self.credentials.clone()
    }

    async fn host_key(&self, question: HostKeyQuestion<'_>) -> Option<HostKeyAnswer> {
        let lines = format!("{} {}\n", question.name, question.key);
        (question.name == "host").then_some(HostKeyAnswer {
            lines,
            refusal: None,
        })
    }

    fn connection(&self, host: &str, _port: u16) -> Option<OwnedFd> {
        let mut connection = self.connection.lock().expect("no panic");
        connection.take_if(|_| host == "host")
    }
}

impl Running {
    /// Starts one that holds its list back until [`Running::pushed`].
    pub(super) fn start(users_agent: Option<&Path>, with: impl FnOnce(&mut TestHooks)) -> Self {
        let directory = TempDir::new().expect("a directory");
        let socket = directory.path().join("agent");
        let (pushed, receiver) = watch::channel(None);
        let mut hooks = TestHooks {
            client: std::process::id(),
            user: b"ec2-user",
            credentials: None,
            connection: Mutex::default(),
            pushed: receiver,
        };
        with(&mut hooks);
        let key = EphemeralKey::generate(KeyType::Ed25519).expect("a key");
        let line = key.line().to_owned();
        let listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
        listener.set_nonblocking(true).expect("a socket");
        let users_agent = users_agent.map(Path::to_owned);
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = UnixListener::from_std(listener).expect("a listener");
                let server = AgentServer::new(Some(key), users_agent, hooks);
                tokio::select! {
                    _ = server.serve(&listener) => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            socket,
            line,
            pushed,
            stop: Some(stop),
            thread: Some(thread),
            _directory: directory,
        }
    }

    /// Has the push accepted or refused.
    pub(super) fn pushed(&self, is_accepted: bool) {
        self.pushed.send_replace(Some(is_accepted));
    }

    /// Has the next push take its time.
    pub(super) fn held_back(&self) {
        self.pushed.send_replace(None);
    }

    pub(super) fn connect(&self) -> Client {
        let stream = UnixStream::connect(&self.socket).expect("a connection");
        let client = Client(stream);
        client.wait_at_most(Duration::from_secs(20));
        client
    }

    pub(super) fn ssh_add(&self, words: &[&str]) -> Command {
        ssh_add(&self.socket, words)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A connection to it.
pub(super) struct Client(UnixStream);

impl Client {
    pub(super) fn wait_at_most(&self, time: Duration) {
        self.0.set_read_timeout(Some(time)).expect("a time limit");
    }

    pub(super) fn ask(&mut self, message: &[u8]) -> Vec<u8> {
        self.try_ask(message).expect("an answer")
    }

    fn try_ask(&mut self, message: &[u8]) -> io::Result<Vec<u8>> {
        let framed = agent::framed(message).expect("a short message");
        self.0.write_all(&framed)?;
        self.receive()
    }

    pub(super) fn receive(&mut self) -> io::Result<Vec<u8>> {
        let mut prefix = [0; 4];
        self.0.read_exact(&mut prefix)?;
        let mut message = vec![0; agent::length(prefix).expect("a length")];
        self.0.read_exact(&mut message)?;
        Ok(message)
    }

    pub(super) fn list(&mut self) -> Vec<AgentIdentity> {
        self.try_list().expect("a list")
    }

    pub(super) fn try_list(&mut self) -> io::Result<Vec<AgentIdentity>> {
        let answer = self.try_ask(&[11])?;
        Ok(AgentIdentity::read(&answer).expect("a list"))
    }
}

/// An ssh-agent with the key `user`, and a key `other` that it does not hold.
pub(super) struct Keys {
    pub socket: PathBuf,
    agent: Child,
    directory: TempDir,
}

impl Keys {
    pub(super) fn make() -> Self {
        let directory = TempDir::new().expect("a directory");
        let socket = directory.path().join("users-agent");
        for name in ["user", "other"] {
            let mut ssh_keygen = Command::new("ssh-keygen");
            ssh_keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"]);
            assert!(succeeds(ssh_keygen.arg(directory.path().join(name))));
        }
        let mut agent = Command::new("ssh-agent");
        let agent = agent.arg("-D").arg("-a").arg(&socket);
        let agent = agent.stdout(Stdio::null()).spawn().expect("ssh-agent");
        let keys = Self {
            socket,
            agent,
            directory,
        };
        while UnixStream::connect(&keys.socket).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(succeeds(
            ssh_add(&keys.socket, &["-q"]).arg(keys.path("user"))
        ));
        keys
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn public(&self, name: &str) -> PathBuf {
        self.path(&format!("{name}.pub"))
    }

    pub(super) fn line(&self, name: &str) -> String {
        let line = fs::read_to_string(self.public(name)).expect("a file");
        line.trim_end().to_owned()
    }

    /// What it says itself.
    pub(super) fn listed(&self) -> Vec<String> {
        let output = ssh_add(&self.socket, &["-L"]).output().expect("ssh-add");
        lines(&output.stdout)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let _ = self.agent.kill();
        let _ = self.agent.wait();
    }
}

fn ssh_add(socket: &Path, words: &[&str]) -> Command {
    let mut command = Command::new("ssh-add");
    command.args(words).env("SSH_AUTH_SOCK", socket);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

pub(super) fn succeeds(command: &mut Command) -> bool {
    command.status().expect("a program of OpenSSH").success()
}

pub(super) fn lines(output: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    text.lines().map(str::to_owned).collect()
}
