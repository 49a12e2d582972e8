//! The keys of a terminal, read from its bytes.
//!
//! Source of the escape sequences: xterm's ctlseqs, "PC-Style Function Keys"; VT220 for the codes with
//! a tilde.

/// A key of the picker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Char(char),
    Enter,
    /// Tab.
    Mark,
    /// Shift and Tab.
    MarkUp,
    /// Esc, Ctrl-C, Ctrl-D or Ctrl-G.
    Cancel,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    Backspace,
    /// Ctrl-U.
    DeleteLine,
    /// Ctrl-W.
    DeleteWord,
}

const ESC: u8 = 0x1b;

/// The longest sequence of bytes for a key; a longer one is no key.
const LONGEST: usize = 32;

/// Splits bytes into keys.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// The beginning of a key.
    pending: Vec<u8>,
}

impl Keys {
    /// The keys that are complete after these bytes.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Vec<Key> {
        let mut keys = Vec::new();
        for byte in bytes {
            self.pending.push(*byte);
            match read(&self.pending) {
                Reading::Begun if self.pending.len() < LONGEST => continue,
                Reading::Begun | Reading::Nothing => {}
                Reading::Key(key) => keys.push(key),
            }
            self.pending.clear();
        }
        keys
    }

    /// Whether the last byte was Esc, which may be a key or begin one.
    pub(crate) fn has_escape(&self) -> bool {
        self.pending == [ESC]
    }

    /// No byte has followed an Esc: it is the key. Any other beginning is dropped.
    pub(crate) fn nothing_follows(&mut self) -> Option<Key> {
        let is_escape = self.has_escape();
        self.pending.clear();
        is_escape.then_some(Key::Cancel)
    }
}

/// What bytes of the terminal are.
enum Reading {
    Key(Key),
    /// More bytes must follow.
    Begun,
    /// They have no meaning here.
    Nothing,
}

impl From<Option<Key>> for Reading {
    fn from(key: Option<Key>) -> Self {
        key.map_or(Self::Nothing, Self::Key)
    }
}

fn read(bytes: &[u8]) -> Reading {
    match *bytes {
        // Parameters come before the final byte (ECMA-48, 5.4).
        [ESC, b'[', .., 0x40..=0x7e] | [ESC, b'O', 0x40..=0x7e] => sequence(bytes).into(),
        [ESC] | [ESC, b'[', ..] | [ESC, b'O'] | [ESC, b'O', _] => Reading::Begun,
        // Alt and a key; two Esc are one.
        [ESC, ESC] => Reading::Key(Key::Cancel),
        [ESC, ..] => Reading::Nothing,
        [byte] if byte < 0x80 => plain(byte).into(),
        _ => character(bytes),
    }
}

fn plain(byte: u8) -> Option<Key> {
    const fn ctrl(letter: u8) -> u8 {
        letter & 0x1f
    }
    const UP: [u8; 2] = [ctrl(b'p'), ctrl(b'k')];
    const DOWN: [u8; 2] = [ctrl(b'n'), ctrl(b'j')];
    const CANCEL: [u8; 3] = [ctrl(b'c'), ctrl(b'd'), ctrl(b'g')];
    Some(match byte {
        b'\r' => Key::Enter,
        b'\t' => Key::Mark,
        0x7f | 0x08 => Key::Backspace,
        _ if UP.contains(&byte) => Key::Up,
        _ if DOWN.contains(&byte) => Key::Down,
        _ if CANCEL.contains(&byte) => Key::Cancel,
        _ if byte == ctrl(b'u') => Key::DeleteLine,
        _ if byte == ctrl(b'w') => Key::DeleteWord,
        _ if byte == ctrl(b'a') => Key::Home,
        _ if byte == ctrl(b'e') => Key::End,
        0..0x20 => return None,
        _ => Key::Char(char::from(byte)),
    })
}

fn sequence(bytes: &[u8]) -> Option<Key> {
    Some(match &bytes[2..] {
        b"A" => Key::Up,
        b"B" => Key::Down,
        b"H" | b"1~" | b"7~" => Key::Home,
        b"F" | b"4~" | b"8~" => Key::End,
        b"Z" => Key::MarkUp,
        b"5~" => Key::PageUp,
        b"6~" => Key::PageDown,
        _ => return None,
    })
}

/// A character of several bytes.
fn character(bytes: &[u8]) -> Reading {
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let c = text.chars().next().filter(|c| !c.is_control());
            c.map(Key::Char).into()
        }
        Err(error) if error.error_len().is_none() => Reading::Begun,
        Err(_) => Reading::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_split_into_keys_wherever_a_read_ends() {
        use Key::{
            Backspace, Char, DeleteLine, DeleteWord, Down, End, Enter, Home, Mark, MarkUp, PageUp,
            Up,
        };
        let typed = "a\u{1b}[A\u{1b}OBé漢\r\u{7f}\u{15}\u{17}\u{1b}[5~\u{1b}[H\u{1b}[F\u{1b}[1;5C\u{e}\u{10}\n\t\u{1b}[Zz";
        let expected = [
            Char('a'),
            Up,
            Down,
            Char('é'),
            Char('漢'),
            Enter,
            Backspace,
            DeleteLine,
            DeleteWord,
            PageUp,
            Home,
            End,
            Down,
            Up,
            Down,
            Mark,
            MarkUp,
            Char('z'),
        ];
        for size in 1..=typed.len() {
            let mut keys = Keys::default();
            let chunks = typed.as_bytes().chunks(size);
            let found: Vec<Key> = chunks.flat_map(|chunk| keys.take(chunk)).collect();
            assert_eq!(found, expected, "{size}");
        }
    }

    #[test]
    fn an_escape_alone_cancels_and_an_endless_sequence_is_no_key() {
        let mut keys = Keys::default();
        assert_eq!(keys.take(b"\x1b"), []);
        assert!(keys.has_escape());
        assert_eq!(keys.nothing_follows(), Some(Key::Cancel));
        assert_eq!(keys.take(b"\x1b["), []);
        assert_eq!(keys.nothing_follows(), None);
        assert_eq!(keys.take(b"\x1b\x1b\x03"), [Key::Cancel; 2]);
        let endless = [b"\x1b[".as_slice(), &[b'1'; 100]].concat();
        assert!(keys.take(&endless).len() < 100);
        keys.nothing_follows();
        assert_eq!(keys.take(b"\xff\xc3(x\x80"), [Key::Char('x')]);
    }
}
