//! The question we put to ssh itself (`ssh -G`) before a connection, and its answer.
//!
//! Who logs in, which address family, and whether the user's ssh_config has a proxy for the host
//! are ssh's to say (ssh_config(5)): we ask it with the user's own words rather than imitate it.

pub mod bad_value;
mod display;
pub mod files;
pub mod user;

use std::ffi::{OsStr, OsString};
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use self::bad_value::BadConfigValue;
use crate::plan::cli::invocation::Invocation;
use crate::plan::cli::scan::Flag;
use crate::plan::program::Program;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::Login;
use crate::plan::way::Family;

/// The user that the generated configuration sets last of all: where ssh answers with it, nothing
/// else has set one.
const NOBODY: &str = "mssh-nobody-set-a-user";

/// The configuration that ssh is to read for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Config {
    /// These, if they are there: what ssh reads without `-F`, as far as it sets a user. The system's
    /// file is not included in vain: in a namespace where it belongs to nobody, ssh refuses that.
    Usual(Vec<PathBuf>),
    /// The content of the file that `-F` names. It is not included but copied: ssh checks the
    /// owner and the mode of what is included, and not of what `-F` names.
    Given(Vec<u8>),
    /// None (`-F none`).
    None,
}

/// The generated configuration, in which the first value wins.
#[must_use]
pub fn config(files: Config) -> Vec<u8> {
    let mut text = match files {
        Config::Usual(files) => {
            let include =
                |file: PathBuf| [b"Include \"", file.as_os_str().as_bytes(), b"\"\n"].concat();
            files.into_iter().flat_map(include).collect()
        }
        Config::Given(content) => content,
        Config::None => Vec::new(),
    };
    text.extend_from_slice(format!("\nMatch all\nUser {NOBODY}\n").as_bytes());
    text
}

/// An address that nobody has (RFC 5737, section 3), and a port that nothing listens at: what ssh
/// says of both as it does of another host, it says of most.
pub const UNUSED_ADDRESS: (IpAddr, u16) = (IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 1);

/// Whom and what a question is about.
#[derive(Clone, Debug)]
pub struct Query<'a> {
    /// The destination as typed.
    pub destination: &'a Destination,
    /// What ssh gets for its host.
    pub host: String,
    /// The HostName that it gets as an option.
    pub hostname: Option<IpAddr>,
    /// The port, where the user's words set none.
    pub port: Option<u16>,
    /// Who logs in, once that is settled; until then, whoever is typed.
    pub login: Option<&'a Login>,
}

impl<'a> Query<'a> {
    /// The destination by itself.
    #[must_use]
    pub fn of(destination: &'a Destination) -> Self {
        Self {
            destination,
            host: destination.host.clone(),
            hostname: None,
            port: None,
            login: None,
        }
    }
}

/// How a question is put.
#[derive(Clone, Copy, Debug, Default)]
pub struct QueryOptions<'a> {
    /// The configuration to read (`-F`), or that of ssh's own choice.
    pub config: Option<&'a Path>,
    /// Whether ssh may ask DNS for the canonical name of the host (CanonicalizeHostname). An instance
    /// ID has none, and a question is to have no effect where nobody needs it.
    pub canonical: bool,
    /// Whether it is to tell what it reads.
    pub debug: bool,
}

/// The words for `ssh`, without its name: the user's own as far as they can change the answer.
#[must_use]
pub fn words(
    invocation: &Invocation,
    subject: &Query<'_>,
    manner: QueryOptions<'_>,
) -> Vec<OsString> {
    let destination = subject.destination;
    let mut words: Vec<OsString> = vec!["-G".into()];
    if let Some(config) = manner.config {
        words.extend(["-F".into(), config.into()]);
    }
    if !manner.canonical {
        words.extend(["-o".into(), "CanonicalizeHostname=no".into()]);
    }
    if let Some(address) = subject.hostname {
        words.extend(["-o".into(), format!("HostName={address}").into()]);
    }
    let program = invocation.program;
    let flags = |late| {
        let chosen = invocation.flags.iter().filter(move |f| f.late == late);
        chosen
            .filter_map(move |flag| for_ssh(program, flag))
            .flatten()
    };
    words.extend(flags(false));
    // Here and not first: an earlier -l beats `user@`, a later one does not.
    if let Some(login) = subject.login.or(destination.login.as_ref()) {
        words.extend(["-l".into(), login.as_str().into()]);
    }
    if let Some(port) = destination.port {
        words.extend(["-p".into(), port.to_string().into()]);
    }
    words.extend(flags(true));
    if let Some(port) = subject.port {
        words.extend(["-p".into(), port.to_string().into()]);
    }
    // Here and not first: a later one beats -q.
    words.extend(manner.debug.then(|| "-v".into()));
    words.extend(["--".into(), subject.host.as_str().into()]);
    if invocation.command {
        // Some options want a command, and others none. What it is matters to nobody here.
        words.push("true".into());
    }
    words
}

impl Query<'_> {
    /// Whether ssh gets an address for its host.
    #[must_use]
    pub fn is_address(&self) -> bool {
        self.hostname.is_some() || self.host.parse::<IpAddr>().is_ok()
    }

    /// Whether ssh may look for a canonical name of what it connects to, `hostname`: it is a name, and
    /// none that stands for an instance. For an address it asks nobody.
    #[must_use]
    pub fn has_canonical_name(&self, hostname: &str) -> bool {
        let is_name = |target: &Target| matches!(target, Target::Host(_));
        let named = || Target::parse(hostname).is_ok_and(|target| is_name(&target));
        self.is_address() || is_name(&self.destination.target) && named()
    }

    /// Whether the command line says who logs in.
    #[must_use]
    pub fn has_user(&self, invocation: &Invocation) -> bool {
        let typed = self.login.or(self.destination.login.as_ref());
        typed.is_some() || invocation.sets_user()
    }
}

