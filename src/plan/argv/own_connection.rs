//! A TCP connection that mssh opens before ssh starts, and hands to ssh by a ProxyCommand with
//! ProxyUseFdpass (ssh_config(5)).
//!
//! ```text
//! mssh --connection host=%h port=%p [socket=PATH] [keepalive] [tos=N] [timeout=N] [attempts=N] [quiet]
//! ```
//!
//! Nobody should notice but by the clock. Where a ProxyCommand changes anything else, ssh connects by
//! itself. It differs so (OpenSSH's `ssh.c`, `sshconnect.c`, `readconf.c`, releases 7.4 to 10.5):
//!
//! - The question about an unknown host key has `<no hostip for proxy command>` in place of the address.
//!   Where the console of the instance is read, that question is the exception.
//! - CheckHostIP and NoHostAuthenticationForLocalhost have no effect. For an address on port 22,
//!   CheckHostIP (the default before 8.5) has none anyway.
//! - BindAddress, BindInterface, AddressFamily, IPQoS, TCPKeepAlive, ConnectTimeout and
//!   ConnectionAttempts have no effect on the socket: the first three rule it out, the others are ours.
//! - A name is not resolved, and its CanonicalizeHostname is skipped: only literal addresses are taken.
//! - `-J` with a ProxyCommand is an error, and ours would override the proxy of a file.
//! - The descriptor is inherited by a LocalCommand, which could keep the connection open.
//! - `-v` and LogLevel show the ProxyCommand in place of `Connecting to …` and `Connection established.`
//! - sftp and scp may be told to use another program than ssh, or none (`-S`, `-D`).
//! - A ProxyCommand that fails adds `proxy dialer did not pass back a connection`: ssh must get this
//!   one only when the connection stands.
//!
//! What ssh looks up of the connection later it asks the socket, which is the same: the address in
//! `Authenticated to`, `Connection closed by`, hostbased and GSSAPI logins; and `%`-tokens, ControlPath
//! and known_hosts do not depend on a ProxyCommand.

use std::ffi::{OsStr, OsString};
use std::net::{IpAddr, SocketAddr};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Resolved, quote};
use crate::plan::cli::invocation::Invocation;
use crate::plan::program::Program;
use crate::plan::route::Route;
use crate::plan::ssh_g::{HostConfig, UnknownKey, known_hosts};

/// The hidden option.
pub(crate) const OPTION: &str = "--connection";

/// A connection that mssh may open for ssh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnConnection {
    pub address: SocketAddr,
    pub options: ConnectOptions,
}

/// How to connect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ConnectOptions {
    pub socket: SocketOptions,
    /// ConnectTimeout.
    pub timeout: Option<Duration>,
    /// ConnectionAttempts; 0 counts as 1.
    pub attempts: u32,
    /// `-q`: report no error.
    pub quiet: bool,
}

/// What ssh sets for a socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SocketOptions {
    /// TCPKeepAlive.
    pub keepalive: bool,
    /// The type-of-service octet: IPQoS.
    pub tos: Option<u8>,
}

/// What the ProxyCommand is to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ConnectionRequest {
    /// The agent that has the open connection.
    pub agent: Option<PathBuf>,
    pub address: SocketAddr,
    pub options: ConnectOptions,
}

impl OwnConnection {
    /// The connection for a destination, if ssh would open just this one. `config` has the settings of
    /// ssh for this route: the files may say something else about an address than about a name.
    #[must_use]
    pub(crate) fn of(
        invocation: &Invocation,
        resolved: &Resolved,
        config: &HostConfig,
    ) -> Option<Self> {
        let (connection, host_key) = (&config.connection, &config.host_key);
        let ip = match &resolved.route {
            Route::Direct(address, _) | Route::ByHostName(_, address) => *address,
            Route::AsTyped(_) => config.hostname.parse().ok()?,
            Route::InstanceId(_) | Route::Serial(_) | Route::Tunnel(..) => return None,
        };
        // The files may have a HostName for an address, too.
        let is_this = config.hostname.parse() == Ok(ip) && config.family.includes(ip);
        let port = config.port?;
        let decides_itself = invocation.is_control_command()
            || shows_steps(invocation)
            || invocation.jump().is_some()
            || names_other_program(invocation)
            || resolved.by_master
            || resolved.jump.is_some()
            || config.proxy.is_some()
            || connection.binds
            || connection.canonicalizes
            || connection.local_command.is_some()
            || host_key.trusts_localhost
            || host_key.checks_address && port != known_hosts::USUAL_PORT;
        if decides_itself || !is_this {
            return None;
        }
        let is_known = resolved.host_key.as_ref().is_some_and(|it| it.is_known);
        if host_key.unknown == UnknownKey::Ask && !is_known && resolved.asks_agent.is_none() {
            return None;
        }
        Some(Self {
            address: SocketAddr::new(ip, port),
            options: ConnectOptions {
                socket: SocketOptions {
                    keepalive: connection.keepalive,
                    tos: connection.tos,
                },
                timeout: connection.timeout,
                attempts: connection.attempts.unwrap_or(1),
                quiet: invocation.is_quiet(),
            },
        })
    }

