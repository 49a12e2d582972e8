//! The key is in the agent's memory, and nowhere else.

use std::fs;
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::names;
use crate::lab::Caller;
use crate::lab::instances::WEB1;
use crate::sandbox::{Login, caller, processes, skipped};

/// What the file of a private key begins with, as text, in base64, and in binary.
const MARKS: [&[u8]; 3] = [
    b"PRIVATE KEY-----",
    b"b3BlbnNzaC1rZXktdjEA",
    b"openssh-key-v1\0",
];

/// Files that are larger hold no key of a session.
const LARGEST: u64 = 1 << 20;

/// All regular files below a directory that are not larger.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&entry.path())),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
    found.retain(|it| fs::metadata(it).is_ok_and(|it| it.len() <= LARGEST));
    found
}

fn has_a_key(bytes: &[u8]) -> bool {
    MARKS
        .iter()
        .any(|mark| bytes.windows(mark.len()).any(|it| it == *mark))
}

/// Whether this is the file of a key that other tests and the lab make.
fn is_of_a_test(file: &Path, ours: &Path) -> bool {
    !file.starts_with(ours)
        && (file.components().any(|it| it.as_os_str() == "sshd")
            || file.with_extension("pub").exists()
            || PathBuf::from(format!("{}.pub", file.display())).exists()
            || file.extension().is_some_and(|it| it == "pem"))
}

/// Every directory where a program of ours can write, and the current one.
fn places() -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> = ["/tmp", "/var/tmp", "/dev/shm", "/run"]
        .map(PathBuf::from)
        .into();
    places.extend(std::env::home_dir().map(|home| home.join(".ssh")));
    places.extend(std::env::home_dir().map(|home| home.join(".aws")));
    places
}

#[test]
fn no_file_and_no_process_shows_a_private_key_while_a_session_is_open() {
    let caller = caller();
    let session = Login::of(&caller);
    let started = fs::metadata(session.directory())
        .expect("a directory")
        .ctime();
    assert_eq!(names(&session.directory()), ["agent", "key.pub"]);
    let mut seen = 0;
    for file in places().iter().flat_map(|place| files(place)) {
        let is_older = fs::metadata(&file).is_ok_and(|it| it.ctime() + 5 < started);
        let bytes = fs::read(&file).unwrap_or_default();
        seen += 1;
        let is_known = is_of_a_test(&file, caller.run_dir()) || is_older;
        assert!(is_known || !has_a_key(&bytes), "{}", file.display());
    }
    assert!(seen > 10, "{seen} files");
    let (ssh, agent) = (session.pid().as_raw_nonzero().get(), session.agent().pid);
    for process in processes().filter(|it| [ssh, agent].contains(&it.pid)) {
        for file in ["cmdline", "environ"] {
            let bytes = fs::read(format!("/proc/{}/{file}", process.pid)).unwrap_or_default();
            assert!(!has_a_key(&bytes), "{file} of {process:?}");
        }
    }
}

/// Tells a socket from a file, and reads the latter.
#[test]
fn what_lies_beside_the_socket_is_no_secret() {
    let caller = caller();
    let session = Login::of(&caller);
    let directory = session.directory();
    let socket = fs::symlink_metadata(directory.join("agent")).expect("a socket");
    assert!(socket.file_type().is_socket());
    let mut text = String::new();
    let mut file = fs::File::open(directory.join("key.pub")).expect("a file");
    file.read_to_string(&mut text).expect("text");
    assert!(
        text.starts_with("ssh-ed25519 AAAA") && text.lines().count() == 1,
        "{text}"
    );
}

/// A line of `/proc/PID/status`.
fn status(pid: i32, name: &str) -> String {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let line = text.lines().find_map(|it| it.strip_prefix(name));
    line.unwrap_or_default().trim().to_owned()
}

#[test]
fn the_key_is_never_swapped_out() {
    let caller = caller();
    let session = Login::of(&caller);
    let mut limit = caller.command("sh");
    let limit = limit.args(["-c", "ulimit -l"]).output().expect("sh").stdout;
    if limit == b"0\n" {
        return skipped("no memory may be locked here");
    }
    assert_ne!(status(session.agent().pid, "VmLck:"), "0 kB");
}

/// A program without root's right to override permissions, which other users do not have either.
fn powerless(caller: &Caller<'_>, program: &str) -> Command {
    if !rustix::process::geteuid().is_root() {
        return caller.command(program);
    }
    let mut command = caller.command("setpriv");
    command.args(["--bounding-set=-all", "--inh-caps=-all", program]);
    command
}

#[test]
fn other_processes_of_the_user_cannot_read_the_agents_memory() {
    let caller = caller();
    let session = Login::open(powerless(&caller, "mssh").arg(WEB1));
    let can_read = |pid: i32| {
        let mut reader = powerless(&caller, "sh");
        let read = reader
            .args(["-c", &format!(": < /proc/{pid}/mem")])
            .output();
        read.is_ok_and(|it| it.status.success())
    };
    if !can_read(session.pid().as_raw_nonzero().get()) {
        return skipped("no process may read the memory of another one here");
    }
    assert!(!can_read(session.agent().pid), "its memory can be read");
}
