//! Hostile gateways and agents: once a websocket is open, they send what they like and read
//! nothing.

use std::io;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::frame;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Hostile {
    /// Closes each websocket at once.
    Closes,
    /// Sends a frame of 1 MB.
    TooLong,
    /// Sends text that is not UTF-8.
    BadText,
    /// Sends one byte of the stream on each websocket, and closes it.
    OneByte,
    /// Requests a handshake again and again, with this many actions.
    Handshakes(usize),
    /// Completes the handshake again and again, with a customer message.
    Completes,
    /// Completes the handshake, and then sends nothing.
    Mute,
    /// Sends messages far ahead of their turn.
    Early,
    /// Sends the same message again and again.
    Old,
    /// Sends pings without end.
    Pings,
    /// Sends a fragmented message that never ends.
    Pieces,
}

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const LAST: u8 = 0x80;

/// The offset of the sequence number.
const SEQUENCE: usize = 48;

/// Plays the peer on the websocket with this number.
pub(super) async fn run(hostile: Hostile, number: u32, stream: &mut TcpStream) -> io::Result<()> {
    let number = i64::from(number) - 1;
    match hostile {
        Hostile::Closes => close(stream, &[]).await,
        Hostile::TooLong => close(stream, &websocket(LAST | BINARY, &vec![0; 1 << 20])).await,
        Hostile::BadText => close(stream, &websocket(LAST | TEXT, &[0xff; 4])).await,
        Hostile::OneByte => {
            let byte = message(frame::OUTPUT, b"x").numbered(number);
            close(stream, &byte).await
        }
        Hostile::Handshakes(actions) => {
            let action = json!({ "ActionType": "SessionType",
                "ActionParameters": { "SessionType": "Port" } });
            let request = json!({ "RequestedClientActions": vec![action; actions] });
            let request = message(frame::HANDSHAKE_REQUEST, request.to_string().as_bytes());
            flood(stream, |at| request.numbered(at)).await
        }
        Hostile::Completes => {
            let text = json!({ "CustomerMessage": "x".repeat(1000) }).to_string();
            let complete = message(frame::HANDSHAKE_COMPLETE, text.as_bytes());
            flood(stream, |at| complete.numbered(at)).await
        }
        Hostile::Mute => {
            let complete = message(frame::HANDSHAKE_COMPLETE, b"{}").numbered(0);
            stream.write_all(&complete).await?;
            std::future::pending().await
        }
        Hostile::Early => {
            let early = message(frame::OUTPUT, &[0; 1024]);
            flood(stream, |at| early.numbered(at + 1)).await
        }
        Hostile::Old => {
            let old = message(frame::OUTPUT, b"x");
            flood(stream, |_| old.numbered(0)).await
        }
        Hostile::Pings => {
            let ping = websocket(LAST | PING, &[0; 125]);
            flood(stream, |_| ping.clone()).await
        }
        Hostile::Pieces => {
            let (first, next) = (websocket(BINARY, &[0; 1024]), websocket(0, &[0; 1024]));
            flood(
                stream,
                |at| if at == 0 { first.clone() } else { next.clone() },
            )
            .await
        }
    }
}

/// Sends these bytes, then a close frame, and waits for the client to close.
async fn close(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    let close = websocket(LAST | CLOSE, &1011_u16.to_be_bytes());
    stream.write_all(&[bytes, &close].concat()).await?;
    let mut rest = Vec::new();
    let rest = stream.read_to_end(&mut rest);
    let _ = tokio::time::timeout(Duration::from_secs(1), rest).await;
    Ok(())
}

/// Sends frames without end: some 10 MB a second, so that other sessions of the lab get their share
/// of the machine.
async fn flood(stream: &mut TcpStream, frame: impl Fn(i64) -> Vec<u8>) -> io::Result<()> {
    let mut sent = 0;
    for at in 0.. {
        let frame = frame(at);
        stream.write_all(&frame).await?;
        sent += frame.len();
        if sent > 64 * 1024 {
            sent = 0;
            tokio::time::sleep(Duration::from_millis(6)).await;
        }
    }
    Ok(())
}

/// A frame that can get any sequence number.
struct Numbered(Vec<u8>);

impl Numbered {
    fn numbered(&self, sequence: i64) -> Vec<u8> {
        let mut message = self.0.clone();
        message[SEQUENCE..SEQUENCE + 8].copy_from_slice(&sequence.to_be_bytes());
        websocket(LAST | BINARY, &message)
    }
}

fn message(payload_type: u32, payload: &[u8]) -> Numbered {
    Numbered(frame::write("output_stream_data", 0, payload_type, payload).1)
}

/// A frame of a server (RFC 6455, section 5.2).
fn websocket(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        short @ ..126 => frame.push(u8::try_from(short).expect("a length")),
        middle @ ..65_536 => {
            frame.push(126);
            frame.extend(u16::try_from(middle).expect("a length").to_be_bytes());
        }
        long => {
            frame.push(127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}
