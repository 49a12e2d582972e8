//! The lab that all tests share, and helpers to run programs in it.
//!
//! - here: the lab, running a program to its end, and its AWS calls
//! - `aws_user`: a user with their own `~/.aws`
//! - `eice`: commands that trust the lab's endpoints
//! - `login`: a session that lasts until a test ends it
//! - `openssh`: ssh_config files, and plain ssh
//! - `processes`: `/proc`, and the files that runs leave
//! - `pty`: a terminal
//! - `recorder`: clients that only record their arguments
//! - `ssh_agent`: the user's own ssh-agent
//! - `ssh_user`: a user with their own `~/.ssh`
//! - `sso`: the profiles and tokens of IAM Identity Center
//! - `tcp`: local servers and ports

mod aws_user;
pub(crate) mod eice;
mod login;
mod openssh;
mod processes;
mod pty;
mod recorder;
mod ssh_agent;
mod ssh_user;
pub(crate) mod sso;
mod tcp;

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::lab::{Caller, DESCRIBE_INSTANCES, Lab, SEND_SSH_PUBLIC_KEY};

pub(crate) use self::aws_user::{AwsUser, arn};
pub(crate) use self::login::Login;
pub(crate) use self::openssh::{config, plain_ssh, proxy};
pub(crate) use self::processes::{
    Process, agents_below, assert_hidden, copy_program, directory_of, files_below, leaves_nothing,
    memory, mode, pid_of, process, processes, set_mode, ticks, write_script,
};
pub(crate) use self::pty::{Pty, bash};
pub(crate) use self::recorder::Recorder;
pub(crate) use self::ssh_agent::SshAgent;
pub(crate) use self::ssh_user::SshUser;
pub(crate) use self::tcp::{echo_server, echoes, free_port};

/// A time limit that only a bug exceeds, even on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The time limit for a program.
const LIMIT: Duration = Duration::from_secs(90);

/// What is said where there are no credentials at all.
pub(crate) const NO_CREDENTIALS: [&str; 2] = [
    "mssh: error: no AWS credentials: none in the environment, the AWS configuration or the metadata \
     service",
    "mssh: hint: pass --profile, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
];

/// The lab. If a program is missing, every test fails and says how to install it.
pub(crate) fn lab() -> &'static Lab {
    static LAB: OnceLock<Lab> = OnceLock::new();
    LAB.get_or_init(|| Lab::start().unwrap_or_else(|missing| panic!("{missing}")))
}

/// A new caller of AWS.
pub(crate) fn caller() -> Caller<'static> {
    lab().caller()
}

/// Reports what is not tested, and why. It writes to stderr directly, since the harness hides the
/// output of passing tests.
pub(crate) fn skipped(why: &str) {
    let line = format!("SKIPPED: {why}\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The exit status, unless it was killed.
    pub(crate) code: Option<i32>,
    /// The signal that killed it, if any.
    pub(crate) signal: Option<i32>,
}

/// Runs `mssh`, or another program on the lab's PATH, with these arguments and without input.
pub(crate) fn run<W: AsRef<OsStr>>(
    caller: &Caller<'_>,
    program: &str,
    words: impl IntoIterator<Item = W>,
) -> Outcome {
    finish(caller.command(program).args(words))
}

/// Runs a command without input to its end.
pub(crate) fn finish(command: &mut Command) -> Outcome {
    finish_with(command, b"")
}

/// Starts a command with pipes as stdin, stdout and stderr.
#[track_caller]
pub(crate) fn spawn(command: &mut Command) -> Child {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// Runs a command with this input to its end.
pub(crate) fn finish_with(command: &mut Command, input: &[u8]) -> Outcome {
    let mut child = spawn(command);
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // A program may end without reading its input.
    std::thread::spawn(move || stdin.write_all(&input));
    outcome(child)
}

/// Waits for a child whose outputs are pipes.
pub(crate) fn outcome(mut child: Child) -> Outcome {
    let stdout = drain(child.stdout.take());
    let stderr = drain(child.stderr.take());
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        if began.elapsed() > LIMIT {
            let _ = child.kill();
            panic!("the program does not end");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    Outcome {
        stdout: stdout.join().expect("a reader"),
        stderr: stderr.join().expect("a reader"),
        code: status.code(),
        signal: status.signal(),
    }
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).expect("output");
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Waits until `condition` holds. Returns whether it did within `limit`.
pub(crate) fn eventually(limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    while !condition() {
        if began.elapsed() > limit {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    true
}

/// Whether no agent's directory is left in the caller's runtime directory, after a moment for agents.
pub(crate) fn no_key_is_left(caller: &Caller<'_>) -> bool {
    eventually(Duration::from_secs(5), || {
        std::fs::read_dir(caller.run_dir())
            .expect("a directory")
            .next()
            .is_none()
    })
}

/// The successful pushes: `user@instance zone`, or without the zone if the request has none.
pub(crate) fn pushes(caller: &Caller<'_>) -> Vec<String> {
    let taken = caller.calls_of(SEND_SSH_PUBLIC_KEY).into_iter();
    taken
        .filter(|call| call.status == Some(200))
        .map(|call| {
            let zone = call.zone.map_or(String::new(), |zone| format!(" {zone}"));
            format!(
                "{}@{}{zone}",
                call.user.unwrap_or_default(),
                call.instance_ids.join(",")
            )
        })
        .collect()
}

/// How often DescribeInstances was called.
pub(crate) fn look_ups(caller: &Caller<'_>) -> usize {
    caller.calls_of(DESCRIBE_INSTANCES).len()
}

impl Outcome {
    /// Asserts success with this on stdout, and nothing on stderr.
    #[track_caller]
    pub(crate) fn prints(&self, stdout: &str) -> &Self {
        assert_eq!(
            (self.stdout.as_str(), self.stderr.as_str(), self.code),
            (stdout, "", Some(0))
        );
        self
    }

    /// Asserts this exit status with this on stdout, and nothing on stderr.
    #[track_caller]
    pub(crate) fn ends(&self, code: i32, stdout: &str) -> &Self {
        assert_eq!(
            (self.stdout.as_str(), self.stderr.as_str(), self.code),
            (stdout, "", Some(code))
        );
        self
    }

    /// Asserts a failure with this status, nothing on stdout, and exactly these lines on stderr.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, stderr: &[&str]) -> &Self {
        let lines: Vec<&str> = self.stderr.lines().collect();
        assert_eq!(
            (self.stdout.as_str(), lines, self.code),
            ("", stderr.to_vec(), Some(code))
        );
        self
    }

    /// The same for an error that comes when ssh has been started: ssh says, too, that it has no key.
    #[track_caller]
    pub(crate) fn fails_late(&self, stderr: &[&str]) -> &Self {
        let lines = self.stderr.lines();
        let (of_ssh, ours): (Vec<_>, Vec<_>) = lines.partition(|it| !it.starts_with("mssh: "));
        assert_eq!(
            (self.stdout.as_str(), ours, self.code),
            ("", stderr.to_vec(), Some(255))
        );
        let last = of_ssh.last().copied().unwrap_or_default();
        assert!(
            last.ends_with(": Permission denied (publickey)."),
            "{self:?}"
        );
        self
    }
}
