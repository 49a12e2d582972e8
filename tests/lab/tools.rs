//! What the lab needs of the machine, and how it says that something is not there.

use std::env;
use std::fmt;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The programs and the library the lab is made of, where this machine has them.
pub(crate) struct Tools {
    pub(crate) sshd: PathBuf,
    pub(crate) ssh_keygen: PathBuf,
    pub(crate) nss_wrapper: PathBuf,
    /// Lets daemons die with the lab even if it is killed; not everywhere, and not needed.
    pub(crate) setpriv: Option<PathBuf>,
    /// Lets root's daemons not see the machine's login records; where that is not to be had, the
    /// sessions with a terminal are written down in them.
    pub(crate) unshare: Option<PathBuf>,
    /// Who runs the lab, and so whoever logs in anywhere in it.
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// Why there is no lab.
#[derive(Debug)]
pub(crate) enum StartError {
    /// Things to install.
    StartError(Vec<Dependency>),
    /// All is there, and yet it does not work.
    Failed(String),
}

/// One thing to install: its name, and its packages with apt and with dnf.
#[derive(Debug)]
pub(crate) struct Dependency {
    name: &'static str,
    apt: &'static str,
    dnf: &'static str,
}

#[rustfmt::skip]
mod pieces {
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
            (program("sshd"), pieces::SSHD),
            (program("ssh"), pieces::SSH),
            (program("ssh-keygen"), pieces::SSH_KEYGEN),
            (library("libnss_wrapper.so"), pieces::NSS_WRAPPER),
        ];
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for (path, piece) in wanted {
            match path {
                Some(path) => found.push(path),
                None => missing.push(piece),
            }
        }
        let Ok([sshd, _ssh, ssh_keygen, nss_wrapper]) = <[PathBuf; 4]>::try_from(found) else {
            return Err(StartError::StartError(missing));
        };
        // Our own effective IDs, without a call that needs `unsafe` or another crate.
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

    /// Major and minor version of the sshd, which tells its newer versions only among complaints.
    pub(crate) fn sshd_version(&self) -> Option<(u32, u32)> {
        let output = Command::new(&self.sshd).arg("-V").output().ok()?;
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let (_, version) = said.split_once("OpenSSH_")?;
        let (major, rest) = version.split_once('.')?;
        let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
        Some((major.parse().ok()?, minor.parse().ok()?))
    }
}

/// A program on `PATH`, or where daemons are kept out of ordinary users' way.
fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from))
        .map(|directory| directory.join(name))
        .find(|candidate| candidate.is_file())
}

/// A library where the distributions keep those of this machine's own kind.
fn library(name: &str) -> Option<PathBuf> {
    let debian = format!("/usr/lib/{}-linux-gnu", env::consts::ARCH);
    [&debian, "/usr/lib64", "/usr/lib", "/usr/local/lib"]
        .map(|directory| Path::new(directory).join(name))
        .into_iter()
        .find(|candidate| candidate.is_file())
}

/// Whether we can and may run programs through this one.
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
        let pieces = match self {
            StartError::Failed(why) => return write!(f, "the lab does not start: {why}"),
            StartError::StartError(pieces) => pieces,
        };
        let list = |part: fn(&Dependency) -> &'static str, separator| {
            let mut words: Vec<_> = pieces.iter().map(part).collect();
            words.dedup();
            words.join(separator)
        };
        writeln!(f, "the lab needs {}", list(|piece| piece.name, " and "))?;
        write!(
            f,
            "install it with `apt-get install {}` or `dnf install {}`",
            list(|piece| piece.apt, " "),
            list(|piece| piece.dnf, " ")
        )
    }
}

impl std::error::Error for StartError {}

impl From<io::Error> for StartError {
    fn from(error: io::Error) -> Self {
        StartError::Failed(error.to_string())
    }
}
