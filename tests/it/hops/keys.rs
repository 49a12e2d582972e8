//! The agents of hops, with sockets in the directory of the run's own agent.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use rustix::process::{Pid, Signal, kill_process};

use super::WHERE;
use crate::lab::instances::{PRIVATE, WEB1};
use crate::sandbox::{
    Login, PATIENCE, Process, SshUser, eventually, leaves_nothing, mode, process, processes,
    set_mode,
};

/// The directory with the sockets of this ssh's hops.
#[track_caller]
fn agents_of_hops(ssh: Pid) -> PathBuf {
    let words = process(ssh).words.join(" ".as_ref());
    let line = words.to_string_lossy().into_owned();
    let (_, rest) = line.split_once("--agent-dir ").expect("a directory");
    PathBuf::from(rest.split_whitespace().next().expect("a directory"))
}

/// The processes of hops: their ssh, and the `mssh --proxy` of each.
fn hops_in(directory: &std::path::Path) -> Vec<Process> {
    let directory = directory.to_str().expect("text");
    let is_hop = |it: &Process| {
        let words = it.words.join(" ".as_ref());
        words.to_string_lossy().contains(directory)
    };
    processes().filter(is_hop).collect()
}

fn session(user: &SshUser) -> Login {
    Login::open(user.command("mssh").args(["-J", WEB1, PRIVATE]))
}

#[test]
fn the_sockets_of_hops_are_removed_with_the_client() {
    let user = SshUser::with("");
    let mut session = session(&user);
    let directory = agents_of_hops(session.pid());
    assert!(directory.starts_with(user.caller.run_dir()));
    assert_eq!(mode(&directory), 0o700);
    let socket = fs::symlink_metadata(directory.join("hop0")).expect("a socket");
    assert!(socket.file_type().is_socket());
    assert!(session.answers());
    assert_eq!(session.end().code, Some(0));
    let gone = || !directory.exists();
    assert!(eventually(PATIENCE, gone), "{}", directory.display());
    leaves_nothing(&user.caller);
}

#[test]
fn whichever_process_of_a_hop_is_killed_nothing_is_left() {
    for whom in ["client", "ssh", "mssh"] {
        let user = SshUser::with("");
        let mut session = session(&user);
        let directory = agents_of_hops(session.pid());
        let victim = match whom {
            "client" => session.pid(),
            "mssh" => {
                let is_proxy = |it: &Process| it.words.iter().any(|word| word == "--proxy");
                let found = hops_in(&directory).into_iter().find(is_proxy);
                found.expect("a process").pid()
            }
            _ => {
                let found = hops_in(&directory).into_iter().find(|it| {
                    it.pid() != session.pid() && it.words.iter().any(|word| word == "-W")
                });
                found.expect("a process").pid()
            }
        };
        kill_process(victim, Signal::KILL).expect("a process");
        session.end();
        let gone = || hops_in(&directory).is_empty();
        assert!(eventually(PATIENCE, gone), "{:?}", hops_in(&directory));
        leaves_nothing(&user.caller);
    }
}

/// The directory's name is random, and nothing that others made is used.
#[test]
fn two_runs_have_two_directories() {
    let user = SshUser::with("");
    let [mut one, mut other] = [session(&user), session(&user)];
    let directories = [&one, &other].map(|it| agents_of_hops(it.pid()));
    assert_ne!(directories[0], directories[1]);
    assert!(one.answers() && other.answers());
    assert_eq!(one.end().code, Some(0));
    assert!(!eventually(std::time::Duration::from_millis(300), || {
        !directories[1].join("hop0").exists()
    }));
    assert!(other.answers());
    assert_eq!(other.end().code, Some(0));
    leaves_nothing(&user.caller);
}

#[test]
fn leftovers_of_killed_agents_of_hops_are_removed() {
    let user = SshUser::with("");
    let left = user.caller.run_dir().join("mssh-key-Ab3xYz0123");
    fs::create_dir(&left).expect("a directory");
    set_mode(&left, 0o700);
    fs::write(left.join("key.pub"), "old").expect("a file");
    set_mode(left.join("key.pub"), 0o600);
    for name in ["agent", "hop0", "4711@01234567"] {
        drop(UnixListener::bind(left.join(name)).expect("a socket"));
    }
    // A run without hops removes them, too.
    user.run("mssh", &[WEB1, "true"]).prints("");
    assert!(eventually(PATIENCE, || !left.exists()));
    user.run("mssh", &["-J", WEB1, PRIVATE, WHERE])
        .prints("127.0.1.21\n");
    leaves_nothing(&user.caller);
}
