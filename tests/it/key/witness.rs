//! A session to look at while it lives, and the processes around it.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::lab::Tenant;
use crate::lab::cast::WEB1;
use crate::sandbox::{Outcome, eventually, outcome};

/// What nothing here takes unless it is broken, however busy the machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A login that lasts until it is ended: the other side says it is ready, then echoes.
pub(crate) struct Session {
    child: Option<Child>,
    stdin: Option<ChildStdin>,
}

impl Session {
    /// One of `mssh` to [`WEB1`].
    #[track_caller]
    pub(crate) fn of(tenant: &Tenant<'_>) -> Self {
        Self::open(tenant.command("mssh").arg(WEB1))
    }

    /// One of this command, to which the remote command is added. Returns when it is logged in.
    #[track_caller]
    pub(crate) fn open(command: &mut Command) -> Self {
        let mut child = command
            .arg("echo ready; exec cat")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdin = child.stdin.take();
        let mut session = Self {
            child: Some(child),
            stdin,
        };
        let ready = session.hear(6);
        assert!(ready == b"ready\n", "no login: {:?}", session.end());
        session
    }

    /// The next `count` bytes from the other side: fewer if it is gone.
    pub(crate) fn hear(&mut self, count: u64) -> Vec<u8> {
        let child = self.child.as_mut().expect("a session");
        let stdout = child.stdout.as_mut().expect("a pipe");
        let mut heard = Vec::new();
        let _ = stdout.take(count).read_to_end(&mut heard);
        heard
    }

    /// Whether the other side still answers.
    pub(crate) fn answers(&mut self) -> bool {
        use std::io::Write;
        let mut stdin = self.stdin.as_ref().expect("a session");
        stdin.write_all(b"hello\n").is_ok() && self.hear(6) == b"hello\n"
    }

    /// The process that was `mssh`.
    pub(crate) fn pid(&self) -> Pid {
        pid_of(self.child.as_ref().expect("a session"))
    }

    /// Its key, as its command line names it.
    #[track_caller]
    pub(crate) fn key(&self) -> PathBuf {
        key_of(self.pid()).expect("a key on ssh's command line")
    }

    /// Its keeper.
    #[track_caller]
    pub(crate) fn keeper(&self) -> Process {
        let room = self.key().parent().map(Path::to_owned).expect("a parent");
        let mut keepers = keepers_below(&room);
        assert_eq!(keepers.len(), 1, "{keepers:?}");
        keepers.remove(0)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("a process of ours");
    }

    /// Hangs up on the other side, and waits for the end.
    pub(crate) fn end(&mut self) -> Outcome {
        self.stdin.take();
        outcome(self.child.take().expect("a session"))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What `/proc` tells of a process.
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

/// How many processes have this room on their command line: none of them, and no environment of
/// theirs, tells one of these.
#[track_caller]
pub(crate) fn discreet(room: &Path, secrets: &[&str]) -> usize {
    let mut seen = 0;
    for process in processes() {
        let words = process.words.iter().map(|it| it.to_string_lossy());
        let line = words.collect::<Vec<_>>().join(" ");
        if !line.contains(&*room.to_string_lossy()) {
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

/// What is known of this process.
#[track_caller]
pub(crate) fn process(pid: Pid) -> Process {
    Process::read(pid.as_raw_nonzero().get()).expect("a process")
}

/// The keepers of rooms at or below `directory`, shared ones included.
pub(crate) fn keepers_below(directory: &Path) -> Vec<Process> {
    let keeps = |it: &Process| {
        it.words.iter().any(|word| word == "stay")
            && it.words.iter().any(|word| word == "--keeper")
            && it
                .words
                .iter()
                .any(|it| Path::new(it).starts_with(directory))
    };
    processes().filter(keeps).collect()
}

pub(crate) fn pid_of(child: &Child) -> Pid {
    Pid::from_child(child)
}

/// The key that the command line of a process names.
pub(crate) fn key_of(pid: Pid) -> Option<PathBuf> {
    let words = process(pid).words;
    let at = words.iter().position(|word| word == "-i")?;
    words.get(at + 1).map(PathBuf::from)
}

/// The permission bits of a file.
pub(crate) fn mode(path: &Path) -> u32 {
    let metadata = fs::symlink_metadata(path).expect("a file");
    metadata.permissions().mode() & 0o7777
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

/// A file of credentials for a tunnel, as mssh makes one.
pub(crate) fn handed(tenant: &Tenant<'_>, text: &str) -> PathBuf {
    let room = tenant.run_dir().join("mssh-key-Ab3xYz0123");
    let file = room.join("credentials");
    fs::create_dir_all(&room).expect("a directory");
    fs::write(&file, text).expect("a file");
    for (path, mode) in [(&room, 0o700), (&file, 0o600)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("its mode");
    }
    file
}

/// Asserts that soon nothing is left of any run of this tenant: no room, no keeper.
#[track_caller]
pub(crate) fn leaves_nothing(tenant: &Tenant<'_>) {
    let rooms = || -> Vec<PathBuf> {
        let entries = fs::read_dir(tenant.run_dir()).expect("a directory");
        entries.flatten().map(|entry| entry.path()).collect()
    };
    let keepers = || keepers_below(tenant.run_dir());
    let nothing = || rooms().is_empty() && keepers().is_empty();
    let left = || format!("left: {:?}, kept by {:?}", rooms(), keepers());
    assert!(eventually(PATIENCE, nothing), "{}", left());
}