    /// How to connect to all of these: ssh takes one ProxyCommand for all destinations. `None` if ssh
    /// is to open any of them itself, or if they differ.
    #[must_use]
    pub(crate) fn common<'a>(
        all: impl IntoIterator<Item = Option<&'a Self>>,
    ) -> Option<&'a ConnectOptions> {
        let mut all = all.into_iter();
        let first = &all.next()??.options;
        let is_same = |it: Option<&Self>| it.is_some_and(|it| it.options == *first);
        all.all(is_same).then_some(first)
    }
}

/// Whether the command line asks for debug output. A LogLevel of a file is not known: `ssh -G` is asked
/// with `-v`.
fn shows_steps(invocation: &Invocation) -> bool {
    let mut flags = invocation.flags.iter().filter(|flag| flag.letter == b'o');
    let is_debug = |option: &OsStr| {
        let option = option.as_bytes().to_ascii_lowercase();
        let level = option.trim_ascii_start().strip_prefix(b"loglevel");
        level.is_some_and(|it| it.windows(5).any(|part| part == b"debug"))
    };
    invocation.is_verbose() || flags.any(|flag| flag.value.as_deref().is_some_and(is_debug))
}

/// Whether sftp or scp runs another program than ssh.
fn names_other_program(invocation: &Invocation) -> bool {
    let mut flags = invocation.flags.iter();
    invocation.program != Program::Ssh && flags.any(|flag| b"SD".contains(&flag.letter))
}

impl ConnectOptions {
    /// The value of ProxyCommand for the binary `mssh`, which asks the `agent` for the open connection.
    /// ssh expands tokens in it before a shell runs it.
    #[must_use]
    pub(crate) fn proxy_command(&self, mssh: &Path, agent: Option<&Path>) -> OsString {
        let mut command = quote::for_ssh([mssh.as_os_str()]);
        command.extend_from_slice(format!(" {OPTION} host=%h port=%p").as_bytes());
        let mut words: Vec<OsString> = Vec::new();
        if let Some(agent) = agent {
            let mut word = OsString::from("socket=");
            word.push(agent);
            words.push(word);
        }
        words.extend(self.socket.keepalive.then(|| "keepalive".into()));
        words.extend(self.socket.tos.map(|tos| format!("tos={tos}").into()));
        let seconds = self.timeout.map(|it| it.as_secs());
        words.extend(seconds.map(|it| format!("timeout={it}").into()));
        words.extend((self.attempts > 1).then(|| format!("attempts={}", self.attempts).into()));
        words.extend(self.quiet.then(|| "quiet".into()));
        for word in &words {
            command.push(b' ');
            command.extend_from_slice(&quote::for_ssh([word.as_os_str()]));
        }
        OsString::from_vec(command)
    }
}

impl ConnectionRequest {
    /// Parses the arguments after [`OPTION`]; `None` if mssh did not write them.
    #[must_use]
    pub(crate) fn parse(words: &[OsString]) -> Option<Self> {
        let (mut host, mut port, mut agent) = (None, None, None);
        let mut options = ConnectOptions {
            attempts: 1,
            ..ConnectOptions::default()
        };
        for word in words {
            let bytes = word.as_bytes();
            let at = bytes.iter().position(|byte| *byte == b'=');
            let (name, value) = at.map_or((bytes, &b""[..]), |at| (&bytes[..at], &bytes[at + 1..]));
            let text = || std::str::from_utf8(value).ok();
            match name {
                b"host" => host = Some(text()?.parse::<IpAddr>().ok()?),
                b"port" => port = Some(text()?.parse().ok()?),
                b"socket" => agent = Some(PathBuf::from(OsStr::from_bytes(value))),
                b"keepalive" => options.socket.keepalive = true,
                b"tos" => options.socket.tos = Some(text()?.parse().ok()?),
                b"timeout" => options.timeout = Some(Duration::from_secs(text()?.parse().ok()?)),
                b"attempts" => options.attempts = text()?.parse().ok()?,
                b"quiet" => options.quiet = true,
                _ => return None,
            }
        }
        Some(Self {
            agent,
            address: SocketAddr::new(host?, port?),
            options,
        })
    }
}

#[cfg(test)]
mod tests;
