//! The frames in which a forwarding session carries its connections: those of smux, version 1. We
//! open one connection in each session.
//!
//! | at | size | field |
//! |---|---|---|
//! | 0 | 1 | version: 1 |
//! | 1 | 1 | command |
//! | 2 | 2 | length of the data, little-endian |
//! | 4 | 4 | number of the connection, little-endian |
//!
//! This version has no window: the session's own acknowledgements hold up a sender. And it has no
//! half-close: the end that gets [`CLOSE`] closes the connection in both directions.
//!
//! <https://github.com/xtaci/smux>

use std::fmt;

/// The length of a header.
pub(super) const HEADER: usize = 8;

/// The version of smux that agents speak.
const VERSION: u8 = 1;

/// The number of our connection. A client's are odd; this is the plugin's first.
const CONNECTION: u32 = 3;

/// Connect.
pub(super) const OPEN: u8 = 0;
/// The connection is closed.
pub(super) const CLOSE: u8 = 1;
/// Bytes of the connection.
pub(super) const DATA: u8 = 2;
/// Says nothing, but that the sender is there.
pub(super) const NOTHING: u8 = 3;

/// A frame of our connection. The data must be shorter than 64 KiB.
pub(super) fn frame(command: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    let mut frame = Vec::with_capacity(HEADER + data.len());
    frame.extend([VERSION, command]);
    frame.extend(length.to_le_bytes());
    frame.extend(CONNECTION.to_le_bytes());
    frame.extend(data);
    frame
}

/// Takes the agent's frames apart.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// The beginning of a header.
    header: Vec<u8>,
    /// How many bytes of a frame's data have not come yet.
    left: usize,
    /// Whether that frame is of our connection.
    is_ours: bool,
}

/// The agent sends something else than frames.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotFrames;

impl fmt::Display for NotFrames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the SSM Agent does not speak the protocol of forwarded ports")
    }
}

impl Frames {
    /// Takes bytes, which may begin and end anywhere in a frame. Passes on those of our connection, and
    /// returns whether it is closed.
    ///
    /// # Errors
    /// [`NotFrames`].
    pub(super) fn take(
        &mut self,
        mut bytes: &[u8],
        mut data: impl FnMut(&[u8]),
    ) -> Result<bool, NotFrames> {
        let mut is_closed = false;
        while !bytes.is_empty() {
            if self.left > 0 {
                let (now, later) = bytes.split_at(self.left.min(bytes.len()));
                self.left -= now.len();
                bytes = later;
                if self.is_ours {
                    data(now);
                }
                continue;
            }
            let (now, later) = bytes.split_at((HEADER - self.header.len()).min(bytes.len()));
            self.header.extend(now);
            bytes = later;
            if self.header.len() == HEADER {
                is_closed |= self.begin()?;
            }
        }
        Ok(is_closed)
    }

    /// A header is complete. Returns whether it closes our connection.
    fn begin(&mut self) -> Result<bool, NotFrames> {
        let header = std::mem::take(&mut self.header);
        let [VERSION, command, b0, b1, c0, c1, c2, c3] = *header else {
            return Err(NotFrames);
        };
        let is_ours = u32::from_le_bytes([c0, c1, c2, c3]) == CONNECTION;
        self.left = usize::from(u16::from_le_bytes([b0, b1]));
        self.is_ours = is_ours && command == DATA;
        match command {
            OPEN | DATA | NOTHING => Ok(false),
            CLOSE => Ok(is_ours),
            _ => Err(NotFrames),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(parts: &[&[u8]]) -> Result<(Vec<u8>, bool), NotFrames> {
        let (mut frames, mut data, mut closed) = (Frames::default(), Vec::new(), false);
        for part in parts {
            closed |= frames.take(part, |bytes| data.extend(bytes))?;
        }
        Ok((data, closed))
    }

    #[test]
    fn a_frame_is_written_as_smux_does() {
        assert_eq!(frame(OPEN, b""), [1, 0, 0, 0, 3, 0, 0, 0]);
        let data = frame(DATA, &[7; 300]);
        assert_eq!(
            (&data[..8], data.len()),
            (&[1, 2, 44, 1, 3, 0, 0, 0][..], 308)
        );
    }

    #[test]
    fn frames_may_be_cut_anywhere() {
        let all = [
            frame(DATA, b"one"),
            frame(NOTHING, b""),
            frame(DATA, b"two"),
            frame(CLOSE, b""),
        ]
        .concat();
        let whole = Ok((b"onetwo".to_vec(), true));
        for at in 0..=all.len() {
            let (left, right) = all.split_at(at);
            assert_eq!(taken(&[left, right]), whole, "{at}");
        }
        let bytes: Vec<&[u8]> = all.chunks(1).collect();
        assert_eq!(taken(&bytes), whole);
    }

    #[test]
    fn other_connections_do_not_concern_us() {
        let mut other = [frame(DATA, b"other"), frame(CLOSE, b"")].concat();
        (other[4], other[8 + 5 + 4]) = (5, 5);
        other.extend(frame(DATA, b"ours"));
        assert_eq!(taken(&[&other]), Ok((b"ours".to_vec(), false)));
    }

    #[test]
    fn anything_else_is_an_error() {
        assert_eq!(taken(&[b"HTTP/1.1"]), Err(NotFrames));
        assert_eq!(taken(&[&frame(4, b"")]), Err(NotFrames));
        let mut second = frame(DATA, b"");
        second[0] = 2;
        assert_eq!(taken(&[&second]), Err(NotFrames));
    }
}
