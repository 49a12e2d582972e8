//! One message: a header of 120 bytes and a payload.
//!
//! All numbers are big-endian. Offsets, in the order of the wire:
//!
//! | at | size | field |
//! |---|---|---|
//! | 0 | 4 | length of the header, which is the offset of the payload's length |
//! | 4 | 32 | type, padded with spaces (by the gateway: with NULs) |
//! | 36 | 4 | schema version: 1 |
//! | 40 | 8 | milliseconds since the Unix epoch |
//! | 48 | 8 | sequence number |
//! | 56 | 8 | flags |
//! | 64 | 16 | UUID, its second half first |
//! | 80 | 32 | SHA-256 of the payload |
//! | 112 | 4 | type of the payload (absent from the gateway's own messages) |
//! | 116 | 4 | length of the payload |
//!
//! <https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/session/contracts/agentmessage.go>

use fastrand::Rng;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// The longest frame that we accept, in bytes. Agents send payloads of 1 KB; handshake requests and
/// `channel_closed` may be longer.
pub(crate) const LONGEST: usize = 64 * 1024;

/// The length of our headers, without the payload's length.
const HEADER: usize = 116;

/// The offset of the payload's type, if the header is long enough.
const PAYLOAD_TYPE: usize = 112;

/// The type of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageType {
    /// To the agent: numbered, and acknowledged.
    Input,
    /// From the agent: numbered, and acknowledged.
    Output,
    /// Acknowledges a numbered message; itself neither numbered nor acknowledged.
    Acknowledge,
    /// From the gateway: the session is over.
    ChannelClosed,
    /// From the gateway: the other side is connected and has room.
    StartPublication,
    /// From the gateway: the other side is not connected or has no room.
    PausePublication,
    /// Any other. It is ignored.
    Unknown,
}

/// The types of payload.
pub(crate) mod payload {
    /// Bytes of the stream, in either direction.
    pub(crate) const OUTPUT: u32 = 1;
    /// The size of the terminal.
    pub(crate) const SIZE: u32 = 3;
    /// The agent's request.
    pub(crate) const HANDSHAKE_REQUEST: u32 = 5;
    /// Our response.
    pub(crate) const HANDSHAKE_RESPONSE: u32 = 6;
    /// The handshake is complete.
    pub(crate) const HANDSHAKE_COMPLETE: u32 = 7;
    /// A flag: [`TERMINATE`] or [`NOT_CONNECTED`].
    pub(crate) const FLAG: u32 = 10;
    /// Standard error, of commands without a terminal.
    pub(crate) const STDERR: u32 = 11;
    /// The exit status of a command.
    pub(crate) const EXIT_CODE: u32 = 12;

    /// The flag that ends a session.
    pub(crate) const TERMINATE: u32 = 2;
    /// The agent's flag that it could not connect, for forwarded connections.
    pub(crate) const NOT_CONNECTED: u32 = 3;
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    pub(crate) kind: MessageType,
    /// When it was made: milliseconds since the Unix epoch.
    pub(crate) created: u64,
    /// The sequence number in its direction; 0 in acknowledgements.
    pub(crate) sequence: i64,
    /// 0 in a stream, 3 in acknowledgements. Neither end reads it.
    pub(crate) flags: u64,
    pub(crate) id: Uuid,
    /// One of [`payload`].
    pub(crate) payload_type: u32,
    pub(crate) payload: &'a [u8],
}

/// Why a frame is not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadMessage {
    /// It ends in the middle.
    Short,
    /// It has no type or no time.
    Empty,
    /// The payload's digest is wrong.
    Digest,
}

impl Message<'_> {
    /// The frame.
    #[must_use]
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut frame = Vec::with_capacity(HEADER + 4 + self.payload.len());
        frame.extend(length(HEADER).to_be_bytes());
        frame.extend(self.kind.name());
        frame.extend(1_u32.to_be_bytes());
        frame.extend(self.created.to_be_bytes());
        frame.extend(self.sequence.to_be_bytes());
        frame.extend(self.flags.to_be_bytes());
        frame.extend(self.id.as_u128().rotate_left(64).to_be_bytes());
        frame.extend(Sha256::digest(self.payload));
        frame.extend(self.payload_type.to_be_bytes());
        frame.extend(length(self.payload.len()).to_be_bytes());
        frame.extend(self.payload);
        frame
    }
}

