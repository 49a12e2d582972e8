//! A destination that is a URI, `ssh://[user@]host[:port]`, and likewise for the other clients.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

use super::{Destination, Form, utf8};
use crate::plan::host_port::{split_port, unbracketed};
use crate::plan::program::Program;
use crate::plan::target::Target;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::ids::Login;

/// Reads `[user[;parameters]@]host[:port][/path]`: OpenSSH's `parse_uri()` in `misc.c`.
pub(super) fn read(program: Program, rest: &[u8]) -> Result<Destination, BadName> {
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
    let (host, port) = split_port(host);
    let bad = || BadName::Host(text.to_owned());
    let port = match port {
        None | Some("") => None,
        Some(port) => Some(port.parse().ok().filter(|&p| p > 0).ok_or_else(bad)?),
    };
    let host = unbracketed(host);
    // OpenSSH accepts no IPv6 address here, with or without brackets (valid_domain() in misc.c).
    if host.contains(':') {
        return Err(bad());
    }
    let target = Target::parse(host)?;
    if matches!(target, Target::Tags(_)) {
        return Err(bad());
    }
    Ok(Destination {
        login,
        target,
        host: host.to_owned(),
        region: None,
        port,
        form: Form::Uri(program, OsString::from_vec(path.to_vec())),
        known: None,
    })
}

/// What a user name in a URI need not escape.
pub(super) const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'.')
    .remove(b'_')
    .remove(b'-')
    .remove(b'$');

/// OpenSSH's `urldecode()`, which refuses a `%` without two digits, and reads `+` as a space.
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