/// An option of the client as ssh takes it; `None` where it has no part in the answer, would have
/// an effect, or would end in another answer.
fn for_ssh(program: Program, flag: &Flag) -> Option<Vec<OsString>> {
    let letter = match (program, flag.letter) {
        // They have ssh ask nothing (sftp(1), scp(1)).
        (Program::Sftp, b'b') | (Program::Scp, b'B') => {
            return Some(vec!["-oBatchMode=yes".into()]);
        }
        (_, b'F' | b'v') | (Program::Ssh, b'E' | b'y' | b'O') => {
            return None;
        }
        (Program::Ssh, letter) => letter,
        (Program::Sftp | Program::Scp, b'P') => b'p',
        (Program::Sftp | Program::Scp, letter) if b"46ACciJo".contains(&letter) => letter,
        (Program::Sftp | Program::Scp, _) => return None,
    };
    let mut words = vec![OsString::from(format!("-{}", char::from(letter)))];
    words.extend(flag.value.clone());
    Some(words)
}

/// What ssh answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostConfig {
    /// The user, if the user's words or files set one.
    pub login: Option<String>,
    /// The host that ssh would connect to: HostName, or the host asked about.
    pub hostname: String,
    /// `-4`, `-6` or AddressFamily.
    pub family: Family,
    /// The port that ssh would connect to.
    pub port: Option<u16>,
    /// ProxyCommand or ProxyJump, whichever is in force, as its keyword and value.
    pub proxy: Option<String>,
    /// The socket (ControlPath) of the master connection that ssh uses, if one listens there.
    pub master: Option<PathBuf>,
    /// BatchMode: nobody is to be asked for anything.
    pub batch: bool,
    /// The files of the user's keys (IdentityFile), as ssh_config(5) spells them.
    pub identities: Vec<String>,
}

/// How ssh's own choice of identity files begins.
const USUAL_IDENTITY: &str = "~/.ssh/id_";

impl HostConfig {
    /// Settings that ssh is not asked for: it has settled them already, or has no part in this.
    #[must_use]
    pub fn given(hostname: &str, port: u16, login: Option<&Login>) -> Self {
        Self {
            login: login.map(ToString::to_string),
            hostname: hostname.to_owned(),
            port: Some(port),
            ..Self::default()
        }
    }

    /// Whether the proxy in force is one of hops.
    #[must_use]
    pub fn uses_jump_hosts(&self) -> bool {
        self.proxy.as_deref().and_then(proxy_jump).is_some()
    }

    /// Whether nobody has named an identity file: ssh then tells all those that it tries by itself,
    /// four in release 7.4 and five or more since.
    #[must_use]
    pub fn has_usual_identities(&self) -> bool {
        let mut files = self.identities.iter();
        files.len() > 3 && files.all(|file| file.starts_with(USUAL_IDENTITY))
    }

    /// Reads the output of `ssh -G`.
    #[must_use]
    pub fn parse(output: &[u8]) -> Self {
        let mut answer = Self::default();
        // With `yes` and `ask`, ssh becomes a master itself whatever listens.
        let mut becomes_master = false;
        for line in output.split(|&byte| byte == b'\n') {
            let text = String::from_utf8_lossy(line);
            let Some((keyword, value)) = text.split_once(' ') else {
                continue;
            };
            match keyword {
                "user" if value != NOBODY => answer.login = Some(value.to_owned()),
                "hostname" => value.clone_into(&mut answer.hostname),
                "addressfamily" => {
                    answer.family = match value {
                        "inet" => Family::Inet,
                        "inet6" => Family::Inet6,
                        _ => Family::Any,
                    }
                }
                "port" => answer.port = value.parse().ok(),
                "batchmode" => answer.batch = value == "yes",
                "proxycommand" | "proxyjump" if value != "none" => {
                    answer.proxy = Some(text.into_owned());
                }
                "identityfile" => answer.identities.push(value.to_owned()),
                "controlmaster" => becomes_master = ["true", "yes", "ask"].contains(&value),
                "controlpath" if value != "none" => {
                    // A path may be of any bytes.
                    let path = &line[keyword.len() + 1..];
                    answer.master = Some(OsStr::from_bytes(path).into());
                }
                _ => {}
            }
        }
        answer.master = answer.master.filter(|_| !becomes_master);
        answer
    }
}

/// The hops of a proxy as ssh tells it, if that is what it is (ProxyJump).
#[must_use]
pub fn proxy_jump(proxy: &str) -> Option<&str> {
    proxy.strip_prefix("proxyjump ")
}

/// Whether the command line itself, rather than a file, sets a proxy: such a proxy is meant for
/// an address, which it shall get.
#[must_use]
pub fn has_proxy_on_command_line(invocation: &Invocation) -> bool {
    invocation.jump().is_some() || invocation.sets(&["proxycommand", "proxyjump"])
}

/// Whether the command line names the user of a destination.
pub fn user_by_words(invocation: &Invocation, of: &Destination) -> bool {
    of.login.is_some() || invocation.sets_user()
}

impl HostConfig {
    /// What its HostName is.
    ///
    /// # Errors
    /// What is nearly an ID.
    pub fn target(&self) -> Result<Target, BadConfigValue> {
        Target::parse(&self.hostname).map_err(BadConfigValue::host_name)
    }
}

#[cfg(test)]
mod tests;
