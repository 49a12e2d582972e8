//! The processes of a session, and the files that it leaves.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::Pid;

use super::{PATIENCE, eventually};
use crate::lab::Caller;

/// A process, by `/proc`.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    pub(crate) state: String,
    pub(crate) parent: i32,
    pub(crate) group: i32,
    pub(crate) session: i32,
    pub(crate) words: Vec<OsString>,
}

impl Process {
    fn read(pid: i32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, after_name) = stat.rsplit_once(')')?;
        let mut fields = after_name.split_whitespace();
        let state = fields.next()?.to_owned();
        let mut number = || fields.next()?.parse().ok();
        let (parent, group, session) = (number()?, number()?, number()?);
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let words = line.split(|byte| *byte == 0).map(<[u8]>::to_vec);
        Some(Self {
            pid,
            state,
            parent,
            group,
            session,
            words: words.map(OsString::from_vec).collect(),
        })
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(self.pid).expect("a process")
    }
}

/// All processes of this machine.
pub(crate) fn processes() -> impl Iterator<Item = Process> {
    let entries = fs::read_dir("/proc").expect("/proc").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(Process::read)
}

/// Asserts that no process with this directory on its command line has one of the secrets there or
/// in its environment. Returns the number of these processes.
#[track_caller]
pub(crate) fn assert_hidden(directory: &Path, secrets: &[&str]) -> usize {
    let mut seen = 0;
    for process in processes() {
        let words = process.words.iter().map(|it| it.to_string_lossy());
        let line = words.collect::<Vec<_>>().join(" ");
        if !line.contains(&*directory.to_string_lossy()) {
            continue;
        }
        seen += 1;
        let environment = fs::read(format!("/proc/{}/environ", process.pid)).unwrap_or_default();
        let environment = String::from_utf8_lossy(&environment).into_owned();
        for secret in secrets {
            assert!(!line.contains(secret), "{line}");
            assert!(!environment.contains(secret), "{environment}");
        }
    }
    seen
}

/// The process with this ID.
#[track_caller]
pub(crate) fn process(pid: Pid) -> Process {
    Process::read(pid.as_raw_nonzero().get()).expect("a process")
}

/// The agents whose sockets are below `directory`, or were before it was removed; and those that were
/// started with it as their runtime directory, where root may see that.
pub(crate) fn agents_below(directory: &Path) -> Vec<Process> {
    let listening = sockets_below(directory);
    let variable = format!("XDG_RUNTIME_DIR={}", directory.display()).into_bytes();
    let is_agent = |it: &Process| it.words.iter().any(|word| word == "--agent");
    let is_here = |it: &Process| {
        let environment = fs::read(format!("/proc/{}/environ", it.pid)).unwrap_or_default();
        let mut variables = environment.split(|byte| *byte == 0);
        variables.any(|it| it == variable) || has_one_of(it.pid, &listening)
    };
    processes()
        .filter(|it| is_agent(it) && is_here(it))
        .collect()
}

/// Whether a process has one of these sockets. Only root may see that of a process which hides its
/// memory.
fn has_one_of(pid: i32, sockets: &[String]) -> bool {
    let entries = fs::read_dir(format!("/proc/{pid}/fd"))
        .into_iter()
        .flatten();
    let mut links = entries.flatten().flat_map(|it| fs::read_link(it.path()));
    links.any(|it| sockets.iter().any(|inode| it.as_os_str() == &**inode))
}

/// The sockets that are bound to paths below `directory`, as links in `/proc/PID/fd` name them. The
/// paths need not be there any more.
fn sockets_below(directory: &Path) -> Vec<String> {
    let table = fs::read_to_string("/proc/net/unix").unwrap_or_default();
    let socket = |line: &str| {
        let (fields, path) = line.split_once(" /")?;
        let inode = fields.split_whitespace().last()?;
        let is_here = Path::new("/").join(path).starts_with(directory);
        is_here.then(|| format!("socket:[{inode}]"))
    };
    table.lines().filter_map(socket).collect()
}

