//! The command line of `ssh -G`, and its output.
//!
//! mssh does not parse ssh_config(5): it passes the user's own words to ssh and reads from the output
//! the user, the address family, and whether the host has a proxy.

pub(crate) mod bad_value;
mod connection_config;
mod display;
pub(crate) mod files;
pub(crate) mod host_blocks;
mod host_config;
pub(crate) mod known_host_lines;
pub(crate) mod known_hosts;
pub(crate) mod tokens;
pub(crate) mod user;

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

pub(crate) use self::connection_config::{
    AgentConfig, ForwardAgent, HostKeyConfig, KnownHostsCommand, UnknownKey,
};
pub use self::host_config::HostConfig;
pub(crate) use self::host_config::proxy_jump;
use crate::plan::cli::invocation::Invocation;
use crate::plan::cli::scan::Flag;
use crate::plan::program::Program;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::Login;

/// The user that the generated configuration sets at its end. If ssh prints it, nothing else has set a
/// user.
const NO_USER: &str = "mssh-nobody-set-a-user";

/// The configuration to generate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Config {
    /// Includes of the files that ssh reads without `-F`, if they may set a user. Others are left out:
    /// in a user namespace, the system's file may belong to `nobody`, and ssh refuses to include it.
    Usual(Vec<PathBuf>),
    /// The content of the file that `-F` names. A copy, since ssh checks owner and mode of included files,
    /// and not of the file that `-F` names.
    Given(Vec<u8>),
    /// None (`-F none`).
    None,
}

/// The generated configuration. The first value wins.
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
    text.extend_from_slice(format!("\nMatch all\nUser {NO_USER}\n").as_bytes());
    text
}

/// An address reserved for documentation (RFC 5737, section 3) and an unused port. Settings that ssh
/// has for these as well as for another host do not depend on the host.
pub(crate) const UNUSED_ADDRESS: (IpAddr, u16) = (IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 1);

/// The destination that `ssh -G` is asked about.
#[derive(Clone, Debug)]
pub struct Query<'a> {
    /// The destination as typed.
    pub destination: &'a Destination,
    /// The host for ssh's command line.
    pub host: String,
    /// The value of `-o HostName`.
    pub hostname: Option<IpAddr>,
    /// The port, if the user's words set none.
    pub port: Option<u16>,
    /// The user; if there is none, that of the destination as typed.
    pub login: Option<&'a Login>,
}

impl<'a> Query<'a> {
    /// A query for a destination as typed.
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

/// Options of a query.
#[derive(Clone, Copy, Debug, Default)]
pub struct QueryOptions<'a> {
    /// The file to read (`-F`); without it, ssh's default files.
    pub config: Option<&'a Path>,
    /// Whether ssh may look up the canonical name of the host in DNS (CanonicalizeHostname). An instance
    /// ID has none, and needs no DNS query.
    pub canonical: bool,
    /// Whether to name the files that it reads (`-v`).
    pub debug: bool,
}

/// The arguments for `ssh`: the user's own, as far as they affect the output.
#[must_use]
pub fn words(
    invocation: &Invocation,
    query: &Query<'_>,
    options: QueryOptions<'_>,
) -> Vec<OsString> {
    let destination = query.destination;
    let mut words: Vec<OsString> = vec!["-G".into()];
    if let Some(config) = options.config {
        words.extend(["-F".into(), config.into()]);
    }
    if !options.canonical {
        words.extend(["-o".into(), "CanonicalizeHostname=no".into()]);
    }
    if let Some(address) = query.hostname {
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
    // Here, since an earlier -l overrides `user@` and a later one does not.
    if let Some(login) = query.login.or(destination.login.as_ref()) {
        words.extend(["-l".into(), login.as_str().into()]);
    }
    if let Some(port) = destination.port {
        words.extend(["-p".into(), port.to_string().into()]);
    }
    words.extend(flags(true));
    if let Some(port) = query.port {
        words.extend(["-p".into(), port.to_string().into()]);
    }
    // At the end, since a later -v overrides -q.
    words.extend(options.debug.then(|| "-v".into()));
    words.extend(["--".into(), query.host.as_str().into()]);
    if invocation.command {
        // Some options need a command, and others forbid it. `ssh -G` does not run it.
        words.push("true".into());
    }
    words
}

impl Query<'_> {
    /// Whether the host is an address for ssh.
    #[must_use]
    pub fn is_address(&self) -> bool {
        self.hostname.is_some() || self.host.parse::<IpAddr>().is_ok()
    }

    /// Whether ssh may look up a canonical name for `hostname`: for a name, unless it refers to an
    /// instance. For an address it does no look-up.
    #[must_use]
    pub fn has_canonical_name(&self, hostname: &str) -> bool {
        let is_name = |target: &Target| matches!(target, Target::Host(_));
        let named = || Target::parse(hostname).is_ok_and(|target| is_name(&target));
        self.is_address() || is_name(&self.destination.target) && named()
    }

    /// Whether the command line names the user.
    #[must_use]
    pub fn has_user(&self, invocation: &Invocation) -> bool {
        let typed = self.login.or(self.destination.login.as_ref());
        typed.is_some() || invocation.sets_user()
    }
}

/// Translates an option of the client for `ssh -G`; `None` if it does not affect the output, would do
/// something else, or would change the output.
fn for_ssh(program: Program, flag: &Flag) -> Option<Vec<OsString>> {
    let letter = match (program, flag.letter) {
        // Both set BatchMode (sftp(1), scp(1)).
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

/// Whether the command line, rather than a file, sets a proxy. Such a proxy gets the instance's
/// address.
#[must_use]
pub(crate) fn has_proxy_on_command_line(invocation: &Invocation) -> bool {
    invocation.jump().is_some() || invocation.sets(&["proxycommand", "proxyjump"])
}

/// Whether the command line names the user of a destination.
pub(crate) fn user_by_words(invocation: &Invocation, of: &Destination) -> bool {
    of.login.is_some() || invocation.sets_user()
}

#[cfg(test)]
mod tests;
