//! A stream of bytes in lines.

/// The longest line, in bytes. A longer one counts as several.
const LONGEST: usize = 64 * 1024;

/// Cuts a stream into lines.
#[derive(Debug, Default)]
pub(crate) struct LineSplitter {
    /// The beginning of a line that has no end yet.
    begun: Vec<u8>,
}

impl LineSplitter {
    /// Takes the next bytes. `line` gets each line that is complete, without its end.
    pub(crate) fn take(&mut self, mut bytes: &[u8], mut line: impl FnMut(&[u8])) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            self.add(&bytes[..end], &mut line);
            line(&self.begun);
            self.begun.clear();
            bytes = &bytes[end + 1..];
        }
        self.add(bytes, &mut line);
    }

    /// The last line, if it has no end.
    pub(crate) fn finish(self) -> Option<Vec<u8>> {
        Some(self.begun).filter(|it| !it.is_empty())
    }

    fn add(&mut self, mut bytes: &[u8], line: &mut impl FnMut(&[u8])) {
        while self.begun.len() + bytes.len() > LONGEST {
            let (piece, rest) = bytes.split_at(LONGEST - self.begun.len());
            self.begun.extend_from_slice(piece);
            line(&self.begun);
            self.begun.clear();
            bytes = rest;
        }
        self.begun.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_however_they_arrive() {
        for size in 1..8 {
            let mut splitter = LineSplitter::default();
            let mut lines = Vec::new();
            for piece in b"one\n\ntwo three\nfour".chunks(size) {
                splitter.take(piece, |line| lines.push(line.to_vec()));
            }
            assert_eq!(lines, [&b"one"[..], b"", b"two three"], "{size}");
            assert_eq!(splitter.finish().as_deref(), Some(&b"four"[..]));
        }
        assert_eq!(LineSplitter::default().finish(), None);
    }

    #[test]
    fn an_endless_line_is_cut() {
        let mut splitter = LineSplitter::default();
        let mut sizes = Vec::new();
        let bytes = vec![b'x'; 2 * LONGEST + 1];
        splitter.take(&bytes, |line| sizes.push(line.len()));
        splitter.take(b"y\n", |line| sizes.push(line.len()));
        assert_eq!(sizes, [LONGEST, LONGEST, 2]);
    }
}
