//! Reads a destination, `[user@]host[:path]` or a URI, as each OpenSSH client does.

pub(crate) mod host_list;
mod pasted;
pub(crate) mod tag_word;
mod uri;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use percent_encoding::utf8_percent_encode;

use super::Target;
use super::candidate::Known;
use super::ids::{Login, Region};
use crate::plan::host_port::{bracketed, unbracketed};
use crate::plan::program::Program;
use crate::plan::target::bad_name::BadName;

/// A word of the command line that names a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The user before the `@`.
    pub login: Option<Login>,
    /// As typed, without brackets.
    pub host: String,
    pub(crate) target: Target,
    /// The region in an ARN, in the URL of a page, or in the configuration file.
    region: Option<Region>,
    /// The port in a URI.
    pub port: Option<u16>,
    form: Form,
    /// What it was found to be.
    known: Option<Box<Known>>,
}

/// How the destination was written, with what follows the host as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// `host`, or `host:path` with its colon.
    Plain(OsString),
    /// `ssh://host:port/path`: the path with its slash.
    Uri(Program, OsString),
}

impl Destination {
    /// The host for ssh as typed, but an ID in lower case: host patterns of ssh_config are case
    /// sensitive, and IDs are not.
    pub fn name(&self) -> &str {
        match &self.target {
            Target::Id(id) => id.as_str(),
            Target::Node(id) => id.as_str(),
            Target::Address(_) | Target::Aws(_) | Target::Host(_) | Target::Tags(_) => &self.host,
        }
    }

    /// The region that the word itself contains.
    #[must_use]
    pub fn region(&self) -> Option<&Region> {
        self.region.as_ref().or(self.target.region())
    }

    /// Sets the region, unless the word itself contains one.
    pub(crate) fn set_region(&mut self, region: Region) {
        if self.region().is_none() {
            self.region = Some(region);
        }
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
            return uri::read(program, rest);
        }
        if let Some(at) = tag_word::end(program, bytes) {
            return plain(&bytes[..at], &bytes[at..]);
        }
        match (program, colon(bytes)) {
            (Program::Sftp | Program::Scp, Some(at)) => plain(&bytes[..at], &bytes[at..]),
            _ => plain(bytes, b""),
        }
    }

    /// Reads an operand of scp; `None` for a local file.
    ///
    /// # Errors
    /// What is wrong with the user or the host.
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

    /// scp takes a host without a colon for a local file.
    fn with_colon(mut self) -> Self {
        if let Form::Plain(path) = &mut self.form
            && path.is_empty()
        {
            path.push(":");
        }
        self
    }

    /// The same destination once it was found to be this instance, in this region. For a query by
    /// tags, the client gets the ID in place of it.
    #[must_use]
    pub(crate) fn found(&self, known: Known, region: Option<Region>) -> Self {
        let id = &known.instance.id;
        let mut found = self.clone();
        if matches!(self.target, Target::Tags(_)) {
            (found.host, found.target) = (id.to_string(), Target::Id(id.clone()));
        }
        found.region = region.or(found.region);
        found.known = Some(Box::new(known));
        found
    }

    /// What it was found to be, ahead of everything else.
    pub(crate) fn known(&self) -> Option<&Known> {
        self.known.as_deref()
    }

    /// Whether it was written as a URI, in which OpenSSH accepts no IPv6 address.
    #[must_use]
    pub fn is_uri(&self) -> bool {
        matches!(self.form, Form::Uri(..))
    }

    /// The word for the client, in the form that was typed, with this login and host.
    #[must_use]
    pub fn for_client(&self, login: &Login, host: &str, program: Program) -> OsString {
        let bracketed = match &self.form {
            Form::Plain(_) if program == Program::Ssh => host.into(),
            _ => bracketed(host),
        };
        let (head, suffix) = match &self.form {
            Form::Plain(suffix) => (format!("{login}@{bracketed}"), suffix),
            Form::Uri(program, suffix) => {
                let scheme = program.scheme();
                let login = utf8_percent_encode(login.as_str(), uri::ESCAPED);
                let port = self.port.map_or(String::new(), |port| format!(":{port}"));
                (format!("{scheme}://{login}@{bracketed}{port}"), suffix)
            }
        };
        let mut word = OsString::from(head);
        word.push(suffix);
        word
    }
}

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

/// Reads `[user@]host`, as all three clients split it: at the last `@`. A query by tags may have one,
/// too.
fn plain(word: &[u8], suffix: &[u8]) -> Result<Destination, BadName> {
    let text = utf8(word)?;
    let (user, host) = tag_word::split_user(text).unwrap_or(match text.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, text),
    });
    let login = user.map(Login::parse).transpose()?;
    let host = unbracketed(host);
    Ok(Destination {
        login,
        target: Target::parse(host)?,
        host: host.to_owned(),
        region: None,
        port: None,
        form: Form::Plain(OsString::from_vec(suffix.to_vec())),
        known: None,
    })
}

fn utf8(bytes: &[u8]) -> Result<&str, BadName> {
    std::str::from_utf8(bytes)
        .map_err(|_| BadName::Host(String::from_utf8_lossy(bytes).into_owned()))
}

#[cfg(test)]
mod tests;
