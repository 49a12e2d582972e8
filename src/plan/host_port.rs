//! `HOST:PORT`, in which an IPv6 address has brackets (RFC 3986, 3.2.2).

use std::borrow::Cow;

/// The host for a word in which a port or a path may follow it.
pub(crate) fn bracketed(host: &str) -> Cow<'_, str> {
    if host.contains(':') {
        format!("[{host}]").into()
    } else {
        host.into()
    }
}

/// The host without its brackets, if it has any: OpenSSH's `cleanhostname()`.
pub(crate) fn unbracketed(host: &str) -> &str {
    let inner = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    inner.unwrap_or(host)
}

/// Splits the port off, if there is one. An IPv6 address must be in brackets.
pub(crate) fn split_port(word: &str) -> (&str, Option<&str>) {
    match word.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (word, None),
    }
}

/// Reads a port: digits only, though [`str::parse`] accepts a sign.
pub(crate) fn parse_port(word: &str) -> Option<u16> {
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_keep_the_colons_of_an_address_from_its_port() {
        assert_eq!(bracketed("::1"), "[::1]");
        assert_eq!(bracketed("h"), "h");
        for (word, host, port) in [
            ("h", "h", None),
            ("h:22", "h", Some("22")),
            ("h:", "h", Some("")),
            ("[::1]", "::1", None),
            ("[::1]:22", "::1", Some("22")),
        ] {
            let (left, right) = split_port(word);
            assert_eq!((unbracketed(left), right), (host, port), "{word}");
        }
        assert_eq!((parse_port("22"), parse_port("+22")), (Some(22), None));
    }
}
