//! Quoting for a POSIX shell (XCU 2.2): for what a person may paste, and for a ProxyCommand.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// The words as one line, which a shell takes apart into the same words again.
#[must_use]
pub fn join<'a>(words: impl IntoIterator<Item = &'a OsStr>) -> OsString {
    let quoted: Vec<Vec<u8>> = words.into_iter().map(|w| word(w.as_bytes())).collect();
    OsString::from_vec(quoted.join(&b' '))
}

/// The same as they survive ssh's expansion of tokens (TOKENS in ssh_config(5)) and then a shell.
#[must_use]
pub fn for_ssh<'a>(words: impl IntoIterator<Item = &'a OsStr>) -> Vec<u8> {
    doubled(join(words).as_bytes())
}

/// Bytes in which ssh's tokens are none.
#[must_use]
pub fn doubled(bytes: &[u8]) -> Vec<u8> {
    let double = |byte: &u8| std::iter::repeat_n(*byte, if *byte == b'%' { 2 } else { 1 });
    bytes.iter().flat_map(double).collect()
}

fn word(bytes: &[u8]) -> Vec<u8> {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"@%+=:,./-_".contains(b);
    if !bytes.is_empty() && bytes.iter().all(plain) {
        return bytes.to_vec();
    }
    let mut quoted = vec![b'\''];
    for &byte in bytes {
        match byte {
            b'\'' => quoted.extend_from_slice(b"'\\''"),
            other => quoted.push(other),
        }
    }
    quoted.push(b'\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_a_shell() {
        for (typed, expected) in [
            (&b"-p22"[..], &b"-p22"[..]),
            (b"", b"''"),
            (b"echo $HOME; ls", b"'echo $HOME; ls'"),
            (b"it's", b"'it'\\''s'"),
            (b"~", b"'~'"),
            (b"\xff", b"'\xff'"),
            (b"a\nb", b"'a\nb'"),
        ] {
            assert_eq!(join([OsStr::from_bytes(typed)]).as_bytes(), expected);
        }
    }
}
