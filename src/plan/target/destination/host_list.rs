//! Several hosts before one path: `[user@]host,[user@]host:path`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::{Form, after_scheme, colon, pasted, tag_word, utf8};
use crate::plan::program::Program;
use crate::plan::target::bad_name::BadName;

/// The hosts, with their users, and the path that they share.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct HostList<'a> {
    pub(crate) hosts: Vec<&'a str>,
    /// With the colon before it.
    pub(crate) path: &'a OsStr,
}

impl<'a> HostList<'a> {
    /// Reads an operand of scp; `None` for a local file, as scp distinguishes them. The path begins at
    /// the colon that would end the last host if it stood alone, and may have commas.
    ///
    /// # Errors
    /// A URI; a host without a path.
    pub(crate) fn parse(word: &'a OsStr) -> Result<Option<Self>, BadName> {
        let mut rest = word.as_bytes();
        let bad = |bytes| BadName::Host(String::from_utf8_lossy(bytes).into_owned());
        if after_scheme(Program::Scp, rest).is_some() {
            return Err(bad(rest));
        }
        if end_of_host(rest).is_none() {
            return Ok(None);
        }
        let mut hosts = Vec::new();
        loop {
            let comma = rest.iter().position(|&byte| byte == b',');
            match (end_of_host(rest), comma) {
                (Some(end), comma) if comma.is_none_or(|comma| end < comma) => {
                    hosts.push(utf8(&rest[..end])?);
                    let path = match &rest[end..] {
                        b"" => b":",
                        path => path,
                    };
                    let path = OsStr::from_bytes(path);
                    return Ok(Some(Self { hosts, path }));
                }
                (_, Some(comma)) => {
                    hosts.push(utf8(&rest[..comma])?);
                    rest = &rest[comma + 1..];
                }
                (_, None) => return Err(bad(rest)),
            }
        }
    }
}

/// Where the path of a host begins that stands alone; `None` for a local file.
fn end_of_host(word: &[u8]) -> Option<usize> {
    let piece = word.split(|&byte| byte == b',').next().unwrap_or_default();
    match pasted::destination(OsStr::from_bytes(piece)) {
        Some(Ok(destination)) => match destination.form {
            Form::Plain(path) => Some(piece.len() - path.len()),
            Form::Uri(..) => None,
        },
        Some(Err(_)) => Some(piece.len()),
        None => tag_word::end(Program::Scp, word).or_else(|| colon(word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_begins_where_the_last_host_ends() {
        let arn = "arn:aws:ec2:eu-west-1:123456789012:instance/i-0000000a";
        let both = format!("{arn},web-1:/x");
        let last = format!("web-1,{arn}:/x,y");
        let bare = format!("web-1,{arn}");
        for (word, hosts, path) in [
            ("web-1:", &["web-1"][..], ":"),
            ("web-1:/a,b:c", &["web-1"], ":/a,b:c"),
            ("me@web-1,db:x", &["me@web-1", "db"], ":x"),
            ("tag:role=web:/x", &["tag:role=web"], ":/x"),
            ("web-1,u@tag:a=b:c", &["web-1", "u@tag:a=b"], ":c"),
            ("tag:a=b/c,asg:x:/x", &["tag:a=b/c", "asg:x"], ":/x"),
            ("web-1,[2001:db8::1]:/x", &["web-1", "[2001:db8::1]"], ":/x"),
            ("web-1,,db:", &["web-1", "", "db"], ":"),
            (&both, &[arn, "web-1"], ":/x"),
            (&last, &["web-1", arn], ":/x,y"),
            (&bare, &["web-1", arn], ":"),
        ] {
            let read = HostList::parse(word.as_ref()).expect(word).expect(word);
            let read = (read.hosts.as_slice(), read.path);
            assert_eq!(read, (hosts, OsStr::new(path)), "{word}");
        }
    }

    #[test]
    fn files_are_distinguished_as_scp_does() {
        for word in ["file", "a,b", "./a:b", "tag", ":x", "a,b/c:d", ""] {
            assert_eq!(HostList::parse(word.as_ref()), Ok(None), "{word}");
        }
        for (word, host) in [
            ("scp://web-1/x", "scp://web-1/x"),
            ("tag:a=b,./x:y", "./x:y"),
            ("tag:role=web,:/x", ":/x"),
        ] {
            let error = BadName::Host(host.to_owned());
            assert_eq!(HostList::parse(word.as_ref()), Err(error), "{word}");
        }
    }
}
