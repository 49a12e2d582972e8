//! The directory of plain ssh's agents: its owner, its contents, and what is deleted in it.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};

use crate::lab::instances::WEB1;
use crate::sandbox::{PATIENCE, SshUser, eventually, lab, mode, pushes, set_mode};

/// A private directory with these files.
fn private(path: &Path, files: &[&str]) {
    fs::create_dir_all(path).expect("a directory");
    for file in files {
        fs::write(path.join(file), "old").expect("a file");
        set_mode(path.join(file), 0o600);
    }
    set_mode(path, 0o700);
}

/// What an agent leaves that was killed, in a directory that mssh has made.
fn leftovers(directory: &Path, name: &str) {
    private(directory, &[]);
    // No process has this number.
    let own = directory.join("2147483647@01234567");
    drop(UnixListener::bind(&own).expect("a socket"));
    fs::hard_link(&own, directory.join(name)).expect("its name");
    let handovers = directory.join("2147483647+01234567");
    drop(UnixDatagram::bind(handovers).expect("a socket"));
    set_mode(directory, 0o1700);
}

/// Everything below a directory, without following links.
fn tree(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    // An agent may remove a socket while this reads it.
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|it| it.is_dir()) {
            found.extend(tree(&entry.path()));
        }
        found.push(entry.path());
    }
    found.sort();
    found
}

#[test]
fn leftovers_of_killed_agents_are_removed() {
    let user = SshUser::installed("", &[]);
    for name in [
        "i-0abcdef0.22.root".to_owned(),
        format!("{WEB1}.{}.ec2-user", lab().port()),
    ] {
        leftovers(&user.keys(), &name);
        user.run("ssh", &[WEB1, "true"]).prints("");
        user.is_clean();
    }
}

#[test]
fn a_directory_that_the_user_made_is_used_and_kept() {
    let user = SshUser::with("");
    private(&user.keys(), &[]);
    assert_eq!(user.install(&[]).code, Some(0));
    user.run("ssh", &[WEB1, "true"]).prints("");
    let empty = || fs::read_dir(user.keys()).is_ok_and(|mut it| it.next().is_none());
    assert!(eventually(PATIENCE, empty));
    user.run("ssh", &[WEB1, "true"]).prints("");
    assert!(eventually(PATIENCE, empty));
    assert_eq!(mode(&user.keys()), 0o700);
}

/// Even `~/.ssh`, which is private, too: there are only sockets in it for a while.
#[test]
fn files_of_the_user_are_neither_used_nor_deleted() {
    let user = SshUser::with("Host *\n");
    let dot_ssh = user.dot_ssh("");
    let ours = format!("{WEB1}.{}.ec2-user", lab().port());
    private(&user.dot_ssh("prod"), &["key.pem", "key", "key.1"]);
    private(&user.dot_ssh(WEB1), &["key"]);
    private(
        &dot_ssh,
        &[
            "key",
            "id_ed25519",
            "1@home",
            "2147483647@01234567",
            "link.1",
        ],
    );
    let _bound = UnixListener::bind(user.dot_ssh("2147483646@home")).expect("a socket");
    let before = tree(&dot_ssh);
    let path = dot_ssh.display().to_string();
    let path = path.trim_end_matches('/');
    let printed = user.run("mssh", &["--ssh-config", "--agent-dir", path]);
    let file = user.home.join("c");
    fs::write(&file, printed.stdout).expect("a file");
    let file = file.display().to_string();
    for _ in 0..2 {
        user.run("ssh", &["-F", &file, WEB1, "true"]).prints("");
    }
    let same = || tree(&dot_ssh) == before;
    assert!(eventually(PATIENCE, same), "{:?}", tree(&dot_ssh));
    assert!(!dot_ssh.join(ours).exists());
    let key = fs::read_to_string(user.dot_ssh("key"));
    assert_eq!(key.expect("a key"), "old");
}

#[test]
fn a_directory_that_others_can_enter_gets_no_agent() {
    let user = SshUser::installed("", &[]);
    let path = user.keys().display().to_string();
    let [said, hint] = [
        format!(
            "mssh: error: cannot have the socket of an ssh agent in {path}: it is not a directory \
             of yours alone"
        ),
        "mssh: hint: name another with --agent-dir in `mssh --ssh-config --install`".to_owned(),
    ];
    let lines: [&str; 2] = [&said, &hint];
    let own = rustix::process::geteuid().as_raw();
    let other = if own == 0 { 1 } else { own };
    for (mode, owner) in [(0o755, own), (0o770, own), (0o700, other)] {
        if (mode, owner) == (0o700, own) {
            crate::sandbox::skipped("a directory of another user, which only root can make");
            continue;
        }
        let _ = fs::create_dir(user.keys());
        set_mode(user.keys(), mode);
        chown(user.keys(), Some(owner), None).expect("its owner");
        let outcome = user.run("ssh", &[WEB1, "true"]);
        assert_eq!(outcome.code, Some(255));
        let begins = outcome.stderr.lines().take(2).eq(lines);
        assert!(begins, "{}", outcome.stderr);
        user.install(&[]).fails(255, &lines);
    }
    let link = user.home.join("link");
    std::os::unix::fs::symlink(user.home.join("nowhere"), &link).expect("a link");
    let link = link.display().to_string();
    let words = ["--proxy", "--agent-dir", &link, WEB1, "22", "ec2-user"];
    let outcome = user.run("mssh", &words);
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    assert!(pushes(&user.caller).is_empty());
}

/// ssh cuts longer paths off without a word.
#[test]
fn a_path_that_is_too_long_for_a_socket_is_refused() {
    let user = SshUser::with("");
    let long = user.home.join("a".repeat(80)).display().to_string();
    let words = ["--ssh-config", "--agent-dir", &long];
    user.run("mssh", &words).fails(
        255,
        &[
            &format!("mssh: error: cannot have the socket of an ssh agent in {long}: its path is too long"),
            "mssh: hint: name another with --agent-dir in `mssh --ssh-config --install`",
        ],
    );
    let words = ["--proxy", "--agent-dir", &long, WEB1, "22", "ec2-user"];
    assert_eq!(user.run("mssh", &words).code, Some(255));
    assert!(pushes(&user.caller).is_empty());
}
