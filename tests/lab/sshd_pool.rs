//! The pool of sshds of a lab: starts them, and kills them with their sessions.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use super::lab_dir::LabDir;
use super::ports;
use super::sshd::{self, Daemon};
use super::tools::{StartError, Tools};

const PATIENCE: Duration = Duration::from_secs(10);
/// How many sets of ports are tried, if other programs take them first.
const ATTEMPTS: usize = 8;

pub(crate) struct SshdPool {
    daemons: Vec<Daemon>,
    children: Vec<Child>,
    port: u16,
    odd_port: u16,
    /// Dropping it ends the thread that started the sshds.
    _spawner: Sender<()>,
}

impl SshdPool {
    /// Starts all sshds, on port 22 if it is free, and returns when they listen.
    pub(crate) fn start(directory: &LabDir, tools: &Tools) -> Result<Self, StartError> {
        sshd::make_separation_directory(tools)?;
        let mut failure = "no port is free".to_owned();
        for attempt in 0..ATTEMPTS {
            let port = if attempt == 0 {
                ports::SSH
            } else {
                random_port()
            };
            ports::replace(ports::SSH, port);
            let odd_port = random_port();
            let daemons = sshd::daemons(directory, port, odd_port);
            if port == odd_port || !daemons.iter().all(Daemon::is_free) {
                continue;
            }
            let commands = daemons
                .iter()
                .map(|daemon| daemon.prepare(directory, tools));
            let (children, spawner) = spawn_all(commands.collect::<io::Result<_>>()?)?;
            let mut sshds = Self {
                daemons,
                children,
                port,
                odd_port,
                _spawner: spawner,
            };
            match sshds.wait_until_up() {
                Ok(()) => return Ok(sshds),
                Err(log) => failure = log,
            }
        }
        Err(StartError::Failed(failure))
    }

    /// Waits until all listen; fails with the log of the first that has exited.
    fn wait_until_up(&mut self) -> Result<(), String> {
        let start = Instant::now();
        for (daemon, child) in self.daemons.iter().zip(&mut self.children) {
            while !daemon.is_up() {
                let exited = !matches!(child.try_wait(), Ok(None));
                if exited || start.elapsed() > PATIENCE {
                    return Err(format!("sshd of {}: {}", daemon.ids[0], daemon.log()));
                }
                thread::sleep(Duration::from_millis(5));
            }
        }
        Ok(())
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn odd_port(&self) -> u16 {
        self.odd_port
    }

    /// Whether the instance has an sshd.
    pub(crate) fn runs(&self, id: &str) -> bool {
        self.daemons.iter().any(|it| it.ids.contains(&id))
    }

    pub(crate) fn log(&self, id: &str) -> String {
        let daemon = self.daemons.iter().find(|it| it.ids.contains(&id));
        daemon.map(Daemon::log).unwrap_or_default()
    }
}

impl Drop for SshdPool {
    fn drop(&mut self) {
        let pids: Vec<u32> = self.children.iter().map(Child::id).collect();
        kill_all(&pids);
        for child in &mut self.children {
            let _ = child.wait();
        }
    }
}

/// Below the ephemeral ports of the kernel, so that no outgoing connection has it.
pub(super) fn random_port() -> u16 {
    fastrand::u16(10_000..32_000)
}

/// Starts the sshds from a thread that lives as long as the [`Sender`].
///
/// They should end with the lab, but the "parent" of `PR_SET_PDEATHSIG` is the thread that started
/// them. In a lab shared by tests that would be the thread of the first test.
fn spawn_all(commands: Vec<Command>) -> io::Result<(Vec<Child>, Sender<()>)> {
    let (spawner, end) = mpsc::channel();
    let (report, reported) = mpsc::channel();
    thread::Builder::new()
        .name("lab daemons".to_owned())
        .spawn(move || {
            for mut command in commands {
                if report.send(command.spawn()).is_err() {
                    break;
                }
            }
            drop(report);
            let _ = end.recv();
        })?;
    let mut children = Vec::new();
    for started in reported {
        match started {
            Ok(child) => children.push(child),
            Err(error) => {
                kill_all(&children.iter().map(Child::id).collect::<Vec<_>>());
                return Err(error);
            }
        }
    }
    Ok((children, spawner))
}

/// Kills these sshds and all their descendants.
///
/// Each session is a process group of its own, so descendants are found by their parents. The
/// shell's `kill` serves, since the standard library kills only a [`Child`].
pub(crate) fn kill_all(pids: &[u32]) {
    let doomed = with_descendants(pids);
    if doomed.is_empty() {
        return;
    }
    let _ = Command::new("/bin/sh")
        .args(["-c", "kill -s KILL \"$@\" 2>/dev/null", "sh"])
        .args(doomed.iter().map(u32::to_string))
        .status();
}

fn with_descendants(pids: &[u32]) -> HashSet<u32> {
    let parents: Vec<(u32, u32)> = processes()
        .filter_map(|pid| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            let (_, after_name) = stat.rsplit_once(')')?;
            let parent = after_name.split_whitespace().nth(1)?;
            Some((pid, parent.parse().ok()?))
        })
        .collect();
    let mut family: HashSet<u32> = pids.iter().copied().collect();
    loop {
        let before = family.len();
        for (pid, parent) in &parents {
            if family.contains(parent) {
                family.insert(*pid);
            }
        }
        if family.len() == before {
            return family;
        }
    }
}

/// The sshds that an earlier lab left, by their configuration in `directory`.
pub(crate) fn daemons_of(directory: &Path) -> Vec<u32> {
    let sign = format!("-f {}/", directory.display());
    processes()
        .filter(|pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            line.contains("sshd") && line.contains(&sign)
        })
        .collect()
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}
