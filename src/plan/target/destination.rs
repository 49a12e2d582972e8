//! A destination, `[user@]host[:path]` or a URI, read as each OpenSSH client reads it.

mod pasted;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::Target;
use super::ids::{Login, Region};
use crate::plan::program::Program;
use crate::plan::target::bad_name::BadName;

/// Where the user wants to go: one remote word of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The login before the `@`.
    pub login: Option<Login>,
    /// The host, without brackets, as typed.
    pub host: String,
    /// What that host is.
    pub target: Target,
    /// The region that stood beside an ID.
    region: Option<Region>,
    /// The port in a URI.
    pub port: Option<u16>,
    form: Form,
}

/// How the destination was written, and what stood after the host, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// `host`, or `host:path` with its colon.
    Plain(OsString),
    /// `ssh://host:port/path`: the path with its slash.
    Uri(Program, OsString),
}

impl Destination {
    /// The host for ssh as typed, but for the letters of an ID: host patterns of ssh_config tell
    /// upper from lower case, and IDs do not.
    pub fn name(&self) -> &str {
        match &self.target {
            Target::Id(id) => id.as_str(),
            Target::Node(id) => id.as_str(),
            Target::Address(_) | Target::Aws(_) | Target::Host(_) => &self.host,
        }
    }

    /// The region that its own words tell.
    #[must_use]
    pub fn region(&self) -> Option<&Region> {
        self.region.as_ref().or(self.target.region())
    }

    /// Reads the word that ssh or sftp takes as its destination.
    ///
    /// # Errors
    /// What is wrong with the user or the host.
    pub fn parse(program: Program, word: &OsStr) -> Result<Self, BadName> {
        if let Some(destination) = pasted::destination(word) {
            return destination;
        }
        let bytes = word.as_bytes();
        if let Some(rest) = after_scheme(program, bytes) {
            return uri(program, rest);
        }
        match (program, colon(bytes)) {
            (Program::Sftp | Program::Scp, Some(at)) => plain(&bytes[..at], &bytes[at..]),
            _ => plain(bytes, b""),
        }
    }

    /// Reads an operand of scp: remote where scp would see a remote, else `None`, a local file.
    ///
    /// # Errors
    /// What is wrong with the user or the host of a remote one.
    pub fn parse_operand(word: &OsStr) -> Result<Option<Self>, BadName> {
        let bytes = word.as_bytes();
        if let Some(destination) = pasted::destination(word) {
            return destination.map(Self::with_colon).map(Some);
        }
        if after_scheme(Program::Scp, bytes).is_none() && colon(bytes).is_none() {
            return Ok(None);
        }
        Self::parse(Program::Scp, word).map(Some)
    }

    /// The same for scp, to which a host without a colon is a file.
    fn with_colon(mut self) -> Self {
        if let Form::Plain(path) = &mut self.form
            && path.is_empty()
        {
            path.push(":");
        }
        self
    }

    /// Whether it was written as a URI. There OpenSSH takes no IPv6 address.
    #[must_use]
    pub fn is_uri(&self) -> bool {
        matches!(self.form, Form::Uri(..))
    }

    /// The word for the client: as it was typed, but for this login at this host.
    #[must_use]
    pub fn spell(&self, login: &Login, host: &str, program: Program) -> OsString {
        let bracketed = match &self.form {
            Form::Plain(_) if program == Program::Ssh => host.to_owned(),
            _ if host.contains(':') => format!("[{host}]"),
            _ => host.to_owned(),
        };
        let (head, suffix) = match &self.form {
            Form::Plain(suffix) => (format!("{login}@{bracketed}"), suffix),
            Form::Uri(program, suffix) => {
                let scheme = program.scheme();
                let login = percent_encoded(login.as_str());
                let port = self.port.map_or(String::new(), |port| format!(":{port}"));
                (format!("{scheme}://{login}@{bracketed}{port}"), suffix)
            }
        };
        let mut word = OsString::from(head);
        word.push(suffix);
        word
    }
}

