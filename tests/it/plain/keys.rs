//! The agent of plain ssh: `mssh --proxy`, as long as ssh. Logins at the same time do not disturb each
//! other.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::FileTypeExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use crate::lab::instances::{PUSH_DENIED, WEB1};
use crate::lab::{DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{
    Login, PATIENCE, Process, SshUser, eventually, files_below, lab, mode, outcome, process,
    processes, ticks,
};

impl SshUser {
    fn session(&self) -> Login {
        Login::open(self.command("ssh").arg(WEB1))
    }

    /// The socket that ssh finds for logins to [`WEB1`].
    fn socket(&self) -> PathBuf {
        let name = format!("{WEB1}.{}.ec2-user", lab().port());
        self.keys().join(name)
    }

    /// The `mssh --proxy` processes of this user.
    fn proxies(&self) -> Vec<Process> {
        let keys = self.keys();
        let is_ours = |it: &Process| {
            it.words.iter().any(|word| word == "--proxy")
                && it.words.iter().any(|word| *word == *keys)
        };
        processes().filter(is_ours).collect()
    }

    /// This many logins at once.
    fn logins(&self, count: usize) -> Vec<Child> {
        let login = |number: usize| -> Child {
            self.command("ssh")
                .args([WEB1, &format!("echo {number}")])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("ssh starts")
        };
        (0..count).map(login).collect()
    }
}

#[test]
fn there_is_no_key_in_any_file_and_only_its_owner_gets_to_the_agent() {
    let user = SshUser::installed("", &[]);
    let mut session = user.session();
    // The sticky bit marks directories that mssh has made.
    assert_eq!(mode(&user.keys()), 0o1700);
    let files = files_below(&user.keys());
    let pid = session.pid().as_raw_nonzero();
    let name = |file: &PathBuf| {
        let name = file.file_name().expect("a name");
        name.to_string_lossy().into_owned()
    };
    let mut names: Vec<_> = files.iter().map(name).collect();
    names.sort();
    assert!(names[0].starts_with(&format!("{pid}+")), "{names:?}");
    assert!(names[1].starts_with(&format!("{pid}@")), "{names:?}");
    assert_eq!(names[2..], [name(&user.socket())]);
    for file in files {
        let kind = fs::symlink_metadata(&file).expect("a file").file_type();
        assert!(kind.is_socket(), "{}", file.display());
    }
    assert!(session.answers());
    assert_eq!(session.end().code, Some(0));
    user.is_clean();
}

/// The one who is not killed cleans up; what a killed `mssh --proxy` leaves, the next login removes.
#[test]
fn whichever_process_is_killed_nothing_is_left() {
    for whom in ["ssh", "mssh"] {
        let user = SshUser::installed("", &[]);
        let session = user.session();
        match whom {
            "ssh" => session.signal(Signal::KILL),
            _ => kill_process(user.proxies()[0].pid(), Signal::KILL).expect("a process"),
        }
        let gone = || user.proxies().is_empty();
        assert!(eventually(PATIENCE, gone), "{whom}: {:?}", user.proxies());
        drop(session);
        if whom == "mssh" {
            assert_eq!(files_below(&user.keys()).len(), 3);
            user.run("ssh", &[WEB1, "true"]).prints("");
        }
        user.is_clean();
    }
}

#[test]
fn fifty_logins_at_once_succeed_with_a_push_each() {
    let user = SshUser::installed("", &[]);
    for (number, child) in user.logins(50).into_iter().enumerate() {
        outcome(child).prints(&format!("{number}\n"));
    }
    user.cost(50, 50);
    user.is_clean();
}

/// One whose push fails, and others that end, take nothing from those that find their sockets.
#[test]
fn a_login_that_fails_does_not_fail_another() {
    let user = SshUser::installed("", &[]);
    let denied = Fault::new(Trouble::Denied).on(SEND_SSH_PUBLIC_KEY);
    user.caller.fault(denied.first(8));
    let ends: Vec<_> = user.logins(24).into_iter().map(outcome).collect();
    let failed = ends.iter().filter(|it| it.code == Some(255)).count();
    let succeeded = ends.iter().filter(|it| it.code == Some(0)).count();
    assert_eq!((failed, succeeded), (8, 16), "{ends:?}");
    user.is_clean();
}

/// A login that starts later and ends earlier takes nothing from the others.
#[test]
fn a_login_that_ends_leaves_the_name_to_the_others() {
    let user = SshUser::installed("", &[]);
    let mut first = user.session();
    for _ in 0..3 {
        user.run("ssh", &[WEB1, "true"]).prints("");
    }
    let three = || files_below(&user.keys()).len() == 3;
    assert!(eventually(PATIENCE, three));
    assert!(user.socket().exists());
    assert!(first.answers());
    assert_eq!(first.end().code, Some(0));
    user.is_clean();
    user.run("ssh", &[WEB1, "true"]).prints("");
    let mut keys: Vec<_> = user.caller.calls_of(SEND_SSH_PUBLIC_KEY);
    keys.dedup_by(|a, b| a.public_key == b.public_key);
    assert_eq!(keys.len(), 5, "a key for each login");
    user.is_clean();
}

#[test]
fn after_a_push_that_fails_nothing_is_left() {
    let user = SshUser::installed("", &[]);
    let outcome = user.run("ssh", &[PUSH_DENIED, "true"]);
    assert_eq!(outcome.code, Some(255));
    let errors = outcome.stderr.matches("mssh: error:").count();
    assert_eq!(errors, 1, "{outcome:?}");
    user.is_clean();
}

/// ssh waits for the list of keys meanwhile.
#[test]
fn a_push_that_fails_late_is_one_error_and_ssh_fails() {
    for late in [0, 300, 1_000] {
        let user = SshUser::installed("", &[]);
        let denied = Fault::new(Trouble::Denied).on(SEND_SSH_PUBLIC_KEY);
        user.caller.fault(denied);
        let latency = Trouble::Latency(Duration::from_millis(late));
        user.caller
            .fault(Fault::new(latency).on(SEND_SSH_PUBLIC_KEY));
        let outcome = user.run("ssh", &[WEB1, "true"]);
        assert_eq!((&*outcome.stdout, outcome.code), ("", Some(255)));
        assert!(outcome.stderr.starts_with("mssh: error:"), "{outcome:?}");
        let errors = outcome.stderr.matches("mssh: error:").count();
        assert_eq!(errors, 1, "{outcome:?}");
        assert!(!outcome.stderr.contains("resolve"), "{outcome:?}");
        user.is_clean();
    }
}

#[test]
fn a_login_that_is_given_up_leaves_nothing() {
    let user = SshUser::installed("", &[]);
    let cases = [SEND_SSH_PUBLIC_KEY, DESCRIBE_INSTANCES]
        .into_iter()
        .flat_map(|action| [Signal::KILL, Signal::TERM, Signal::INT].map(|it| (action, it)));
    for (action, signal) in cases {
        let before = user.caller.calls_of(action).len();
        user.caller.fault(Fault::new(Trouble::Hang).on(action));
        let mut ssh = user.command("ssh");
        let mut ssh = ssh.arg(WEB1).stdin(Stdio::null()).spawn().expect("ssh");
        let called = || user.caller.calls_of(action).len() > before;
        assert!(eventually(PATIENCE, called));
        let pid = rustix::process::Pid::from_child(&ssh);
        kill_process(pid, signal).expect("a child");
        ssh.wait().expect("a child");
        user.is_clean();
        let gone = || user.proxies().is_empty();
        assert!(eventually(PATIENCE, gone), "{:?}", user.proxies());
    }
}

/// One after the other: the previous `mssh --proxy` may still be removing its sockets.
#[test]
fn logins_in_a_row_succeed() {
    let user = SshUser::installed("", &[]);
    let line = format!("for n in 1 2 3 4 5 6 7 8 9 10; do ssh {WEB1} echo $n </dev/null; done");
    let outcome = user.run("sh", &["-c", &line]);
    outcome.prints("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n");
    user.is_clean();
}

#[test]
fn a_query_leaves_nothing() {
    let user = SshUser::installed("", &[]);
    assert_eq!(user.run("ssh", &["-G", WEB1]).code, Some(0));
    user.cost(0, 0);
    user.is_clean();
}

/// With a key of the user, nothing is written.
#[test]
fn a_key_of_the_user_is_pushed_and_stays_where_it_is() {
    let user = SshUser::with("");
    let made = user.run(
        "ssh-keygen",
        &["-q", "-t", "ed25519", "-N", "", "-f", "my key"],
    );
    made.prints("");
    assert_eq!(user.install(&["-i", "my key"]).code, Some(0));
    user.run("ssh", &[WEB1, "echo in"]).prints("in\n");
    let public = super::text(&user.home.join("my key.pub"));
    let pushed = user.caller.calls_of(SEND_SSH_PUBLIC_KEY);
    let words = |line: &str| -> Vec<String> {
        line.split_whitespace().take(2).map(str::to_owned).collect()
    };
    let line = pushed[0].public_key.as_deref().unwrap_or_default();
    assert_eq!(words(line), words(&public));
    user.cost(1, 1);
    assert!(!user.keys().exists());
    // No agent of ours could keep ssh waiting: it hears nothing before the push is accepted.
    let late = Duration::from_secs(1);
    let latency = Fault::new(Trouble::Latency(late)).on(SEND_SSH_PUBLIC_KEY);
    user.caller.fault(latency);
    let began = Instant::now();
    let mut ssh = user.command("ssh");
    ssh.args(["-v", WEB1, "true"]).stdin(Stdio::null());
    let mut ssh = ssh.stderr(Stdio::piped()).spawn().expect("ssh");
    let stderr = ssh.stderr.take().expect("a pipe");
    let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
    let greeted = lines.find(|line| line.contains("Remote protocol version"));
    assert!(greeted.is_some() && began.elapsed() >= late);
    lines.for_each(drop);
    assert!(ssh.wait().expect("a child").success());
}

/// Ctrl-C is for ssh, which may have gone to the background.
#[test]
fn the_terminal_does_not_reach_the_agent_of_a_session() {
    let user = SshUser::installed("", &[]);
    let mut session = user.session();
    let proxy = user.proxies().remove(0);
    assert_eq!(proxy.session, proxy.pid);
    assert_ne!(proxy.session, process(session.pid()).session);
    assert_eq!(session.end().code, Some(0));
    user.is_clean();
}

/// An idle proxy does nothing.
#[test]
fn an_idle_session_takes_no_cpu() {
    let user = SshUser::installed("", &[]);
    let mut session = user.session();
    let proxy = user.proxies().remove(0).pid();
    let before = ticks(proxy);
    std::thread::sleep(Duration::from_secs(2));
    assert!(ticks(proxy) - before <= 1);
    session.end();
}
