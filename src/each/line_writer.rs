//! Writes lines of many instances to standard output and standard error, each at once.

use std::io::{self, IsTerminal};

use tokio::io::AsyncWriteExt;
use tokio::sync::Mutex;

use crate::plan::each::label::Label;
use crate::world::process::stdio::{FlagsGuard, Output, reopen_terminal};
use crate::world::tty::color;
use crate::world::tty::printable::printable;

/// How many characters are escaped at once.
const PIECE: usize = 4096;

/// One of the two outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Stdout,
    Stderr,
}

/// Both outputs of this process. They may be the same file: there is one lock.
pub(super) struct LineWriter {
    outputs: Mutex<[Output; 2]>,
    are_terminals: [bool; 2],
    in_color: bool,
    _flags: [FlagsGuard; 2],
}

impl LineWriter {
    /// # Errors
    /// If one of them cannot be written to.
    pub(super) fn open() -> io::Result<Self> {
        let (stdout, stderr) = (io::stdout(), io::stderr());
        let flags = [FlagsGuard::of(&stdout)?, FlagsGuard::of(&stderr)?];
        let outputs = [
            Output::of(reopen_terminal(&stdout)?)?,
            Output::of(reopen_terminal(&stderr)?)?,
        ];
        Ok(Self {
            outputs: Mutex::new(outputs),
            are_terminals: [stdout.is_terminal(), stderr.is_terminal()],
            in_color: !color::is_unwanted(),
            _flags: flags,
        })
    }

    /// A line for a stream. For a terminal, what could move its cursor is escaped: an instance must not
    /// write the lines of another. Other programs get the bytes as they are.
    pub(super) fn line(&self, stream: Stream, label: &Label, bytes: &[u8]) -> Vec<u8> {
        let is_terminal = self.are_terminals[stream as usize];
        let mut line = label.prefix(is_terminal && self.in_color).into_bytes();
        // ssh's own messages end with both.
        let without = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        match (is_terminal, stream) {
            (true, _) => line.extend_from_slice(visible(without).as_bytes()),
            (false, Stream::Stderr) => line.extend_from_slice(without),
            (false, Stream::Stdout) => line.extend_from_slice(bytes),
        }
        line.push(b'\n');
        line
    }

    /// Writes whole lines.
    ///
    /// # Errors
    /// If they cannot be written.
    pub(super) async fn write(&self, stream: Stream, lines: &[u8]) -> io::Result<()> {
        let mut outputs = self.outputs.lock().await;
        outputs[stream as usize].write_all(lines).await
    }
}

/// A line for a terminal, with its tabs.
fn visible(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let fields = text.split('\t').map(|field| {
        let chars: Vec<char> = field.chars().collect();
        let pieces = chars
            .chunks(PIECE)
            .map(|it| printable(&it.iter().collect::<String>()));
        pieces.collect::<String>()
    });
    fields.collect::<Vec<_>>().join("\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_a_terminal_moves_no_cursor_and_is_whole() {
        assert_eq!(visible(b"a\tb\x1b[A\xff"), "a\tb\\u{1b}[A\u{fffd}");
        let long = "x".repeat(3 * PIECE + 1);
        assert_eq!(visible(long.as_bytes()), long);
    }
}
