//! The sshd of an instance: a real one that accepts pushed keys only.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::instances::{CONSOLE, CONSOLE_ADDRESS, INSTANCES, ODD_PORT};
use super::lab_dir::{LabDir, RSA_ONLY};
use super::tools::{StartError, Tools};

/// One sshd and its instances: several if they share their addresses.
pub(crate) struct Daemon {
    pub(crate) ids: Vec<&'static str>,
    addresses: Vec<IpAddr>,
    port: u16,
    config: PathBuf,
    log: PathBuf,
}

/// The sshds of all instances, and the one of the serial consoles.
pub(crate) fn daemons(directory: &LabDir, port: u16, odd_port: u16) -> Vec<Daemon> {
    let mut daemons: Vec<Daemon> = Vec::new();
    for instance in INSTANCES {
        let mut addresses = instance.sshd_addresses();
        addresses.retain(|address| can_listen(*address, 0));
        let same = daemons.iter_mut().find(|it| it.addresses == addresses);
        if let Some(same) = same {
            same.ids.push(instance.id);
        } else if !addresses.is_empty() {
            daemons.push(Daemon {
                ids: vec![instance.id],
                addresses,
                port: if instance.id == ODD_PORT {
                    odd_port
                } else {
                    port
                },
                config: directory.sshd().join(format!("{}.conf", instance.id)),
                log: directory.sshd().join(format!("{}.log", instance.id)),
            });
        }
    }
    daemons.push(Daemon {
        ids: vec![CONSOLE],
        addresses: vec![CONSOLE_ADDRESS.parse().expect("an address")],
        port,
        config: directory.sshd().join("console.conf"),
        log: directory.sshd().join("console.log"),
    });
    daemons
}

/// Whether the port is free; with 0, whether this machine has the address.
pub(crate) fn can_listen(address: IpAddr, port: u16) -> bool {
    TcpListener::bind(SocketAddr::new(address, port)).is_ok()
}

impl Daemon {
    /// Whether its port is free at all its addresses.
    pub(crate) fn is_free(&self) -> bool {
        let mut addresses = self.addresses.iter();
        addresses.all(|address| can_listen(*address, self.port))
    }

    /// Writes its configuration, and returns the command that starts it.
    pub(crate) fn prepare(&self, directory: &LabDir, tools: &Tools) -> io::Result<Command> {
        fs::write(&self.config, self.configuration(directory, tools))?;
        let output = File::create(self.log.with_extension("out"))?;
        let mut words: Vec<&OsStr> = Vec::new();
        if let Some(setpriv) = &tools.setpriv {
            words.push(setpriv.as_ref());
            words.extend(["--pdeathsig", "KILL", "--"].map(OsStr::new));
        }
        if let Some(unshare) = &tools.unshare {
            words.push(unshare.as_ref());
            words.extend(["--mount", "/bin/sh", "-c", WITHOUT_LOGIN_RECORDS, "sh"].map(OsStr::new));
        }
        words.push(tools.sshd.as_ref());
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .args(["-D", "-f"])
            .arg(&self.config)
            .arg("-E")
            .arg(&self.log)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("TZ", "UTC") // of the expiry times
            .envs(directory.wrapped(tools))
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0);
        Ok(command)
    }

    fn configuration(&self, directory: &LabDir, tools: &Tools) -> String {
        let mut lines: Vec<String> = self
            .addresses
            .iter()
            .map(|address| SocketAddr::new(*address, self.port))
            .map(|address| format!("ListenAddress {address}"))
            .collect();
        let keys: Vec<_> = self
            .ids
            .iter()
            .map(|id| format!("\"{}/{id}/%u\"", directory.keys().display()))
            .collect();
        lines.push(format!("AuthorizedKeysFile {}", keys.join(" ")));
        let is_console = self.ids == [CONSOLE];
        let host_key = if is_console {
            directory.console_key()
        } else {
            directory.host_key()
        };
        lines.push(format!("HostKey \"{}\"", host_key.display()));
        if is_console {
            lines.extend(CONSOLE_OPTIONS.iter().map(ToString::to_string));
        }
        lines.extend(OPTIONS.iter().map(ToString::to_string));
        // Since 9.8 sshd blocks an address after too many failures: here, all tests have the same
        // one.
        if tools.sshd_version().is_some_and(|it| it >= (9, 8)) {
            lines.push("PerSourcePenalties no".to_owned());
        }
        // At the end, since a Match has no other.
        lines.push(format!("Match User {RSA_ONLY}"));
        // Since 8.5 PubkeyAcceptedAlgorithms, with this as another name.
        lines.push("    PubkeyAcceptedKeyTypes rsa-sha2-256,rsa-sha2-512".to_owned());
        lines.join("\n") + "\n"
    }

    /// Whether it listens at all its addresses. Its log is proof; a connection might reach another
    /// program.
    pub(crate) fn is_up(&self) -> bool {
        let log = self.log();
        self.addresses.iter().all(|address| {
            log.contains(&format!(
                "Server listening on {address} port {}.",
                self.port
            ))
        })
    }

    pub(crate) fn log(&self) -> String {
        let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
        read(&self.log) + &read(&self.log.with_extension("out"))
    }
}

/// Runs sshd with `/dev/null` in place of the machine's login records.
///
/// As root, sshd records every session with a terminal there, and has no option to turn that off.
const WITHOUT_LOGIN_RECORDS: &str = r#"
    for record in /var/log/wtmp /var/log/btmp /var/log/lastlog /run/utmp; do
        [ ! -e "$record" ] || mount --bind /dev/null "$record"
    done
    exec "$@""#;

/// A serial console allows one interactive session at a time.
const CONSOLE_OPTIONS: &[&str] = &["MaxSessions 1", "AllowTcpForwarding no"];

const OPTIONS: &[&str] = &[
    "PermitRootLogin yes",
    "PubkeyAuthentication yes",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "UsePAM no",
    "StrictModes no",
    "UseDNS no",
    "PidFile none",
    "LogLevel VERBOSE",
    "PrintMotd no",
    "PrintLastLog no",
    "MaxStartups 1000",
    "MaxSessions 100",
    "ClientAliveInterval 0",
    "AllowTcpForwarding yes",
    "AcceptEnv GIT_PROTOCOL LC_*",
    "Subsystem sftp internal-sftp",
];

/// As root, sshd needs this directory, which otherwise only its service manager makes.
pub(crate) fn make_separation_directory(tools: &Tools) -> Result<(), StartError> {
    let directory = Path::new("/run/sshd");
    if tools.uid == 0 && !directory.exists() {
        fs::create_dir(directory)?;
    }
    Ok(())
}