impl<'a> Message<'a> {
    /// Reads a frame.
    ///
    /// The length of the header varies: `channel_closed` has 112, without a type of payload. Of
    /// `start_publication` and `pause_publication` only the type is known to be there.
    ///
    /// # Errors
    /// [`BadMessage`]. The official plugin ignores such a frame, too; the agent sends it again.
    pub(crate) fn decode(frame: &'a [u8]) -> Result<Self, BadMessage> {
        let kind = MessageType::parse(frame.get(4..36).ok_or(BadMessage::Short)?)?;
        if matches!(
            kind,
            MessageType::StartPublication | MessageType::PausePublication
        ) {
            return Ok(Self::bare(kind));
        }
        let header = word(frame, 0)? as usize;
        if header < PAYLOAD_TYPE {
            return Err(BadMessage::Short);
        }
        let created = u64::from_be_bytes(array(frame, 40)?);
        if created == 0 {
            return Err(BadMessage::Empty);
        }
        let start = header.checked_add(4).ok_or(BadMessage::Short)?;
        let end = start.checked_add(word(frame, header)? as usize);
        let payload = end.and_then(|end| frame.get(start..end));
        let message = Self {
            kind,
            created,
            sequence: i64::from_be_bytes(array(frame, 48)?),
            flags: u64::from_be_bytes(array(frame, 56)?),
            id: Uuid::from_u128(u128::from_be_bytes(array(frame, 64)?).rotate_left(64)),
            payload_type: match header {
                HEADER.. => word(frame, PAYLOAD_TYPE)?,
                _ => 0,
            },
            payload: payload.ok_or(BadMessage::Short)?,
        };
        // The gateway does not send this message again, so it is accepted with a wrong digest.
        let intact = kind == MessageType::ChannelClosed
            || array::<32>(frame, 80)? == <[u8; 32]>::from(Sha256::digest(message.payload));
        intact.then_some(message).ok_or(BadMessage::Digest)
    }

    fn bare(kind: MessageType) -> Self {
        Self {
            kind,
            created: 0,
            sequence: 0,
            flags: 0,
            id: Uuid::nil(),
            payload_type: 0,
            payload: &[],
        }
    }
}

impl MessageType {
    const fn name(self) -> &'static [u8; 32] {
        match self {
            Self::Input => b"input_stream_data               ",
            Self::Output => b"output_stream_data              ",
            Self::Acknowledge => b"acknowledge                     ",
            Self::ChannelClosed => b"channel_closed                  ",
            Self::StartPublication => b"start_publication               ",
            Self::PausePublication => b"pause_publication               ",
            Self::Unknown => b"                                ",
        }
    }

    fn parse(padded: &[u8]) -> Result<Self, BadMessage> {
        let name = trim(padded);
        if name.is_empty() {
            return Err(BadMessage::Empty);
        }
        let known = [
            Self::Output,
            Self::Acknowledge,
            Self::Input,
            Self::ChannelClosed,
            Self::StartPublication,
            Self::PausePublication,
        ];
        let kind = known.into_iter().find(|kind| trim(kind.name()) == name);
        Ok(kind.unwrap_or(Self::Unknown))
    }
}

/// A UUID of version 4. IDs must be unique but are not secret, so any generator will do.
pub(crate) fn random_id(random: &mut Rng) -> Uuid {
    Builder::from_random_bytes(random.u128(..).to_be_bytes()).into_uuid()
}

/// Removes the padding.
fn trim(padded: &[u8]) -> &[u8] {
    let last = padded.iter().rposition(|byte| !b" \0".contains(byte));
    last.map_or(&[], |last| &padded[..=last])
}

fn array<const N: usize>(frame: &[u8], at: usize) -> Result<[u8; N], BadMessage> {
    let rest = frame.get(at..).ok_or(BadMessage::Short)?;
    rest.first_chunk().copied().ok_or(BadMessage::Short)
}

fn word(frame: &[u8], at: usize) -> Result<u32, BadMessage> {
    array(frame, at).map(u32::from_be_bytes)
}

/// A length as a field. None of our messages comes near the limit.
fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
