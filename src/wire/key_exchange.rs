//! The host key in what a server sends before anything is encrypted: its version (RFC 4253, section 4.2)
//! and packets (section 6) up to the reply with the key (section 8; RFC 4419, section 3; RFC 5656,
//! section 4).

use super::agent::Fields;

/// How many bytes are read before the reply. The usual ones are about 2 KB.
const LIMIT: usize = 64 << 10;

const NEWKEYS: u8 = 21;

/// Has the key for the usual methods of key exchange; for that of RFC 4419, a group.
const REPLY: u8 = 31;

/// Has the key for the method of RFC 4419.
const GROUP_REPLY: u8 = 33;

/// Reads the bytes of a server until its host key is known.
#[derive(Debug, Default)]
pub(crate) struct HostKeyReader {
    /// What is read and not understood yet.
    left: Vec<u8>,
    /// How much was understood.
    done: usize,
    has_version: bool,
}

/// What is known after some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HostKeyBlob {
    /// Nothing yet.
    Unread,
    /// The key or certificate, as RFC 4253 encodes it (section 6.6).
    Shown(Vec<u8>),
    /// The server shows none here.
    Missing,
}

/// Why reading stops.
enum Stop {
    NeedsMore,
    Found(Vec<u8>),
    Invalid,
}

impl HostKeyReader {
    /// Takes the next bytes. Call it no more once there is an answer.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> HostKeyBlob {
        self.left.extend_from_slice(bytes);
        let end = loop {
            let step = if self.has_version {
                packet(&self.left)
            } else {
                line(&self.left).map(|(is_version, length)| {
                    self.has_version = is_version;
                    length
                })
            };
            match step {
                Ok(length) => {
                    self.left.drain(..length);
                    self.done += length;
                }
                Err(end) => break end,
            }
        };
        match end {
            Stop::Found(key) => HostKeyBlob::Shown(key),
            Stop::NeedsMore if self.done + self.left.len() <= LIMIT => HostKeyBlob::Unread,
            Stop::NeedsMore | Stop::Invalid => HostKeyBlob::Missing,
        }
    }
}

/// Whether the first line is the version, and its length. A server may send other lines before it.
fn line(bytes: &[u8]) -> Result<(bool, usize), Stop> {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let end = end.ok_or(Stop::NeedsMore)?;
    Ok((bytes.starts_with(b"SSH-"), end + 1))
}

/// The length of the first packet, which does not have the key.
fn packet(bytes: &[u8]) -> Result<usize, Stop> {
    let (prefix, rest) = bytes.split_first_chunk().ok_or(Stop::NeedsMore)?;
    let length = usize::try_from(u32::from_be_bytes(*prefix)).unwrap_or(usize::MAX);
    if length > LIMIT {
        return Err(Stop::Invalid);
    }
    let packet = rest.get(..length).ok_or(Stop::NeedsMore)?;
    let (padding, packet) = packet.split_first().ok_or(Stop::Invalid)?;
    let payload = packet.len().checked_sub(usize::from(*padding));
    let payload = payload.and_then(|end| packet.get(..end));
    match payload.and_then(<[u8]>::split_first) {
        Some((&(REPLY | GROUP_REPLY), fields)) => match key(fields) {
            Some(key) => Err(Stop::Found(key.to_vec())),
            None => Ok(4 + length),
        },
        None | Some((&NEWKEYS, _)) => Err(Stop::Invalid),
        Some(_) => Ok(4 + length),
    }
}

/// The first field, if it is a key: it begins with the name of its type. A group is a number there.
fn key(fields: &[u8]) -> Option<&[u8]> {
    let key = Fields::new(fields).string()?;
    let name = Fields::new(key).string()?;
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    is_name.then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(bytes: &[u8]) -> Vec<u8> {
        let length = u32::try_from(bytes.len()).expect("short");
        [&length.to_be_bytes()[..], bytes].concat()
    }

    fn packet(payload: &[u8]) -> Vec<u8> {
        string(&[&[4], payload, &[0; 4]].concat())
    }

    fn blob() -> Vec<u8> {
        [string(b"ssh-ed25519"), string(&[7; 32])].concat()
    }

    /// The answer when the bytes come in pieces of this size.
    fn read(bytes: &[u8], size: usize) -> HostKeyBlob {
        let mut reader = HostKeyReader::default();
        let pieces = bytes.chunks(size).map(|piece| reader.take(piece));
        let mut answers = pieces.filter(|it| *it != HostKeyBlob::Unread);
        answers.next().unwrap_or(HostKeyBlob::Unread)
    }

    fn server(payloads: &[&[u8]]) -> Vec<u8> {
        let packets = payloads.iter().flat_map(|it| packet(it));
        b"Welcome\r\nSSH-2.0-OpenSSH_10.0\r\n"
            .iter()
            .copied()
            .chain(packets)
            .collect()
    }

    #[test]
    fn the_key_is_found_however_the_bytes_come() {
        let reply = [&[REPLY][..], &string(&blob()), &string(&[9; 32])].concat();
        let group = [&[REPLY][..], &string(&[0xc9; 256]), &string(&[2])].concat();
        let group_reply = [&[GROUP_REPLY][..], &string(&blob()), &string(&[1])].concat();
        let kexinit = [20; 1000];
        for bytes in [
            server(&[&kexinit, &reply]),
            server(&[&[2, 0, 0, 0, 0], &kexinit, &group, &group_reply]),
        ] {
            for size in [1, 7, 4096] {
                assert_eq!(read(&bytes, size), HostKeyBlob::Shown(blob()), "{size}");
            }
            assert_eq!(read(&bytes[..bytes.len() - 1], 5), HostKeyBlob::Unread);
        }
    }

    #[test]
    fn anything_else_ends_the_search() {
        let packet = vec![20; 60_000];
        let long = [&b"SSH-2.0-x\r\n"[..], &u32::MAX.to_be_bytes()].concat();
        for bytes in [
            server(&[&[20], &[NEWKEYS]]),
            server(&[&packet, &packet]),
            long,
            vec![b'x'; LIMIT + 1],
            b"\n".repeat(LIMIT + 1),
            [&b"SSH-2.0-x\r\n"[..], &[0, 0, 0, 0, 0]].concat(),
            [&b"SSH-2.0-x\r\n"[..], &[0, 0, 0, 2, 200, 20]].concat(),
        ] {
            assert_eq!(read(&bytes, 4096), HostKeyBlob::Missing);
        }
    }
}
