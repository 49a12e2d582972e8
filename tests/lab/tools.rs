//! The programs that the lab needs, and the error if some are missing.

use std::env;
use std::fmt;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) struct Tools {
    pub(crate) sshd: PathBuf,
    pub(crate) ssh_keygen: PathBuf,
    pub(crate) nss_wrapper: PathBuf,
    /// Ends sshds with the lab even if it is killed. Optional.
    pub(crate) setpriv: Option<PathBuf>,
    /// Hides the machine's login records from sshds of root. Without it, they record sessions with
    /// a terminal.
    pub(crate) unshare: Option<PathBuf>,
    /// The user who runs the lab, and so every OS user in it.
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// Why the lab does not start.
#[derive(Debug)]
pub(crate) enum StartError {
    /// Something has to be installed.
    Missing(Vec<Dependency>),
    Failed(String),
}

/// Something to install: its name, and its packages for apt and dnf.
#[derive(Debug)]
pub(crate) struct Dependency {
    name: &'static str,
    apt: &'static str,
    dnf: &'static str,
}

#[rustfmt::skip]
mod dependencies {
    use super::Dependency;
    pub(super) const SSHD: Dependency =
        Dependency { name: "sshd", apt: "openssh-server", dnf: "openssh-server" };
    pub(super) const SSH: Dependency =
        Dependency { name: "ssh", apt: "openssh-client", dnf: "openssh-clients" };
    pub(super) const SSH_KEYGEN: Dependency =
        Dependency { name: "ssh-keygen", apt: "openssh-client", dnf: "openssh" };
    pub(super) const NSS_WRAPPER: Dependency =
        Dependency { name: "libnss_wrapper.so", apt: "libnss-wrapper", dnf: "nss_wrapper" };
}

impl Tools {
    pub(crate) fn find() -> Result<Self, StartError> {
        let wanted = [
            (program("sshd"), dependencies::SSHD),
            (program("ssh"), dependencies::SSH),
            (program("ssh-keygen"), dependencies::SSH_KEYGEN),
            (library("libnss_wrapper.so"), dependencies::NSS_WRAPPER),
        ];
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for (path, it) in wanted {
            match path {
                Some(path) => found.push(path),
                None => missing.push(it),
            }
        }
        let Ok([sshd, _ssh, ssh_keygen, nss_wrapper]) = <[PathBuf; 4]>::try_from(found) else {
            return Err(StartError::Missing(missing));
        };
        // The owner of /proc/self has our effective IDs.
        let us = Path::new("/proc/self").metadata()?;
        Ok(Self {
            sshd,
            ssh_keygen,
            nss_wrapper,
            setpriv: program("setpriv").filter(|it| works(it, &["--pdeathsig", "KILL"])),
            unshare: program("unshare").filter(|it| us.uid() == 0 && works(it, &["--mount"])),
            uid: us.uid(),
            gid: us.gid(),
        })
    }

    /// Major and minor version of sshd, which older versions print only in an error.
    pub(crate) fn sshd_version(&self) -> Option<(u32, u32)> {
        let output = Command::new(&self.sshd).arg("-V").output().ok()?;
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let (_, version) = said.split_once("OpenSSH_")?;
        let (major, rest) = version.split_once('.')?;
        let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
        Some((major.parse().ok()?, minor.parse().ok()?))
    }
}

/// Finds a program on `PATH` or in an `sbin` directory.
fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from))
        .map(|directory| directory.join(name))
        .find(|candidate| candidate.is_file())
}

/// Finds a library in the directories of the common distributions.
fn library(name: &str) -> Option<PathBuf> {
    let debian = format!("/usr/lib/{}-linux-gnu", env::consts::ARCH);
    [&debian, "/usr/lib64", "/usr/lib", "/usr/local/lib"]
        .map(|directory| Path::new(directory).join(name))
        .into_iter()
        .find(|candidate| candidate.is_file())
}

/// Whether programs can be run with this wrapper.
fn works(wrapper: &Path, options: &[&str]) -> bool {
    Command::new(wrapper)
        .args(options)
        .arg("true")
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|output| output.status.success())
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dependencies = match self {
            StartError::Failed(why) => return write!(f, "the lab does not start: {why}"),
            StartError::Missing(dependencies) => dependencies,
        };
        let list = |part: fn(&Dependency) -> &'static str, separator| {
            let mut words: Vec<_> = dependencies.iter().map(part).collect();
            words.dedup();
            words.join(separator)
        };
        writeln!(f, "the lab needs {}", list(|it| it.name, " and "))?;
        write!(
            f,
            "install it with `apt-get install {}` or `dnf install {}`",
            list(|it| it.apt, " "),
            list(|it| it.dnf, " ")
        )
    }
}

impl std::error::Error for StartError {}

impl From<io::Error> for StartError {
    fn from(error: io::Error) -> Self {
        StartError::Failed(error.to_string())
    }
}
