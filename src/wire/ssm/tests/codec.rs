//! The layout, by a test vector from the agent's own code; and malformed frames.

use std::fmt::Write;
use std::time::Duration;

use fastrand::Rng;
use uuid::Uuid;

use super::random;
use crate::wire::channel::DataChannel;
use crate::wire::ssm::channel::{Purpose, SsmChannel};
use crate::wire::ssm::message::{BadMessage, Message, MessageType, payload, random_id};

const GOLDEN: &str = "00000074\
    696e7075745f73747265616d5f64617461202020202020202020202020202020\
    000000010000018bcfe5687b00000000000000070000000000000000\
    87766554433221100f1e2d3c4b5a4968\
    2fc632b5e53ad7949531c57e3f122ec7429e3a5a991aee061663fb853b641d45\
    000000010000000b5353482d322e302d780d0a";

fn golden() -> Message<'static> {
    Message {
        kind: MessageType::Input,
        created: 1_700_000_000_123,
        sequence: 7,
        flags: 0,
        id: Uuid::from_u128(0x0f1e_2d3c_4b5a_4968_8776_6554_4332_2110),
        payload_type: payload::OUTPUT,
        payload: b"SSH-2.0-x\r\n",
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[test]
fn a_message_is_encoded_byte_for_byte_as_by_the_plugin() {
    assert_eq!(hex(&golden().encode()), GOLDEN);
    assert_eq!(Message::decode(&golden().encode()), Ok(golden()));
    let id = golden().id.to_string();
    assert_eq!(id, "0f1e2d3c-4b5a-4968-8776-655443322110");
}

#[test]
fn the_gateway_s_own_messages_are_read_as_they_come() {
    let message = Message {
        kind: MessageType::ChannelClosed,
        payload: b"{\"Output\":\"bye\"}",
        ..golden()
    };
    let mut frame = message.encode();
    // No type of payload, a header that much shorter, NULs for padding.
    frame.drain(112..116);
    frame[3] = 112;
    frame[4 + 14..36].fill(0);
    let read = Message::decode(&frame).expect("a message");
    assert_eq!(
        (read.kind, read.payload_type),
        (MessageType::ChannelClosed, 0)
    );
    assert_eq!(read.payload, message.payload);
    // Of a pause only the type is known.
    let pause = [&[0; 4][..], b"pause_publication", &[0; 15]].concat();
    let read = Message::decode(&pause).expect("a message");
    assert_eq!(read.kind, MessageType::PausePublication);
}

#[test]
fn a_damaged_message_is_refused() {
    let whole = golden().encode();
    let damaged = |at: usize, byte: u8| {
        let mut frame = whole.clone();
        frame[at] = byte;
        Message::decode(&frame).map(|_| ())
    };
    assert_eq!(damaged(whole.len() - 1, b'x'), Err(BadMessage::Digest));
    assert_eq!(damaged(119, 12), Err(BadMessage::Short));
    assert_eq!(damaged(0, 0xff), Err(BadMessage::Short));
    assert_eq!(damaged(3, 0), Err(BadMessage::Short));
    for length in 0..whole.len() {
        assert_eq!(Message::decode(&whole[..length]), Err(BadMessage::Short));
    }
    let mut undated = whole.clone();
    undated[40..48].fill(0);
    assert_eq!(Message::decode(&undated), Err(BadMessage::Empty));
    let mut untyped = whole.clone();
    untyped[4..36].fill(b' ');
    assert_eq!(Message::decode(&untyped), Err(BadMessage::Empty));
}

#[test]
fn ids_are_uuids_of_version_4_and_distinct() {
    let mut random = Rng::with_seed(7);
    let mut seen = std::collections::HashSet::new();
    for _ in 0..10_000 {
        let id = random_id(&mut random);
        let text = id.to_string();
        assert!(text.as_bytes()[14] == b'4', "{text}");
        assert!(b"89ab".contains(&text.as_bytes()[19]), "{text}");
        assert!(seen.insert(id), "{text} twice");
    }
}

/// No bytes make the codec or the channel panic, or keep more memory than their limits.
#[test]
fn malformed_frames_do_no_harm() {
    let mut random = random("nonsense");
    let mut channel = SsmChannel::new(Purpose::Port, random.u64(..), Duration::from_secs(1));
    channel.connected("token", Duration::from_secs(1));
    let kinds = [
        MessageType::Input,
        MessageType::Output,
        MessageType::Acknowledge,
        MessageType::PausePublication,
        MessageType::StartPublication,
        MessageType::Unknown,
    ];
    for round in 0..50_000_u64 {
        let now = Duration::from_secs(1) + Duration::from_millis(round);
        let mut content: Vec<u8> = (0..random.usize(..300)).map(|_| random.u8(..)).collect();
        let nested = "[".repeat(random.usize(..5000));
        if random.u8(..) == 0 {
            content = nested.into_bytes();
        }
        let mut frame = Message {
            kind: kinds[random.usize(..kinds.len())],
            sequence: match random.u8(..4) {
                0 => random.i64(..),
                1 => i64::MAX,
                2 => i64::MIN,
                _ => random.i64(..64),
            },
            payload_type: random.u32(..16),
            payload: &content,
            ..golden()
        }
        .encode();
        for _ in 0..random.usize(..4) {
            let at = random.usize(..frame.len());
            frame[at] = random.u8(..);
        }
        if random.bool() {
            frame.truncate(random.usize(..=frame.len()));
        }
        let _ = Message::decode(&frame);
        channel.frame(&frame, now);
        channel.tick(now);
        while channel.transmit(now).is_some() {}
        assert!(channel.output().len() <= 1024 * 1024 + 5 * 1024 * 1024);
        channel.wrote(random.usize(..400));
    }
}
