//! The URL of a proxy, as people write it.

use std::net::Ipv6Addr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{Auth, Proxy, ProxyFault, Secret};

/// All but the unreserved characters of RFC 3986 (section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Reads `[http[s]:]//[user[:password]@]host[:port][/…]`, or the same without the beginning.
///
/// User and password end at the last `@`. By RFC 3986 they would end at the first slash, but people set
/// passwords with `/`, `?` or `@` in them without encoding, and proxies have no path.
pub(super) fn proxy(url: &str) -> Result<Proxy, ProxyFault> {
    let (scheme, rest) = split_scheme(url);
    let (secure, default) = match scheme.to_ascii_lowercase().as_str() {
        "" | "http" => (false, 80),
        "https" => (true, 443),
        _ => return Err(ProxyFault::Scheme),
    };
    let (auth, place) = match rest.rsplit_once('@') {
        Some((userinfo, place)) => (Some(auth(userinfo)), place),
        None => (None, rest),
    };
    let end = place.find(['/', '?', '#']).unwrap_or(place.len());
    let (host, port) = host_and_port(&place[..end]).ok_or(ProxyFault::Port)?;
    if !is_host(host) {
        return Err(ProxyFault::Host);
    }
    match port.unwrap_or(default) {
        0 => Err(ProxyFault::Port),
        port => Ok(Proxy {
            secure,
            host: host.to_owned(),
            port,
            auth,
        }),
    }
}

/// The scheme, or nothing, and what follows it.
fn split_scheme(url: &str) -> (&str, &str) {
    let is_scheme = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_alphabetic())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    match url.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme, rest),
        _ => ("", url.strip_prefix("//").unwrap_or(url)),
    }
}

fn auth(userinfo: &str) -> Auth {
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    Auth {
        user: decoded(user),
        password: Secret(decoded(password)),
    }
}

/// Host and port of a URL's authority; the port as text, to be read by [`host_and_port`].
pub(crate) fn authority(url: &str) -> Option<&str> {
    let (_scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    Some(&rest[..end])
}

/// Splits `host`, `host:port`, `[IPv6]`, `[IPv6]:port` or a bare IPv6 address; removes the brackets.
/// `None` if the port is not a number below 65536.
pub(crate) fn host_and_port(text: &str) -> Option<(&str, Option<u16>)> {
    if text.parse::<Ipv6Addr>().is_ok() {
        return Some((text, None));
    }
    let (host, port) = match text.strip_prefix('[').and_then(|it| it.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':')?)),
        None => match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    match port {
        None | Some("") => Some((host, None)),
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some((host, Some(port.parse().ok()?)))
        }
        Some(_) => None,
    }
}

fn is_host(text: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    text.parse::<Ipv6Addr>().is_ok() || (!text.is_empty() && text.bytes().all(is_name))
}

/// Percent-decoded as by Python's `unquote`, which keeps invalid sequences.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Percent-encoded wherever a byte could mean something in a URL.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}
