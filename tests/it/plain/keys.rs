//! The key of plain ssh: as in mssh itself, it is removed when ssh ends, and a minute after the
//! push. Logins at the same time do not disturb each other.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant, SystemTime};

use rustix::process::{Signal, kill_process};

use crate::lab::instances::{PUSH_DENIED, WEB1};
use crate::lab::{Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{
    Login, PATIENCE, Process, SshUser, eventually, files_below, keepers_below, mode, outcome,
    processes, ticks,
};

impl SshUser {
    fn session(&self) -> Login {
        Login::open(self.command("ssh").arg(WEB1))
    }

    /// The key directory of logins to [`WEB1`].
    fn key_dir(&self) -> PathBuf {
        self.keys().join(WEB1)
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
}

#[test]
fn only_its_owner_can_read_the_key_of_a_session() {
    let user = SshUser::installed("", &[]);
    let mut session = user.session();
    // The sticky bit marks directories that mssh has made.
    assert_eq!(mode(&user.keys()), 0o1700);
    assert_eq!(mode(&user.key_dir()), 0o1700);
    let files = files_below(&user.keys());
    assert_eq!(files, [user.key_dir().join("key")]);
    assert_eq!(mode(&files[0]), 0o600);
    assert!(session.answers());
    assert_eq!(session.end().code, Some(0));
    user.is_clean();
}

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
        user.is_clean();
    }
}

#[test]
fn a_session_outlives_its_key_which_is_removed_a_minute_after_the_push() {
    let user = SshUser::installed("", &[]);
    let began = Instant::now();
    let mut session = user.session();
    let gone = || !user.keys().exists();
    assert!(eventually(Duration::from_secs(75), gone));
    assert!(began.elapsed() > Duration::from_secs(58));
    assert!(session.answers());
    user.is_clean();
    assert_eq!(session.end().code, Some(0));
}

#[test]
fn twenty_logins_at_once_succeed_with_a_push_each() {
    let user = SshUser::installed("", &[]);
    let login = |number: usize| -> Child {
        user.command("ssh")
            .args([WEB1, &format!("echo {number}")])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("ssh starts")
    };
    let children: Vec<Child> = (0..20).map(login).collect();
    for (number, child) in children.into_iter().enumerate() {
        outcome(child).prints(&format!("{number}\n"));
    }
    user.cost(20, 20);
    user.is_clean();
}

/// A login that starts later and ends earlier takes nothing from the others.
#[test]
fn a_login_that_ends_leaves_the_key_to_the_others() {
    let user = SshUser::installed("", &[]);
    let mut first = user.session();
    for _ in 0..3 {
        user.run("ssh", &[WEB1, "true"]).prints("");
    }
    assert!(user.key_dir().join("key").exists());
    assert!(first.answers());
    assert_eq!(first.end().code, Some(0));
    user.is_clean();
    user.run("ssh", &[WEB1, "true"]).prints("");
    let mut keys: Vec<_> = user.caller.calls_of(SEND_SSH_PUBLIC_KEY);
    assert_eq!(keys.len(), 5);
    keys.dedup_by(|a, b| a.public_key == b.public_key);
    // Logins at the same time share a key; a login to an empty directory makes another.
    assert_eq!(keys.len(), 2);
    user.is_clean();
}

#[test]
fn after_a_push_that_fails_or_hangs_nothing_is_left() {
    let user = SshUser::installed("", &[]);
    let outcome = user.run("ssh", &[PUSH_DENIED, "true"]);
    assert_eq!(outcome.code, Some(255));
    user.is_clean();
    let hang = Fault::new(Trouble::Hang).on(SEND_SSH_PUBLIC_KEY);
    user.caller.fault(hang);
    let mut ssh = user.command("ssh");
    let mut ssh = ssh.arg(WEB1).stdin(Stdio::null()).spawn().expect("ssh");
    let called = || user.caller.calls_of(SEND_SSH_PUBLIC_KEY).len() == 2;
    assert!(eventually(PATIENCE, called));
    ssh.kill().expect("a child");
    ssh.wait().expect("a child");
    // A proxy whose ssh is killed before the stream starts does not notice. It ends with the time
    // limit for AWS.
    for proxy in user.proxies() {
        let _ = kill_process(proxy.pid(), Signal::TERM);
    }
    user.is_clean();
}

/// Logs in, and returns the pushed key.
#[track_caller]
fn pushed_by_a_login(user: &SshUser) -> Option<String> {
    user.run("ssh", &[WEB1, "true"]).prints("");
    let pushes = user.caller.calls_of(SEND_SSH_PUBLIC_KEY);
    pushes.last().expect("a push").public_key.clone()
}

/// For example days later, but also at once.
#[test]
fn a_key_whose_keepers_were_killed_is_never_pushed_again() {
    let user = SshUser::installed("", &[]);
    let mut session = user.session();
    let first = user.caller.calls_of(SEND_SSH_PUBLIC_KEY);
    for keeper in keepers_below(&user.keys()) {
        kill_process(keeper.pid(), Signal::KILL).expect("a keeper");
    }
    session.signal(Signal::KILL);
    session.end();
    let dead = || keepers_below(&user.keys()).is_empty();
    assert!(eventually(PATIENCE, dead));
    assert!(user.key_dir().join("key").exists(), "nobody removes it");
    assert_ne!(pushed_by_a_login(&user), first[0].public_key);
    user.is_clean();
}

/// A stopped keeper keeps its directory, and on a sleeping machine no time passes.
#[test]
fn a_key_older_than_a_minute_is_not_used_again() {
    let user = SshUser::installed("", &[]);
    let mut session = user.session();
    let first = user.caller.calls_of(SEND_SSH_PUBLIC_KEY);
    let key = fs::File::open(user.key_dir().join("key")).expect("a key");
    for (age, same) in [(30, true), (61, false)] {
        let then = SystemTime::now() - Duration::from_secs(age);
        key.set_modified(then).expect("its age");
        let again = pushed_by_a_login(&user) == first[0].public_key;
        assert_eq!(again, same, "{age} seconds");
    }
    assert!(session.answers());
    assert_eq!(session.end().code, Some(0));
    user.is_clean();
}

/// One after the other: the key of the previous login may be removed at any moment.
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
