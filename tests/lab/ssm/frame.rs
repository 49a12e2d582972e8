//! The frames, implemented independently of `src`, and strict about what the client sends.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

pub(super) const OUTPUT: u32 = 1;
pub(super) const SIZE: u32 = 3;
pub(super) const HANDSHAKE_REQUEST: u32 = 5;
pub(super) const HANDSHAKE_RESPONSE: u32 = 6;
pub(super) const HANDSHAKE_COMPLETE: u32 = 7;
pub(super) const FLAG: u32 = 10;

/// A frame of the client.
pub(super) struct Frame<'a> {
    pub(super) kind: &'a str,
    pub(super) sequence: i64,
    /// A UUID with hyphens.
    pub(super) id: String,
    pub(super) payload_type: u32,
    pub(super) payload: &'a [u8],
}

/// Parses a frame of the client. Everything must be exactly as in the official plugin.
pub(super) fn read(frame: &[u8]) -> Result<Frame<'_>, String> {
    let word = |at: usize| u32::from_be_bytes(frame[at..at + 4].try_into().expect("4 bytes"));
    let long = |at: usize| u64::from_be_bytes(frame[at..at + 8].try_into().expect("8 bytes"));
    let fail = |what: &str| Err(format!("{what}: {:02x?}", &frame[..frame.len().min(120)]));
    if frame.len() <= 120 {
        return fail("a frame without a payload");
    }
    let (name, payload) = (&frame[4..36], &frame[120..]);
    let Ok(name) = std::str::from_utf8(name) else {
        return fail("a type that is no text");
    };
    let kind = name.trim_end_matches(' ');
    let flags = match kind {
        "input_stream_data" => 0,
        "acknowledge" => 3,
        _ => return fail("a type that clients do not send, or is not padded with spaces"),
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let age = now
        .expect("a date")
        .abs_diff(Duration::from_millis(long(40)));
    let (high, low) = (long(72), long(64));
    match () {
        () if word(0) != 116 => fail("a header of another length"),
        () if word(36) != 1 => fail("another schema version"),
        () if age > Duration::from_mins(5) => fail("a date that is not now"),
        () if long(56) != flags => fail("other flags"),
        () if high >> 12 & 0xf != 4 || low >> 62 != 2 => fail("no UUID of version 4"),
        () if frame[80..112] != *Sha256::digest(payload) => fail("a wrong digest"),
        () if word(116) as usize != payload.len() => fail("a wrong length"),
        () if payload.len() > 1024 => fail("a payload of more than 1024 bytes"),
        () => Ok(Frame {
            kind,
            sequence: i64::from_be_bytes(frame[48..56].try_into().expect("8 bytes")),
            id: uuid(high, low),
            payload_type: word(112),
            payload,
        }),
    }
}

/// A message of the agent, and its ID.
pub(super) fn write(
    kind: &str,
    sequence: i64,
    payload_type: u32,
    body: &[u8],
) -> (String, Vec<u8>) {
    let flags: u64 = match kind {
        "acknowledge" => 3,
        _ => u64::from(sequence == 0),
    };
    let (id, mut frame) = header(116, &format!("{kind:<32}"), sequence, flags, body);
    frame.extend(payload_type.to_be_bytes());
    finish(&mut frame, body);
    (id, frame)
}

/// A message of the gateway: padded with NULs, without a payload type.
pub(super) fn of_gateway(kind: &str, body: &[u8]) -> Vec<u8> {
    let (_, mut frame) = header(112, &format!("{kind:\0<32}"), 0, 0, body);
    finish(&mut frame, body);
    frame
}

fn header(length: u32, kind: &str, sequence: i64, flags: u64, body: &[u8]) -> (String, Vec<u8>) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = u64::try_from(now.expect("a date").as_millis()).expect("a date");
    let high = fastrand::u64(..) & !0xf000 | 0x4000;
    let low = fastrand::u64(..) >> 2 | 1 << 63;
    let mut frame = length.to_be_bytes().to_vec();
    frame.extend(kind.as_bytes());
    frame.extend(1_u32.to_be_bytes());
    frame.extend(now.to_be_bytes());
    frame.extend(sequence.to_be_bytes());
    frame.extend(flags.to_be_bytes());
    frame.extend(low.to_be_bytes());
    frame.extend(high.to_be_bytes());
    frame.extend(Sha256::digest(body));
    (uuid(high, low), frame)
}

fn finish(frame: &mut Vec<u8>, body: &[u8]) {
    frame.extend(u32::try_from(body.len()).expect("a length").to_be_bytes());
    frame.extend(body);
}

fn uuid(high: u64, low: u64) -> String {
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}
