//! Quoting for a POSIX shell (XCU 2.2): for text to paste, and for a ProxyCommand.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Joins words to a line that a shell splits into the same words.
#[must_use]
pub(crate) fn join<'a>(words: impl IntoIterator<Item = &'a OsStr>) -> OsString {
    let quoted: Vec<Vec<u8>> = words.into_iter().map(|w| word(w.as_bytes())).collect();
    OsString::from_vec(quoted.join(&b' '))
}

/// The same for a shell that ssh starts after it has expanded tokens (TOKENS in ssh_config(5)).
///
/// Since 8.7 ssh rejects a line with unbalanced quotes by its own rules: a backslash escapes a
/// quote inside of quotes, too (`argv_split()` in its `misc.c`). So no backslash comes before a
/// quote here.
#[must_use]
pub(crate) fn for_ssh<'a>(words: impl IntoIterator<Item = &'a OsStr>) -> Vec<u8> {
    let quoted = words.into_iter().map(|word| {
        let bytes = word.as_bytes();
        quoted(bytes, |byte| match byte {
            b'\'' => Some(b"'\"'\"'"),
            b'\\' => Some(b"'\"\\\\\"'"),
            _ => None,
        })
    });
    doubled(&quoted.collect::<Vec<_>>().join(&b' '))
}

/// Doubles each `%`, so that ssh does not expand it as a token.
#[must_use]
pub(crate) fn doubled(bytes: &[u8]) -> Vec<u8> {
    let double = |byte: &u8| std::iter::repeat_n(*byte, if *byte == b'%' { 2 } else { 1 });
    bytes.iter().flat_map(double).collect()
}

fn word(bytes: &[u8]) -> Vec<u8> {
    quoted(bytes, |byte| match byte {
        b'\'' => Some(b"'\\''"),
        _ => None,
    })
}

/// Quotes a word if it needs quotes. `otherwise` replaces single bytes.
fn quoted(bytes: &[u8], otherwise: impl Fn(u8) -> Option<&'static [u8]>) -> Vec<u8> {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"@%+=:,./-_".contains(b);
    if !bytes.is_empty() && bytes.iter().all(plain) {
        return bytes.to_vec();
    }
    let mut quoted = vec![b'\''];
    for byte in bytes {
        match otherwise(*byte) {
            Some(replacement) => quoted.extend_from_slice(replacement),
            None => quoted.push(*byte),
        }
    }
    quoted.push(b'\'');
    quoted
}

/// Whether this is safe as the value of a quoted token (`'%h'`) in a shell's command line. fish(1)
/// takes `\'` inside of quotes for an escaped quote.
#[must_use]
pub(crate) fn fits_token(text: &str) -> bool {
    !text.contains(['\'', '\\'])
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

    /// The tests with ssh check what a shell makes of it; these check what ssh does.
    #[test]
    fn quotes_for_ssh_are_in_pairs_however_deep() {
        let mut word = OsString::from("a 'b\\ \"c\\' %h");
        for _ in 0..3 {
            word = OsString::from_vec(for_ssh([word.as_os_str()]));
            assert_eq!(open_quote(word.as_bytes()), 0, "{word:?}");
        }
        assert_eq!(for_ssh([OsStr::new("it's")]), b"'it'\"'\"'s'");
        assert_eq!(for_ssh([OsStr::new("a\\")]), b"'a'\"\\\\\"''");
    }

    /// The quote that is open at the end: `argv_split()` in OpenSSH's `misc.c`.
    fn open_quote(text: &[u8]) -> u8 {
        let (mut quote, mut at) = (0, 0);
        while let Some(&byte) = text.get(at) {
            at += 1;
            match byte {
                b'\\' if matches!(text.get(at), Some(b'\'' | b'"' | b'\\')) => at += 1,
                b'"' | b'\'' if quote == 0 => quote = byte,
                _ if byte == quote => quote = 0,
                _ => {}
            }
        }
        quote
    }
}