/// What follows `ssh://` (or the client's own scheme) in `word`.
fn after_scheme(program: Program, word: &[u8]) -> Option<&[u8]> {
    word.strip_prefix(program.scheme().as_bytes())?
        .strip_prefix(b"://")
}

/// Where the path begins in `[user@]host:path`: OpenSSH's `colon()` in `misc.c`.
fn colon(word: &[u8]) -> Option<usize> {
    if word.first() == Some(&b':') {
        return None;
    }
    let mut bracketed = word.first() == Some(&b'[');
    for (at, &byte) in word.iter().enumerate() {
        let next = word.get(at + 1);
        match byte {
            b'@' if next == Some(&b'[') => bracketed = true,
            b']' if next == Some(&b':') && bracketed => return Some(at + 1),
            b':' if !bracketed => return Some(at),
            b'/' => return None,
            _ => {}
        }
    }
    None
}

/// Reads `[user@]host`, as all three clients split it: at the last `@`.
fn plain(word: &[u8], suffix: &[u8]) -> Result<Destination, BadName> {
    let text = utf8(word)?;
    let (login, host) = match text.rsplit_once('@') {
        Some((user, host)) => (Some(Login::parse(user)?), host),
        None => (None, text),
    };
    let host = unbracketed(host);
    Ok(Destination {
        login,
        target: Target::parse(host)?,
        host: host.to_owned(),
        region: None,
        port: None,
        form: Form::Plain(OsString::from_vec(suffix.to_vec())),
    })
}

/// Reads `[user[;parameters]@]host[:port][/path]`: OpenSSH's `parse_uri()` in `misc.c`.
fn uri(program: Program, rest: &[u8]) -> Result<Destination, BadName> {
    let slash = rest.iter().position(|&b| b == b'/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(slash);
    let text = utf8(authority)?;
    let (login, host) = match text.split_once('@') {
        Some((user, host)) => {
            let user = user.split(';').next().unwrap_or_default();
            (Some(Login::parse(&percent_decoded(user)?)?), host)
        }
        None => (None, text),
    };
    if program == Program::Ssh && path.len() > 1 {
        return Err(BadName::PathOnHost(format!("ssh://{}", utf8(rest)?)));
    }
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (host, None),
    };
    let bad = || BadName::Host(text.to_owned());
    let port = match port {
        None | Some("") => None,
        Some(port) => Some(port.parse().ok().filter(|&p| p > 0).ok_or_else(bad)?),
    };
    let host = unbracketed(host);
    // OpenSSH takes no IPv6 address here, in brackets or not (valid_domain() in misc.c).
    if host.contains(':') {
        return Err(bad());
    }
    Ok(Destination {
        login,
        target: Target::parse(host)?,
        host: host.to_owned(),
        region: None,
        port,
        form: Form::Uri(program, OsString::from_vec(path.to_vec())),
    })
}

fn utf8(bytes: &[u8]) -> Result<&str, BadName> {
    std::str::from_utf8(bytes)
        .map_err(|_| BadName::Host(String::from_utf8_lossy(bytes).into_owned()))
}

/// OpenSSH's `cleanhostname()`.
fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host)
}

/// A user name as [`percent_decoded`] reads it.
fn percent_encoded(user: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-$".contains(&byte);
    let bytes = user.bytes().map(|byte| match byte {
        byte if plain(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    bytes.collect()
}

/// OpenSSH's `urldecode()`, for a user name.
fn percent_decoded(user: &str) -> Result<String, BadName> {
    let bad = || BadName::User(user.to_owned());
    let user = user.replace('+', " ");
    let mut parts = user.split('%');
    let mut decoded = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).ok_or_else(bad)?;
        decoded.push(u8::from_str_radix(digits, 16).map_err(|_| bad())?);
        decoded.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(decoded).map_err(|_| bad())
}

#[cfg(test)]
mod tests;
