//! Later runs remove what killed agents have left, and nothing else.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::process::{Signal, kill_process};

use crate::lab::Caller;
use crate::lab::instances::WEB1;
use crate::sandbox::{
    Login, PATIENCE, agents_below, caller, eventually, files_below, finish, leaves_nothing, run,
    set_mode,
};

const MINUTES: Duration = Duration::from_mins(2);
const DAYS: Duration = Duration::from_hours(50);

/// Sets the age of a file or directory.
#[track_caller]
fn age(path: &Path, age: Duration) {
    let file = File::open(path).expect("a file");
    file.set_modified(SystemTime::now() - age).expect("its age");
}

/// Makes a directory with this mode and these files in the caller's runtime directory.
fn directory(caller: &Caller<'_>, name: &str, mode: u32, files: &[&str]) -> PathBuf {
    let path = caller.run_dir().join(name);
    DirBuilder::new()
        .mode(0o700)
        .create(&path)
        .expect("a directory");
    for file in files {
        let path = path.join(file);
        fs::write(&path, "").expect("a file");
        set_mode(&path, 0o600);
        age(&path, DAYS);
    }
    set_mode(&path, mode);
    age(&path, DAYS);
    path
}

/// Another run, whose agent removes leftovers when it starts. Waits until both have ended.
#[track_caller]
fn run_again(caller: &Caller<'_>) {
    let others = agents_below(caller.run_dir()).len();
    run(caller, "mssh", [WEB1, "true"]).prints("");
    let ended = || agents_below(caller.run_dir()).len() == others;
    assert!(eventually(PATIENCE, ended), "an agent stays");
}

/// A session whose agent and ssh are killed, so that its socket is left. Returns the directory.
#[track_caller]
fn killed_session(caller: &Caller<'_>) -> PathBuf {
    let mut session = Login::of(caller);
    let directory = session.directory();
    kill_process(session.agent().pid(), Signal::KILL).expect("an agent");
    session.signal(Signal::KILL);
    session.end();
    assert!(
        directory.join("agent").exists(),
        "nobody was there to remove it"
    );
    directory
}

#[test]
fn a_killed_agent_leaves_no_secret_and_a_later_run_removes_its_socket() {
    let caller = caller();
    let left = killed_session(&caller);
    for file in files_below(&left) {
        let name = file.file_name().and_then(|name| name.to_str());
        assert!(
            matches!(name, Some("agent" | "key.pub")),
            "{}",
            file.display()
        );
    }
    run(&caller, "mssh", [WEB1, "true"]).prints("");
    leaves_nothing(&caller);
}

#[test]
fn the_socket_of_a_live_agent_is_not_removed() {
    let caller = caller();
    let mut live = Login::of(&caller);
    let socket = live.socket();
    age(&live.directory(), DAYS);
    run_again(&caller);
    assert!(socket.exists() && live.answers());
    live.end();
    leaves_nothing(&caller);
}

/// Between its making and its listening.
#[test]
fn a_directory_without_a_listening_agent_is_not_removed_at_once() {
    let caller = caller();
    let young = directory(&caller, "mssh-key-Mn9xYz0123", 0o700, &["key.pub"]);
    age(&young, Duration::from_secs(1));
    run_again(&caller);
    assert!(young.join("key.pub").exists());
}

/// Of releases that wrote the key to a file.
#[test]
fn an_older_versions_key_is_removed_after_its_minute() {
    let caller = caller();
    let old = directory(
        &caller,
        "mssh-key-Op0xYz0123",
        0o700,
        &["key", "credentials"],
    );
    let young = directory(&caller, "mssh-key-Qr1xYz0123", 0o700, &["key"]);
    age(&old.join("key"), MINUTES);
    age(&young.join("key"), Duration::from_secs(20));
    age(&young, Duration::from_secs(20));
    run_again(&caller);
    assert!(!old.exists() && young.join("key").exists());
}

#[test]
fn a_directory_without_a_socket_is_removed_after_a_day() {
    let caller = caller();
    let old = directory(&caller, "mssh-key-Ab3xYz0123", 0o700, &[]);
    let young = directory(&caller, "mssh-key-Cd4xYz0123", 0o700, &[]);
    age(&young, Duration::from_hours(1));
    run_again(&caller);
    assert!(!old.exists() && young.exists());
}

#[test]
fn directories_with_another_name_or_mode_are_not_removed() {
    let caller = caller();
    let kept = [
        directory(&caller, "mash-Ab3xYz", 0o700, &["key"]),
        directory(&caller, "Xmssh-key-Ab3xY01234", 0o700, &["key"]),
        directory(&caller, "mssh", 0o700, &["key"]),
        directory(&caller, "mssh-key-Ab3xYz0123", 0o755, &["key"]),
    ];
    let file = caller.run_dir().join("mssh-key-Ef5xYz0123");
    fs::write(&file, "").expect("a file");
    age(&file, DAYS);
    run_again(&caller);
    for path in kept.iter().chain([&file]) {
        assert!(path.exists(), "{}", path.display());
    }
}

#[test]
fn the_target_of_a_link_is_not_removed() {
    let caller = caller();
    let target = directory(&caller, "elsewhere", 0o700, &["key"]);
    let link = caller.run_dir().join("mssh-key-Ab3xYz0123");
    std::os::unix::fs::symlink(&target, &link).expect("a link");
    run_again(&caller);
    assert!(target.join("key").exists() && link.exists());
}

/// mktemp(1) can make a directory with the same form of name and the same mode.
#[test]
fn a_directory_with_files_of_the_user_is_not_removed_whatever_its_name() {
    let caller = caller();
    let kept = [
        directory(&caller, "mssh-notes", 0o700, &["notes"]),
        directory(&caller, "mssh-key-Gh6xYz0123", 0o700, &["notes"]),
        directory(&caller, "mssh-key-Ij7xYz0123", 0o700, &["key", "notes"]),
        directory(
            &caller,
            "mssh-key-Kl8xYz0123",
            0o700,
            &["credentials", "notes"],
        ),
    ];
    let before: Vec<_> = kept.iter().map(|path| files_below(path)).collect();
    run_again(&caller);
    let after: Vec<_> = kept.iter().map(|path| files_below(path)).collect();
    assert_eq!(after, before);
}

/// ssh-copy-id, for example, runs ssh with such a umask.
#[test]
fn the_umask_makes_no_difference() {
    for umask in ["0", "0177", "0277"] {
        let caller = caller();
        let line = format!("umask {umask}; mssh {WEB1} umask");
        let mut mssh = caller.command("sh");
        let outcome = finish(mssh.args(["-c", &line]));
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        leaves_nothing(&caller);
    }
}
