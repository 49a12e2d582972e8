//! Paths on an instance: where a master connection is open, and nowhere else.

use std::fs;
use std::path::PathBuf;

use super::{Shell, completes_lines, is_here};
use crate::lab::instances::WEB1;
use crate::sandbox::{SshUser, lab};

/// Names in the directory, besides two directories and a link to one.
const FILES: &[&str] = &["plain.txt", "it's", "a$b", "star*", "two words", ".hidden"];

/// A user with a ControlPath that depends on the address, and a directory on the instance.
fn user() -> (SshUser, PathBuf) {
    let user = SshUser::with("");
    let sockets = user.caller.run_dir().join("masters");
    fs::create_dir_all(&sockets).expect("a directory");
    let config = format!(
        "Host *\n  ControlPath {}/%h.%r\n  Port {}\n",
        sockets.display(),
        lab().port()
    );
    fs::write(user.config(), config).expect("a file");
    let there = lab().remote().join(user.caller.access_key());
    fs::create_dir_all(there.join("my dir/inner")).expect("a directory");
    fs::create_dir_all(there.join("sub")).expect("a directory");
    std::os::unix::fs::symlink("sub", there.join("link")).expect("a link");
    for file in FILES {
        fs::write(there.join(file), "").expect("a file");
    }
    (user, there)
}

#[track_caller]
fn completes_remote_paths(name: &'static str) {
    if !is_here(name) {
        return;
    }
    let (user, there) = user();
    let there = there.display();
    let mut shell = Shell::of(name, user, |_| {});
    let closed = format!("mscp {WEB1}:{there}/pl");
    // The instance is in the cached list, but there is no master.
    let listed = shell.user.run("mssh", &["--list"]);
    assert_eq!(listed.code, Some(0), "{listed:?}");
    let calls = shell.user.caller.calls().len();
    completes_lines(&mut shell, &[(&closed, &closed)]);
    assert_eq!(shell.user.caller.calls().len(), calls);
    let known = lab().home().join(".ssh/known_hosts");
    let known = format!("UserKnownHostsFile={}", known.display());
    let words = ["-M", "-f", "-N", "-o", &known, WEB1];
    shell.user.run("mssh", &words).prints("");
    let calls = shell.user.caller.calls().len();
    let lines = [
        ("mscp ID:/pl", "mscp ID:/plain.txt "),
        ("mscp web1:/pl", "mscp web1:/plain.txt "),
        (
            "mscp ec2-user@127.0.0.11:/su",
            "mscp ec2-user@127.0.0.11:/sub/",
        ),
        ("mscp ID:/li", "mscp ID:/link/"),
        ("mscp ID:/tw", "mscp ID:/two\\ words "),
        ("mscp ID:/it", "mscp ID:/it\\'s "),
        ("mscp ID:/a", "mscp ID:/a\\$b "),
        // scp reads a pattern where it copies from, and a path where it copies to.
        ("mscp ID:/st", "mscp ID:/star\\\\\\* "),
        ("mscp file ID:/st", "mscp file ID:/star\\* "),
        ("mscp ID:/my", "mscp ID:/my\\ dir/"),
        ("mscp ID:/my\\ dir/i", "mscp ID:/my\\ dir/inner/"),
        ("mscp ID:/.h", "mscp ID:/.hidden "),
        ("msftp ID:/my", "msftp ID:/my\\ dir/"),
        ("msftp ID:/pl", "msftp ID:/plain.txt "),
        ("msftp ID:/tw", "msftp ID:/tw"),
        // Another user has no master, nor has another instance.
        ("mscp root@ID:/pl", "mscp root@ID:/pl"),
        ("mscp web2:/pl", "mscp web2:/pl"),
        ("mscp ID:/none/x", "mscp ID:/none/x"),
    ];
    let filled = |line: &str| {
        line.replace("ID", WEB1)
            .replace(":/", &format!(":{there}/"))
    };
    let lines = lines.map(|(typed, shown)| (filled(typed), filled(shown)));
    let lines: Vec<_> = lines.iter().map(|(a, b)| (&**a, &**b)).collect();
    completes_lines(&mut shell, &lines);
    assert_eq!(shell.user.caller.calls().len(), calls);
    let ended = shell.user.run("mssh", &["-O", "exit", "127.0.0.11"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    completes_lines(&mut shell, &[(&closed, &closed)]);
}

#[test]
fn bash_completes_remote_paths() {
    completes_remote_paths("bash");
}

#[test]
fn zsh_completes_remote_paths() {
    completes_remote_paths("zsh");
}

#[test]
fn fish_completes_remote_paths() {
    completes_remote_paths("fish");
}

#[test]
fn a_master_that_does_not_answer_is_not_waited_for_long() {
    let (user, there) = user();
    let master = user.caller.run_dir().join("masters/127.0.0.11.ec2-user");
    let _silent = std::os::unix::net::UnixListener::bind(&master).expect("a socket");
    let begun = std::time::Instant::now();
    let word = format!("127.0.0.11:{}/pl", there.display());
    user.run("mscp", &["--complete", &word]).prints("none\n");
    assert!(begun.elapsed() < std::time::Duration::from_secs(10));
    assert!(user.caller.calls().is_empty());
}
