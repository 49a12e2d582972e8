//! The directory of a lab: the homes, the passwd and hosts files, the host keys.

use std::env;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::net::Ipv4Addr;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::instances::{CONSOLE_ADDRESS, CONSOLE_NAMES, INSTANCES};
use super::tools::{StartError, Tools};
use super::{eice, ports, preload, sweep};

/// The OS users of every instance. All have the UID of the user who runs the lab.
const OS_USERS: &[&str] = &[
    "ec2-user",
    "ubuntu",
    "1000jane",
    "admin",
    "debian",
    "fedora",
    "centos",
    "rocky",
    "core",
    "bitnami",
    "root",
    "deploy",
    "jane.doe",
    "svc_build",
    RSA_ONLY,
];

/// A user whose logins by ed25519 keys every instance refuses.
pub(crate) const RSA_ONLY: &str = "rsa-only";

pub(crate) struct LabDir {
    directory: TempDir,
    /// The address of the EC2 Instance Connect Endpoints.
    pub(super) endpoints: Ipv4Addr,
    /// Locked as long as the lab lives, so that other labs do not remove these files.
    _lock: File,
}

impl LabDir {
    /// Makes everything that does not depend on the port of the sshds.
    pub(crate) fn make(tools: &Tools, bins: Option<&Path>) -> Result<Self, StartError> {
        let directory = tempfile::Builder::new()
            .prefix(sweep::PREFIX)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(env::temp_dir())?;
        let lock = sweep::claim(directory.path())?;
        let this = Self {
            directory,
            endpoints: eice::some_address(),
            _lock: lock,
        };
        let private = [this.local(), this.remote(), this.run(), this.keys()];
        for path in private
            .iter()
            .chain([&this.dot_ssh(), &this.tmp(), &this.sshd()])
        {
            make_private(path)?;
        }
        preload::make(this.path())?;
        this.write_users(tools)?;
        this.write_names()?;
        this.make_host_keys(tools)?;
        this.link_programs(bins)?;
        Ok(this)
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn local(&self) -> PathBuf {
        self.path().join("home")
    }

    pub(crate) fn remote(&self) -> PathBuf {
        self.path().join("remote")
    }

    pub(crate) fn run(&self) -> PathBuf {
        self.path().join("run")
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.path().join("keys")
    }

    /// The configurations and logs of the sshds.
    pub(crate) fn sshd(&self) -> PathBuf {
        self.path().join(sweep::DAEMONS)
    }

    pub(crate) fn host_key(&self) -> PathBuf {
        self.sshd().join("host_key")
    }

    pub(crate) fn console_key(&self) -> PathBuf {
        self.sshd().join("console_key")
    }

    fn dot_ssh(&self) -> PathBuf {
        self.local().join(".ssh")
    }

    fn tmp(&self) -> PathBuf {
        self.path().join("tmp")
    }

    /// Makes a program (sshd, too) see the lab's users in place of the machine's, and connect to
    /// the lab's ports.
    pub(crate) fn wrapped(&self, tools: &Tools) -> [(&'static str, OsString); 5] {
        [
            ("LD_PRELOAD", preload::preload(self.path(), tools)),
            ports::variable(),
            ("NSS_WRAPPER_PASSWD", self.path().join("passwd").into()),
            ("NSS_WRAPPER_GROUP", self.path().join("group").into()),
            ("NSS_WRAPPER_SHADOW", self.path().join("shadow").into()),
        ]
    }

    /// The environment of a program in the lab, without the AWS variables.
    pub(crate) fn environment(&self, tools: &Tools) -> Vec<(&'static str, OsString)> {
        let real = env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
        let mut path = self.path().join("bin").into_os_string();
        path.push(":");
        path.push(real);
        let term = env::var_os("TERM").unwrap_or_else(|| "dumb".into());
        let mut environment = Vec::from(self.wrapped(tools));
        environment.extend([
            ("NSS_WRAPPER_HOSTS", self.path().join("hosts").into()),
            // The default is a hundred names and addresses.
            ("NSS_WRAPPER_MAX_HOSTENTS", "1000".into()),
            ("PATH", path),
            ("HOME", self.local().into()),
            ("TMPDIR", self.tmp().into()),
            ("SHELL", shell().into()),
            ("LANG", "C.UTF-8".into()),
            ("TERM", term),
        ]);
        environment
    }

    /// Users and groups: those of the machine, the instances' users, and the current user with a
    /// home in the lab.
    ///
    /// The current user comes first, since OpenSSH takes the home of the first entry with the UID.
    /// The shadow entry is `*`: with `!`, sshd refuses the account as locked, whatever the key.
    fn write_users(&self, tools: &Tools) -> io::Result<()> {
        let (uid, gid, shell) = (tools.uid, tools.gid, shell());
        let real = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let us = real
            .lines()
            .find(|line| line.split(':').nth(2) == Some(&uid.to_string()))
            .and_then(|line| line.split(':').next())
            .unwrap_or("user");
        let entry = |name: &str, home: &Path| {
            format!("{name}:x:{uid}:{gid}:lab:{}:{shell}\n", home.display())
        };
        let remote = || OS_USERS.iter().copied().filter(|name| *name != us);
        let mut passwd = vec![entry(us, &self.local())];
        for line in real.lines() {
            let name = line.split(':').next().unwrap_or_default();
            if name != us && !OS_USERS.contains(&name) {
                passwd.push(format!("{line}\n"));
            }
        }
        passwd.extend(remote().map(|name| entry(name, &self.remote())));
        let ports: Vec<_> = INSTANCES
            .iter()
            .map(|it| format!("{}.port0", it.id))
            .collect();
        passwd.extend(ports.iter().map(|name| entry(name, &self.remote())));
        let shadow: Vec<_> = std::iter::once(us)
            .chain(remote())
            .chain(ports.iter().map(String::as_str))
            .map(|name| format!("{name}:*:19000:0:99999:7:::\n"))
            .collect();
        fs::write(self.path().join("passwd"), passwd.concat())?;
        fs::write(self.path().join("shadow"), shadow.concat())?;
        // Without the group `tty`: sshd would give terminals to it, which only root may do.
        let real = fs::read_to_string("/etc/group").unwrap_or_default();
        let groups = real.lines().filter(|line| !line.starts_with("tty:"));
        let group: Vec<_> = groups.map(|line| format!("{line}\n")).collect();
        fs::write(self.path().join("group"), group.concat())
    }

    /// The DNS names of the instances, and `NAME.lab` for each, so that no test needs a real
    /// resolver.
    fn write_names(&self) -> io::Result<()> {
        let mut hosts = vec!["127.0.0.1 localhost\n".to_owned()];
        for instance in INSTANCES {
            let first = instance.public.or(instance.private).or(instance.ipv6);
            let names = [
                (instance.public, instance.public_dns()),
                (instance.private.or(instance.ipv6), instance.private_dns()),
                (
                    first.filter(|_| instance.has_plain_name()),
                    Some(format!("{}.lab", instance.name)),
                ),
            ];
            for elastic in instance.secondary.iter().filter_map(|it| it.elastic) {
                hosts.push(format!("{elastic} {}\n", instance.public_name(elastic)));
            }
            for (address, name) in names {
                if let (Some(address), Some(name)) = (address, name) {
                    hosts.push(format!("{address} {name}\n"));
                }
            }
        }
        let consoles = CONSOLE_NAMES.iter();
        hosts.extend(consoles.map(|name| format!("{CONSOLE_ADDRESS} {name}\n")));
        hosts.push(eice::hosts(self.endpoints));
        fs::write(self.path().join("hosts"), hosts.concat())
    }

    /// One host key for all instances and one for all serial consoles, both in `known_hosts`.
    fn make_host_keys(&self, tools: &Tools) -> Result<(), StartError> {
        let mut known = Vec::new();
        let places = [
            ("*", self.host_key()),
            ("*serial-console.*", self.console_key()),
        ];
        for (hosts, file) in places {
            let made = Command::new(&tools.ssh_keygen)
                .args(["-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f"])
                .arg(&file)
                .output()?;
            if !made.status.success() {
                let said = String::from_utf8_lossy(&made.stderr).into_owned();
                return Err(StartError::Failed(format!("ssh-keygen: {said}")));
            }
            let public = fs::read_to_string(file.with_extension("pub"))?;
            known.push(format!("{hosts} {public}"));
        }
        fs::write(self.dot_ssh().join("known_hosts"), known.concat())?;
        Ok(())
    }

    fn link_programs(&self, bins: Option<&Path>) -> io::Result<()> {
        let bin = self.path().join("bin");
        fs::create_dir(&bin)?;
        let Some(bins) = bins else { return Ok(()) };
        let bins = bins.canonicalize()?;
        ["mssh", "msftp", "mscp"]
            .iter()
            .try_for_each(|name| symlink(bins.join(name), bin.join(name)))
    }
}

/// Makes a directory with mode 0700, unless it exists.
pub(crate) fn make_private(directory: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

fn shell() -> &'static str {
    let bash = "/bin/bash";
    if Path::new(bash).exists() {
        bash
    } else {
        "/bin/sh"
    }
}