/// The process that listens at a socket.
pub(super) fn listener_at(socket: &Path) -> Option<Process> {
    let stream = UnixStream::connect(socket).ok()?;
    let peer = rustix::net::sockopt::socket_peercred(stream).ok()?;
    Process::read(peer.pid.as_raw_nonzero().get())
}

pub(crate) fn pid_of(child: &Child) -> Pid {
    Pid::from_child(child)
}

/// The agent's directory, from the command line of its client.
pub(crate) fn directory_of(client: Pid) -> Option<PathBuf> {
    let socket = process(client).words.into_iter().find_map(|word| {
        let socket = word.to_str()?.strip_prefix("IdentityAgent=")?;
        Some(PathBuf::from(socket.trim_matches('"')))
    })?;
    socket.parent().map(Path::to_owned)
}

/// The permission bits of a file.
pub(crate) fn mode(path: &Path) -> u32 {
    let metadata = fs::symlink_metadata(path).expect("a file");
    metadata.permissions().mode() & 0o7777
}

pub(crate) fn set_mode(path: impl AsRef<Path>, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the mode");
}

/// Writes a program, by another process: a child that another test thread starts would inherit the
/// open file, and a file open for writing cannot be run (ETXTBSY).
#[track_caller]
pub(crate) fn write_script(path: impl AsRef<Path>, script: impl AsRef<[u8]>) {
    let mut sh = Command::new("sh");
    sh.args(["-c", "cat > \"$1\" && chmod 755 \"$1\"", "sh"]);
    let mut sh = sh.arg(path.as_ref()).stdin(Stdio::piped()).spawn();
    let sh = sh.as_mut().expect("sh");
    let mut input = sh.stdin.take().expect("its input");
    input.write_all(script.as_ref()).expect("a script");
    drop(input);
    assert!(sh.wait().expect("sh").success());
}

/// Copies a program, by another process for the same reason.
#[track_caller]
pub(crate) fn copy_program(from: impl AsRef<Path>, to: impl AsRef<Path>) {
    let mut cp = Command::new("cp");
    cp.arg("--").arg(from.as_ref()).arg(to.as_ref());
    assert!(cp.status().expect("cp").success());
}

/// CPU time of a process, in ticks of 10 ms.
pub(crate) fn ticks(pid: Pid) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    let stat = stat.expect("a process");
    let (_, after_name) = stat.rsplit_once(')').expect("a name");
    let fields = after_name.split_whitespace().skip(11).take(2);
    fields.flat_map(str::parse::<u64>).sum()
}

/// All files below `directory`.
pub(crate) fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files.extend(files_below(&path)),
            _ => files.push(path),
        }
    }
    files
}

/// Asserts that soon no directory and no agent of this caller is left.
#[track_caller]
pub(crate) fn leaves_nothing(caller: &Caller<'_>) {
    let directories = || -> Vec<PathBuf> {
        let entries = fs::read_dir(caller.run_dir()).expect("a directory");
        entries.flatten().map(|entry| entry.path()).collect()
    };
    let agents = || agents_below(caller.run_dir());
    let sockets = || sockets_below(caller.run_dir());
    let nothing = || directories().is_empty() && agents().is_empty() && sockets().is_empty();
    let left = || {
        format!(
            "left: {:?}, kept by {:?}, {:?}",
            directories(),
            agents(),
            sockets()
        )
    };
    assert!(eventually(PATIENCE, nothing), "{}", left());
}

/// The peak resident memory of a process, and the part that is mapped files, in kilobytes. `None`
/// once it has ended.
pub(crate) fn memory(child: &Child) -> Option<(u64, u64)> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let kilobytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line?.split_whitespace().next()?.parse::<u64>().ok()
    };
    Some((kilobytes("VmHWM:")?, kilobytes("RssFile:")?))
}
